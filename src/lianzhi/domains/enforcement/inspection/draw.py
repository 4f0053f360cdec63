"""双随机一公开: a random draw of enterprises and officers that anyone can verify.

Before the draw (commit), the plan goes on the record: the rosters' Merkle roots, the number drawn
from each stratum, the hash of a secret, and which future public value will be used. After it
(reveal), the secret is published, and

    seed = SHA-256(rule, plan's digest, secret, public value)

Whoever keeps the secret cannot choose the public value, and whoever might choose the public value
does not know the secret. The rest follows from seed and rosters by keyed hashes alone.

- Each enterprise has lots in its stratum. A lot's number is BLAKE2b(seed; stratum, enterprise,
  lot). Lots are taken in the order of their numbers; an enterprise is drawn with its first lot.
  This is drawing without replacement in proportion to lots, in integer arithmetic.
- Drawn enterprises are ordered by BLAKE2b(seed; enterprise). Each gets the first permitted pair of
  officers, those with the fewest inspections so far first, ties by BLAKE2b(seed; enterprise,
  officer).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from hashlib import blake2b, sha256
from typing import NamedTuple

import msgspec

from lianzhi.domains.enforcement.inspection.policy import DrawPolicy
from lianzhi.domains.enforcement.inspection.roster import (
    Candidate,
    Certified,
    DrawError,
    Rosters,
    allowed,
    eligible,
    root,
)

RULE = "lianzhi-draw-1"
"""Version of the procedure above; it changes whenever the same seed would give another draw."""


class Public(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that is unknown when the plan is made and that anyone can look up later."""

    source: str
    """Which value, and how it is written: lottery numbers of a date, a beacon's round, the root of
    a witnessed checkpoint."""
    on: dt.date
    """The day on which it becomes known."""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The commitment that is published and recorded before the seed is known."""

    id: str
    """Identifies the draw; a second plan with the same id is reported by `withheld`."""
    until: dt.date
    """Last day of the inspections; officers' certificates must be valid until then."""
    strata: dict[str, int]
    """Number of enterprises to draw, by stratum."""
    enterprises: int
    enterprises_root: str
    officers: int
    officers_root: str
    commitment: str
    """SHA-256(rule, id, secret), in hexadecimal."""
    public: Public
    reveal_until: dt.date
    """Last day to reveal; after it, an unrevealed plan is reported by `withheld`."""
    rule: str = RULE

    def digest(self) -> str:
        """SHA-256 of the plan as JSON, in hexadecimal: what goes on the record."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Reveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The opened commitment, published once the public value is known."""

    plan: str
    """The plan's digest."""
    secret: str
    """In hexadecimal."""
    public: str


class DrawnInspection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One drawn inspection: the enterprise, its stratum and the two officers."""

    enterprise: str
    stratum: str
    officers: tuple[str, str]


class Draw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome of a draw, in the order of assignment."""

    seed: str
    inspections: tuple[DrawnInspection, ...]
    excluded: dict[str, str]
    """Id of an enterprise or officer that could not take part -> reason."""


def plan(
    name: str,
    rosters: Rosters,
    strata: Mapping[str, int],
    secret: bytes,
    public: Public,
    until: dt.date,
    reveal_until: dt.date,
    policy: DrawPolicy,
) -> Plan:
    """Commit to a draw. Raises DrawError where no seed could give a valid draw."""
    _check(rosters, policy)
    if len(secret) < policy.least_secret:
        raise DrawError(f"secret has {len(secret)} bytes; give {policy.least_secret} random ones")
    if not public.source.strip():
        raise DrawError("public.source is empty; say which value will be taken")
    if not public.on <= reveal_until <= until:
        raise DrawError(
            f"days are public.on {public.on}, reveal_until {reveal_until}, until {until}; "
            "give them in this order"
        )
    plan = Plan(
        id=name,
        until=until,
        strata=dict(sorted(strata.items())),
        enterprises=len(rosters.enterprises),
        enterprises_root=root(rosters.enterprises),
        officers=len(rosters.officers),
        officers_root=root(rosters.officers),
        commitment=_hash(name.encode(), secret).hex(),
        public=public,
        reveal_until=reveal_until,
    )
    _strata(plan, rosters)
    return plan


def reveal(plan: Plan, secret: bytes, public: str) -> Reveal:
    """Open the commitment. Raises DrawError for another secret than the plan's."""
    opened = Reveal(plan.digest(), secret.hex(), public.strip())
    seed(plan, opened)
    return opened


def seed(plan: Plan, opened: Reveal) -> bytes:
    """The 32 bytes that determine the draw. Raises DrawError if they were not committed to."""
    if plan.rule != RULE:
        raise DrawError(f"rule is {plan.rule!r}; this program draws by {RULE}, find one for it")
    if opened.plan != plan.digest():
        raise DrawError(f"the reveal is of plan {opened.plan[:16]}, not {plan.digest()[:16]}")
    try:
        secret = bytes.fromhex(opened.secret)
    except ValueError:
        raise DrawError("secret is no hexadecimal number; publish it as it was made") from None
    if _hash(plan.id.encode(), secret).hex() != plan.commitment:
        raise DrawError("the secret is not the one that the plan committed to")
    if not opened.public:
        raise DrawError(f"public is empty; give the value of: {plan.public.source}")
    return _hash(bytes.fromhex(plan.digest()), secret, opened.public.encode())


