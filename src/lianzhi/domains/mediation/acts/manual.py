"""Acts on a manual. See `office.acts`."""

from functools import partial

from lianzhi.domains.mediation.acts.guidance import REVIEWS, act_of
from lianzhi.domains.mediation.desk.manuals import LENGTH, Manuals
from lianzhi.domains.mediation.nouns.manual import STEPS
from lianzhi.office.acts import Act, ActTable, Field, Opening, words

_take = partial(act_of, "manuals")
_READERS = (
    Field("readers", "words", "manual.readers", False, max_length=10_000),
    Field("due_days", "number", "manual.due_days"),
)
MANUAL = ActTable(
    "manual",
    "/manuals",
    STEPS,
    (
        Act("read", ("read",), ("read",), _take(Manuals.read)),
        Act("assign", REVIEWS, ("assigned",), _take(Manuals.assign), _READERS),
        Act(
            "withdraw",
            REVIEWS,
            ("withdrawn",),
            _take(Manuals.withdraw),
            (words("manual.withdraw_words"),),
        ),
    ),
    frozenset(),
    Opening(
        "issue",
        REVIEWS,
        "issued",
        lambda desk, by, **given: desk.guidance.manuals.issue(by, **given),
        (
            Field("field", "choice", "guidance.field"),
            Field("post", "choice", "manual.post"),
            words("manual.words", max_length=LENGTH),
            Field("effective", "day", "manual.effective", required=False),
            *_READERS,
        ),
    ),
)
