"""Acts on a lesson. See `office.acts`."""

from functools import partial

from lianzhi.domains.mediation.acts.guidance import WRITES, act_of
from lianzhi.domains.mediation.desk.lessons import Lessons
from lianzhi.domains.mediation.nouns.lesson import KINDS, STEPS
from lianzhi.office.acts import Act, ActTable, Field, Opening, words

_take = partial(act_of, "lessons")
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
        Act("plan", WRITES, ("planned",), _take(Lessons.plan), _PLAN),
        Act("hold", WRITES, ("held",), _take(Lessons.hold), _HOLDING),
        Act("rate", WRITES, ("rated",), _take(Lessons.rate), _RATING),
        Act(
            "decline",
            WRITES,
            ("declined",),
            _take(Lessons.decline),
            (words("lesson.decline_words"),),
        ),
    ),
    frozenset(),
    Opening(
        "request",
        WRITES,
        "requested",
        lambda desk, by, **given: desk.guidance.lessons.request(by, **given),
        (
            Field("kind", "choice", "lesson.kind", choices=KINDS, family="lesson_kind"),
            Field("topic", "words", "lesson.topic", max_length=2_000),
            Field("field", "choice", "guidance.field"),
            Field("cause", "choice", "guidance.causes", required=False),
            Field("requester", "text", "lesson.requester", required=False),
        ),
    ),
)
