"""Acts on a lesson. See `office.acts`."""

from functools import partial

from lianzhi.domains.counsel.acts.office_steps import ADVISE
from lianzhi.domains.counsel.desk.lessons import Lessons
from lianzhi.domains.counsel.nouns.lesson import KINDS, STEPS
from lianzhi.office.acts import Act, ActTable, Field, Opening, method_of, opening_of, words

_take = partial(method_of, "guidance.lessons")
_WORDS = words("lesson.words", required=False)
_PLAN = (Field("planned", "until", "lesson.planned"), Field("speaker", "text", "lesson.speaker"))
_HOLDING = (
    Field("day_held", "day", "lesson.held", required=False),
    Field("attendance", "number", "lesson.attendance"),
    _WORDS,
)
_RATING = (
    Field("answers", "number", "lesson.answers"),
    Field("useful", "number", "lesson.useful"),
    _WORDS,
)
LESSON = ActTable(
    "lesson",
    "/lessons",
    STEPS,
    (
        Act("plan", ADVISE, ("planned",), _take(Lessons.plan), _PLAN),
        Act("hold", ADVISE, ("held",), _take(Lessons.hold), _HOLDING),
        Act("rate", ADVISE, ("rated",), _take(Lessons.rate), _RATING),
        Act(
            "decline",
            ADVISE,
            ("declined",),
            _take(Lessons.decline),
            (words("lesson.decline_words"),),
        ),
    ),
    frozenset(),
    Opening(
        "request",
        ADVISE,
        "requested",
        opening_of("guidance.lessons", Lessons.request),
        (
            Field("kind", "choice", "lesson.kind", choices=KINDS, family="lesson_kind"),
            Field("topic", "words", "lesson.topic", max_length=2_000),
            Field("field", "choice", "guidance.field"),
            Field("cause", "choice", "guidance.causes", required=False),
            Field("requester", "text", "lesson.requester", required=False),
        ),
    ),
)
