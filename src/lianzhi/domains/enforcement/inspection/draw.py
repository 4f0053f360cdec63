"""双随机一公开: a draw of enterprises and officers that anybody can draw again.

Before (commit): the plan goes on the record, with the rosters' roots, how many are drawn of each
stratum, the hash of a secret, and which public value, not known yet, will be used. After (reveal):
the secret is published, and

    seed = SHA-256(rule, plan's digest, secret, public value)

Who keeps the secret cannot choose the public value, and who might choose the public value does not
know the secret. Everything then follows from seed and rosters by keyed hashes alone.

- Each enterprise has its lots in the urn of its stratum. A lot's number is BLAKE2b(seed; stratum,
  enterprise, lot). Lots leave the urn by number; an enterprise is drawn with its first one. That is
  drawing without replacement in proportion to lots, in whole numbers only.
- Drawn enterprises stand in the order of BLAKE2b(seed; enterprise). Each gets two officers: those
  with the fewest inspections so far, equals by BLAKE2b(seed; enterprise, officer), the first pair
  that may go there.
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
"""Version of everything said above; it changes whenever the same seed would draw otherwise."""


class Public(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that nobody knows when the plan is made and anybody can look up later."""

    source: str
    """Which value and how it is written: the lottery's numbers of a date, a beacon's round, the
    root of a witnessed checkpoint."""
    on: dt.date
    """The day on which it becomes known."""


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is published and recorded before the seed is known."""

    id: str
    """One plan a draw: a second one of the same id is a second try."""
    until: dt.date
    """Last day of the inspections; certificates have to last so long."""
    strata: dict[str, int]
    """How many enterprises are drawn of each."""
    enterprises: int
    enterprises_root: str
    officers: int
    officers_root: str
    commitment: str
    """SHA-256(rule, id, secret), in hexadecimal."""
    public: Public
    reveal_until: dt.date
    """Last day to reveal; keeping silent about a draw one does not like is seen then."""
    rule: str = RULE

    def digest(self) -> str:
        """SHA-256 of the plan as JSON, in hexadecimal: what goes on the record."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()


class Reveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is published once the public value is known."""

    plan: str
    """The plan's digest."""
    secret: str
    """In hexadecimal."""
    public: str