def draw(plan: Plan, opened: Reveal, rosters: Rosters, policy: DrawPolicy) -> Draw:
    """The draw that follows from plan, reveal and rosters. Raises DrawError where they do not
    match.
    """
    _check(rosters, policy)
    for name, rows in zip(("enterprises", "officers"), rosters, strict=True):
        if (len(rows), root(rows)) != (getattr(plan, name), getattr(plan, f"{name}_root")):
            raise DrawError(f"the roster of {name} is not the one that the plan was made with")
    key = seed(plan, opened)
    drawn = [
        candidate
        for stratum, count in _strata(plan, rosters)
        for candidate in _take(key, stratum, count)
    ]
    drawn.sort(key=lambda candidate: (_number(key, "order", candidate.id), candidate.id))
    able = eligible(rosters, plan.until)
    return Draw(key.hex(), tuple(_assign(key, drawn, able.officers)), able.excluded)


def allot(total: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Divide a total by shares: largest remainder method, ties by name. Raises DrawError."""
    whole = sum(shares.values())
    if whole <= 0 or min(shares.values()) < 0:
        raise DrawError("shares are not positive; give some like high=3, low=1")
    exact = {name: total * share / whole for name, share in shares.items()}
    counts = {name: int(value) for name, value in exact.items()}
    rest = sorted(exact, key=lambda name: (counts[name] - exact[name], name))
    for name in rest[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _check(rosters: Rosters, policy: DrawPolicy) -> None:
    if max(map(len, rosters)) > policy.most_rows:
        raise DrawError(f"a roster has more than {policy.most_rows} rows; divide the plan")
    for enterprise in rosters.enterprises:
        if not 1 <= enterprise.lots <= policy.most_lots:
            raise DrawError(
                f"lots of {enterprise.id} is {enterprise.lots}; give 1 to {policy.most_lots}"
            )


def _strata(plan: Plan, rosters: Rosters) -> Iterator[tuple[list[Candidate], int]]:
    """Candidates and number to draw of each stratum. Raises DrawError where there are too few."""
    able = eligible(rosters, plan.until)
    out = []
    for name, count in sorted(plan.strata.items()):
        stratum = [enterprise for enterprise in able.enterprises if enterprise.stratum == name]
        if not 0 <= count <= len(stratum):
            raise DrawError(
                f"stratum {name}: {count} of {len(stratum)} that can be drawn; ask for fewer"
            )
        out.append((stratum, count))
    return iter(out)


def _take(key: bytes, stratum: Sequence[Candidate], count: int) -> list[Candidate]:
    first = {
        candidate.id: min(
            _number(key, "lot", candidate.stratum, candidate.id, str(lot))
            for lot in range(candidate.lots)
        )
        for candidate in stratum
    }
    return sorted(stratum, key=lambda candidate: (first[candidate.id], candidate.id))[:count]


def _assign(
    key: bytes, drawn: Iterable[Candidate], officers: Sequence[Certified]
) -> Iterator[DrawnInspection]:
    load: Counter[str] = Counter()
    for candidate in drawn:
        ranked = sorted(
            (officer for officer in officers if candidate.id not in officer.conflicts),
            key=lambda officer: (
                load[officer.id],
                _number(key, "officer", candidate.id, officer.id),
            ),
        )
        pair = next(
            (first.id, second.id)
            for place, second in enumerate(ranked)
            for first in ranked[:place]
            if allowed(candidate, first, second)
        )
        load.update(pair)
        yield DrawnInspection(candidate.id, candidate.stratum, pair)


def _number(key: bytes, *parts: str) -> bytes:
    return blake2b(_joined(*(part.encode() for part in parts)), key=key, digest_size=32).digest()


def _hash(*parts: bytes) -> bytes:
    return sha256(_joined(RULE.encode(), *parts)).digest()


def _joined(*parts: bytes) -> bytes:
    """Each part after its length in 8 bytes, so that different lists give different bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


class Check(NamedTuple):
    """One step of a draw's verification, and its result."""

    key: str
    """`recorded`, `in_time`, `public`, `drawn_again`, `published`."""
    holds: bool | None
    """None where the verifier gave nothing to check it against."""
    said: str


def verify(
    plan: Plan,
    opened: Reveal,
    rosters: Rosters,
    published: Draw,
    policy: DrawPolicy,
    *,
    digest: str = "",
    recorded: dt.date | None = None,
    public: str = "",
) -> tuple[Check, ...]:
    """Check a published draw against what the verifier obtained elsewhere.

    `digest` and `recorded`: the plan's digest on the record, and the day of that entry; `public`:
    the public value as the verifier looked it up. A draw is proven only where every check holds.
    """
    checks = [
        Check(
            "recorded",
            plan.digest() == digest.strip().lower() if digest else None,
            f"the plan's digest is {plan.digest()}",
        ),
        Check(
            "in_time",
            recorded < plan.public.on if recorded else None,
            f"the public value became known on {plan.public.on}",
        ),
        Check(
            "public",
            opened.public == public.strip() if public else None,
            f"{plan.public.source}: {opened.public}",
        ),
    ]
    try:
        again = draw(plan, opened, rosters, policy)
    except DrawError as error:
        return (*checks, Check("drawn_again", holds=False, said=str(error)))
    return (
        *checks,
        Check("drawn_again", holds=True, said=f"seed {again.seed}"),
        Check("published", again == published, f"{len(again.inspections)} inspections"),
    )


def withheld(
    plans: Sequence[Plan], revealed: Iterable[str], today: dt.date
) -> list[tuple[str, str]]:
    """Plans on the record that were abandoned or repeated: (digest, reason).

    `silent`: the last day to reveal is over and nothing was revealed; `again`: an earlier plan has
    the same id. Both would let an agency draw until it likes the outcome. `revealed`: digests.
    """
    known, seen, withheld_plans = set(revealed), set(), []
    for plan in plans:
        if plan.digest() not in known and plan.reveal_until < today:
            withheld_plans.append((plan.digest(), "silent"))
        if plan.id in seen:
            withheld_plans.append((plan.digest(), "again"))
        seen.add(plan.id)
    return withheld_plans
