"""Acts on reception days and commitments. See `office.acts`."""

from lianzhi.domains.counsel.acts.office_steps import ADVISE, act, choice
from lianzhi.domains.counsel.desk.receptions import Commitments, Receptions
from lianzhi.domains.counsel.nouns.reception import COMMITMENT_STEPS, KINDS, RECEPTION_STEPS
from lianzhi.office.acts import DAY, Act, ActTable, Field, Opening, method_of, opening_of, words

_VISITOR = Field("visitor", "text", "office.visitor")

RECEPTION = ActTable(
    "reception",
    "/receptions",
    RECEPTION_STEPS,
    (
        Act(
            "hear",
            ADVISE,
            ("heard",),
            method_of("receptions", Receptions.hear),
            (_VISITOR, words("office.matter_words")),
            applies=lambda file, today: today >= file.began,
        ),
        act("receptions", "close", "closed"),
    ),
    frozenset(),
    Opening(
        "open",
        ADVISE,
        "opened",
        opening_of("receptions", Receptions.open),
        (
            choice("kind", "office.kind", KINDS, "reception_kind"),
            Field("day", "day", "office.held", required=False),
            Field("place", "text", "office.place"),
            Field("receiver", "text", "office.receiver"),
        ),
    ),
)

COMMITMENT = ActTable(
    "commitment",
    "/commitments",
    COMMITMENT_STEPS,
    (
        act("commitments", "urge", "urged", words("office.note", required=False)),
        act("commitments", "keep", "kept", words("office.proof"), DAY),
        act("commitments", "break", "broken", words("act.reason"), DAY),
        act("commitments", "tell", "told", words("office.told_words"), DAY),
    ),
    frozenset(),
    Opening(
        "make",
        ADVISE,
        "made",
        opening_of("commitments", Commitments.make),
        (
            Field("reception", "text", "office.reception_id"),
            _VISITOR,
            Field("owner", "text", "office.owner"),
            Field("due", "until", "office.due"),
            words("office.promise_words"),
        ),
    ),
)
