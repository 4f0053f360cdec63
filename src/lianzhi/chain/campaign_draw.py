"""Draw 抽查 in a campaign: who is looked into is drawn by lot, so that nobody can choose them.

The plan of a draw goes on the record before its seed can be known; see `record.lots`. What is drawn
gets a task of the campaign each, with its deadline, reply and urging.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Protocol

import msgspec

from lianzhi.chain.campaign import Body
from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record import lots
from lianzhi.record.entry import Entry
from lianzhi.record.lots import RULE, Check, DrawError, Public, Reveal

DRAW_STEPS: Steps = {
    "lot.planned": (frozenset({START}), "planned"),
    "lot.revealed": (frozenset({"planned"}), "drawn"),
}
#: Stratum of a roster that has none.
ALL = "all"


class Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name of who or what can be drawn, as findings have it."""

    name: str
    stratum: str = ALL


class DrawPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is committed to before the seed is known."""

    id: str
    strata: dict[str, int]
    """Number to draw, by stratum."""
    candidates: int
    root: str
    """Merkle root of the roster."""
    commitment: str
    public: Public
    reveal_until: dt.date
    rule: str = RULE


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """A draw as its entries tell it. What the drawn are asked for is a text of the first."""

    id: str
    plan: str
    """The campaign."""
    terms: DrawPlan
    digest: str
    roster: tuple[Candidate, ...]
    body: Body
    due: dt.date
    """Last day to reply for those who are drawn."""
    day: dt.date
    by: str
    index: int
    status: str = "planned"
    reveal: Reveal | None = None
    drawn: tuple[str, ...] = ()


def planned(
    identity: str, roster: Sequence[Candidate], count: int, secret: bytes, public: Public,
    reveal_until: dt.date,
) -> DrawPlan:  # fmt: skip
    """The plan of a draw of `count` from a roster sorted by name, from each stratum in proportion
    to its size. Raises DrawError where no seed could give a valid draw."""
    names = Counter(candidate.name for candidate in roster)
    if names and max(names.values()) > 1:
        raise DrawError(f"{names.most_common(1)[0][0]} is on the roster twice; leave one")
    if not 1 <= count <= len(roster):
        raise DrawError(f"count is {count}; give 1 to {len(roster)}")
    lots.check_public(public, reveal_until)
    sizes = Counter(candidate.stratum for candidate in roster)
    shares = {stratum: Fraction(size) for stratum, size in sorted(sizes.items())}
    return DrawPlan(
        id=identity,
        strata=lots.allot(count, shares),
        candidates=len(roster),
        root=lots.root(roster),
        commitment=lots.commitment_of(identity, secret),
        public=public,
        reveal_until=reveal_until,
    )


def drawn(plan: DrawPlan, opened: Reveal, roster: Sequence[Candidate]) -> tuple[str, ...]:
    """Who is drawn, by stratum. Raises DrawError where plan, reveal and roster do not match."""
    if (len(roster), lots.root(roster)) != (plan.candidates, plan.root):
        raise DrawError("the roster is not the one that the plan was made with")
    commitment = lots.Commitment(
        plan.rule, plan.id, lots.digest_of(plan), plan.commitment, plan.public.source
    )
    key = lots.seed(commitment, opened)
    names: list[str] = []
    for stratum, count in sorted(plan.strata.items()):
        members = {each.name: 1 for each in roster if each.stratum == stratum}
        names += lots.take(key, stratum, members, count)
    return tuple(names)


class Lot(Protocol):
    """A draw on the record, whatever it is for."""

    @property
    def terms(self) -> DrawPlan:
        """What was committed to."""

    @property
    def digest(self) -> str:
        """Of the terms, as the record has it."""

    @property
    def roster(self) -> tuple[Candidate, ...]:
        """Who or what could be drawn."""

    @property
    def day(self) -> dt.date:
        """On which the plan was recorded."""

    @property
    def reveal(self) -> Reveal | None:
        """The opened commitment."""

    @property
    def drawn(self) -> tuple[str, ...]:
        """Who or what was drawn, as the record has it."""


Drawing = Callable[[DrawPlan, Reveal, Sequence[Candidate]], tuple[str, ...]]


def checks(draw: Lot, drawing: Drawing = drawn) -> tuple[Check, ...]:
    """What anybody can check of a draw on the record; none before the reveal. `drawing` is how it
    is drawn again."""
    if draw.reveal is None:
        return ()
    plan, on = draw.terms, draw.terms.public.on
    digest = lots.digest_of(plan)
    recorded = Check("recorded", digest == draw.digest, digest)
    in_time = Check("in_time", draw.day < on, on.isoformat())
    try:
        again = drawing(plan, draw.reveal, draw.roster)
    except DrawError as error:
        return (recorded, in_time, Check("drawn_again", holds=False, detail=str(error)))
    same = Check("published", again == draw.drawn, str(len(again)))
    return (recorded, in_time, Check("drawn_again", holds=True, detail=plan.root), same)


def _fold(before: Draw | None, entry: Entry, payload: Payload) -> Draw:
    status = next_status(DRAW_STEPS, entry.kind, before.status if before else START)
    if before is None:
        fields = {"id": payload["draw"], "index": entry.index, "status": status}
        return msgspec.convert({**payload, **fields}, Draw)
    reveal = msgspec.convert(payload["reveal"], Reveal)
    return msgspec.structs.replace(
        before, status=status, drawn=tuple(payload["drawn"]), reveal=reveal
    )


DRAW = Noun(
    *("lot", Draw, DRAW_STEPS, _fold),
    columns=("plan", "status", "index"),
    indexes=(("plan", "index"),),
    identity=lambda payload: payload["draw"],
)