class Assigned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One inspection that was drawn."""

    enterprise: str
    stratum: str
    officers: tuple[str, str]


class Draw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome, in the order of assignment."""

    seed: str
    inspections: tuple[Assigned, ...]
    excluded: dict[str, str]
    """Who could not take part, and why."""


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
    """Commit to a draw. Raises DrawError where it could not be made, whatever the seed."""
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
    made = Plan(
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
    _urns(made, rosters)
    return made


def reveal(made: Plan, secret: bytes, public: str) -> Reveal:
    """Open the commitment. Raises DrawError for another secret than the plan's."""
    opened = Reveal(made.digest(), secret.hex(), public.strip())
    seed(made, opened)
    return opened


def seed(made: Plan, opened: Reveal) -> bytes:
    """The 32 bytes from which the draw follows. Raises DrawError if they were not committed to."""
    if made.rule != RULE:
        raise DrawError(f"rule is {made.rule!r}; this program draws by {RULE}, find one for it")
    if opened.plan != made.digest():
        raise DrawError(f"the reveal is of plan {opened.plan[:16]}, not {made.digest()[:16]}")
    try:
        secret = bytes.fromhex(opened.secret)
    except ValueError:
        raise DrawError("secret is no hexadecimal number; publish it as it was made") from None
    if _hash(made.id.encode(), secret).hex() != made.commitment:
        raise DrawError("the secret is not the one that the plan committed to")
    if not opened.public:
        raise DrawError(f"public is empty; give the value of: {made.public.source}")
    return _hash(bytes.fromhex(made.digest()), secret, opened.public.encode())


def draw(made: Plan, opened: Reveal, rosters: Rosters, policy: DrawPolicy) -> Draw:
    """Draw, or draw again. Raises DrawError where plan, reveal and rosters do not fit."""
    _check(rosters, policy)
    for name, rows in zip(("enterprises", "officers"), rosters, strict=True):
        if (len(rows), root(rows)) != (getattr(made, name), getattr(made, f"{name}_root")):
            raise DrawError(f"the roster of {name} is not the one that the plan was made with")
    key = seed(made, opened)
    drawn = [one for urn, count in _urns(made, rosters) for one in _take(key, urn, count)]
    drawn.sort(key=lambda one: (_number(key, "order", one.id), one.id))
    able = eligible(rosters, made.until)
    return Draw(key.hex(), tuple(_assign(key, drawn, able.officers)), able.excluded)


def allot(total: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Divide a number by shares, largest remainders first; equal ones by name."""
    whole = sum(shares.values())
    if whole <= 0 or min(shares.values()) < 0:
        raise DrawError("shares are not positive; give some like high=3, low=1")
    exact = {name: total * share / whole for name, share in shares.items()}
    found = {name: int(value) for name, value in exact.items()}
    rest = sorted(exact, key=lambda name: (found[name] - exact[name], name))
    for name in rest[: total - sum(found.values())]:
        found[name] += 1
    return found


def _check(rosters: Rosters, policy: DrawPolicy) -> None:
    if max(map(len, rosters)) > policy.most_rows:
        raise DrawError(f"a roster has more than {policy.most_rows} rows; divide the plan")
    for one in rosters.enterprises:
        if not 1 <= one.lots <= policy.most_lots:
            raise DrawError(f"lots of {one.id} is {one.lots}; give 1 to {policy.most_lots}")


def _urns(made: Plan, rosters: Rosters) -> Iterator[tuple[list[Candidate], int]]:
    """Who is in each urn, and how many are taken. Raises DrawError where there are too few."""
    able = eligible(rosters, made.until)
    out = []
    for name, count in sorted(made.strata.items()):
        urn = [one for one in able.enterprises if one.stratum == name]
        if not 0 <= count <= len(urn):
            raise DrawError(
                f"stratum {name}: {count} of {len(urn)} that can be drawn; ask for fewer"
            )
        out.append((urn, count))
    return iter(out)


def _take(key: bytes, urn: Sequence[Candidate], count: int) -> list[Candidate]:
    first = {
        one.id: min(_number(key, "lot", one.stratum, one.id, str(lot)) for lot in range(one.lots))
        for one in urn
    }
    return sorted(urn, key=lambda one: (first[one.id], one.id))[:count]


def _assign(
    key: bytes, drawn: Iterable[Candidate], officers: Sequence[Certified]
) -> Iterator[Assigned]:
    load: Counter[str] = Counter()
    for one in drawn:
        ranked = sorted(
            (officer for officer in officers if one.id not in officer.conflicts),
            key=lambda officer: (load[officer.id], _number(key, "officer", one.id, officer.id)),
        )
        pair = next(
            (first.id, second.id)
            for place, second in enumerate(ranked)
            for first in ranked[:place]
            if allowed(one, first, second)
        )
        load.update(pair)
        yield Assigned(one.id, one.stratum, pair)


def _number(key: bytes, *parts: str) -> bytes:
    return blake2b(_joined(*(part.encode() for part in parts)), key=key, digest_size=32).digest()


def _hash(*parts: bytes) -> bytes:
    return sha256(_joined(RULE.encode(), *parts)).digest()


def _joined(*parts: bytes) -> bytes:
    """Parts, each after its length in 8 bytes, so that no two lists look the same."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


class Check(NamedTuple):
    """One thing that a citizen can check, and whether it holds."""

    key: str
    """`recorded`, `in_time`, `public`, `drawn_again`, `published`."""
    holds: bool | None
    """None: nothing was given to check it by."""
    said: str


def verify(
    made: Plan,
    opened: Reveal,
    rosters: Rosters,
    published: Draw,
    policy: DrawPolicy,
    *,
    digest: str = "",
    recorded: dt.date | None = None,
    public: str = "",
) -> tuple[Check, ...]:
    """Check a published draw by what the verifier got elsewhere.

    `digest` and `recorded`: the plan's digest on the record, and the day of that entry; `public`:
    the public value as the verifier looked it up. A draw is proven only where all of them hold.
    """
    checks = [
        Check(
            "recorded",
            made.digest() == digest.strip().lower() if digest else None,
            f"the plan's digest is {made.digest()}",
        ),
        Check(
            "in_time",
            recorded < made.public.on if recorded else None,
            f"the public value became known on {made.public.on}",
        ),
        Check(
            "public",
            opened.public == public.strip() if public else None,
            f"{made.public.source}: {opened.public}",
        ),
    ]
    try:
        again = draw(made, opened, rosters, policy)
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
    """Plans on the record that say something is wrong: (digest, why).

    `silent`: its last day to reveal is over and nothing was revealed; `again`: another plan of the
    same id came before it on the record. So nobody can draw till they like it. `revealed`: digests.
    """
    known, seen, found = set(revealed), set(), []
    for one in plans:
        if one.digest() not in known and one.reveal_until < today:
            found.append((one.digest(), "silent"))
        if one.id in seen:
            found.append((one.digest(), "again"))
        seen.add(one.id)
    return found
