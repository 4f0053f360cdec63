"""Acts on a manual. See `office.acts`."""

from functools import partial

from lianzhi.domains.counsel.acts.office_steps import LEAD
from lianzhi.domains.counsel.desk.manuals import LENGTH, Manuals
from lianzhi.domains.counsel.nouns.manual import STEPS
from lianzhi.office.acts import Act, ActTable, Field, Opening, method_of, opening_of, words

_take = partial(method_of, "guidance.manuals")
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
        Act("assign", LEAD, ("assigned",), _take(Manuals.assign), _READERS),
        Act(
            "withdraw",
            LEAD,
            ("withdrawn",),
            _take(Manuals.withdraw),
            (words("manual.withdraw_words"),),
        ),
    ),
    frozenset(),
    Opening(
        "issue",
        LEAD,
        "issued",
        opening_of("guidance.manuals", Manuals.issue),
        (
            Field("field", "choice", "guidance.field"),
            Field("post", "choice", "manual.post"),
            words("manual.words", max_length=LENGTH),
            Field("effective", "day", "manual.effective", required=False),
            *_READERS,
        ),
    ),
)
