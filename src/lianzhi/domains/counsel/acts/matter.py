"""Acts on a matter. See `office.acts`."""

from lianzhi.domains.counsel.acts.office_steps import ADVISE, LEAD, act, choice
from lianzhi.domains.counsel.desk.matters import Matters
from lianzhi.domains.counsel.nouns.matter import KINDS, PAUSES, STEPS
from lianzhi.office.acts import DAY, Act, ActTable, Field, Opening, opening_of, words


def _for(kinds: tuple[str, ...], each: Act) -> Act:
    """An act that some kinds of matter have."""
    return each._replace(applies=lambda file, today: file.kind in kinds)


MATTER = ActTable(
    "matter",
    "/matters",
    STEPS,
    (
        act("matters", "submit", "submitted", words("matter.draft")),
        act("matters", "review", "reviewed", words("matter.opinion"), needs=LEAD),
        act("matters", "return", "returned", words("matter.opinion"), needs=LEAD),
        act("matters", "answer", "answered", words("matter.answer"), DAY),
        _for(("petition",), act("matters", "accept", "accepted", words("office.note"), DAY)),
        _for(
            ("disclosure", "petition_recheck"),
            act(
                "matters",
                "pause",
                "paused",
                choice("pause", "matter.pause", PAUSES, "matter_pause"),
                words("office.note"),
                DAY,
            ),
        ),
        act("matters", "resume", "resumed", words("office.note"), DAY),
        _for(
            ("petition", "disclosure"),
            act(
                "matters",
                "extend",
                "extended",
                Field("extra", "number", "matter.extra"),
                words("act.reason"),
                needs=LEAD,
            ),
        ),
    ),
    frozenset(),
    Opening(
        "receive",
        ADVISE,
        "received",
        opening_of("matters", Matters.receive),
        (
            choice("kind", "office.kind", KINDS, "matter_kind"),
            Field("day", "day", "matter.received", required=False),
            Field("person", "text", "matter.person"),
            Field("handler", "text", "matter.handler", required=False),
            Field("within", "number", "matter.within", required=False),
            Field("reached", "day", "matter.reached", required=False),
            words("matter.asks"),
        ),
    ),
)
