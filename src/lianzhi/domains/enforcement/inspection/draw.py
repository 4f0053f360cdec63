"""双随机一公开: a random draw of enterprises and officers that anyone can verify.

Seed, commitment and lots are those of `record.lots`. The plan holds the Merkle roots of both
rosters and the number drawn from each stratum. Drawn enterprises are ordered by BLAKE2b(seed;
enterprise). Each gets the first permitted pair of officers, those with the fewest inspections so
far first, ties by BLAKE2b(seed; enterprise, officer).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from lianzhi.domains.enforcement.inspection.policy import DrawPolicy
from lianzhi.domains.enforcement.inspection.roster import (
    Candidate,
    Certified,
    Rosters,
    allowed,
    eligible,
)
from lianzhi.record import lots
from lianzhi.record.lots import RULE, Check, DrawError, Public, Reveal


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
        return lots.digest_of(self)


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
    commitment = lots.commitment_of(name, secret, policy.least_secret)
    lots.check_public(public, reveal_until, until)
    plan = Plan(
        id=name,
        until=until,
        strata=dict(sorted(strata.items())),
        enterprises=len(rosters.enterprises),
        enterprises_root=lots.root(rosters.enterprises),
        officers=len(rosters.officers),
        officers_root=lots.root(rosters.officers),
        commitment=commitment,
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
    committed = lots.Commitment(
        plan.rule, plan.id, plan.digest(), plan.commitment, plan.public.source
    )
    return lots.seed(committed, opened)


def draw(plan: Plan, opened: Reveal, rosters: Rosters, policy: DrawPolicy) -> Draw:
    """The draw that follows from plan, reveal and rosters. Raises DrawError where they do not
    match.
    """
    _check(rosters, policy)
    for name, rows in zip(("enterprises", "officers"), rosters, strict=True):
        if (len(rows), lots.root(rows)) != (getattr(plan, name), getattr(plan, f"{name}_root")):
            raise DrawError(f"the roster of {name} is not the one that the plan was made with")
    key = seed(plan, opened)
    drawn = [
        candidate
        for stratum, count in _strata(plan, rosters)
        for candidate in _take(key, stratum, count)
    ]
    drawn.sort(key=lambda candidate: (lots.number(key, "order", candidate.id), candidate.id))
    able = eligible(rosters, plan.until)
    return Draw(key.hex(), tuple(_assign(key, drawn, able.officers)), able.excluded)


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
    known = {candidate.id: candidate for candidate in stratum}
    name = stratum[0].stratum if stratum else ""
    names = lots.take(key, name, {each.id: each.lots for each in stratum}, count)
    return [known[identity] for identity in names]


def _assign(
    key: bytes, drawn: Iterable[Candidate], officers: Sequence[Certified]
) -> Iterator[DrawnInspection]:
    load: Counter[str] = Counter()
    for candidate in drawn:
        ranked = sorted(
            (officer for officer in officers if candidate.id not in officer.conflicts),
            key=lambda officer: (
                load[officer.id],
                lots.number(key, "officer", candidate.id, officer.id),
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
        return (*checks, Check("drawn_again", holds=False, detail=str(error)))
    return (
        *checks,
        Check("drawn_again", holds=True, detail=f"seed {again.seed}"),
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
