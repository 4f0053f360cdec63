"""Acts on a question. See `office.acts`."""

from functools import partial

from lianzhi.domains.mediation.acts.guidance import REVIEWS, WRITES, act_of
from lianzhi.domains.mediation.desk.questions import Questions
from lianzhi.domains.mediation.guidance import question_row
from lianzhi.domains.mediation.nouns.question import STEPS
from lianzhi.office.acts import Act, ActTable, Field, Opening, words

_take = partial(act_of, "questions")
CONTENT = (
    Field("question", "words", "question.question", max_length=question_row.QUESTION_LENGTH),
    Field("answer", "words", "question.answer", False, max_length=question_row.ANSWER_LENGTH),
    Field("sources", "words", "question.sources", False, max_length=question_row.SOURCES_LENGTH),
    Field("field", "choice", "guidance.field"),
    Field("causes", "choice", "guidance.causes", required=False),
    Field("since", "day", "guidance.since", required=False),
    Field("until", "day", "guidance.until", required=False),
)
_ASKING = (
    Field("day_asked", "day", "question.asked", required=False),
    Field("asker", "text", "question.asker", required=False),
)
_ACTS = (
    Act("review", REVIEWS, ("reviewed",), _take(Questions.review)),
    Act("publish", REVIEWS, ("published",), _take(Questions.publish)),
    Act("revise", WRITES, ("revised",), _take(Questions.revise), CONTENT),
    Act(
        "send_back",
        REVIEWS,
        ("sent_back",),
        _take(Questions.send_back),
        (words("question.send_back_words"),),
    ),
    Act("ask", WRITES, ("asked",), _take(Questions.ask), _ASKING),
    Act(
        "discard",
        WRITES,
        ("discarded",),
        _take(Questions.discard),
        applies=lambda question, today: question.live is not None,
    ),
    Act(
        "withdraw",
        REVIEWS,
        ("withdrawn",),
        _take(Questions.withdraw),
        (words("question.withdraw_words"),),
    ),
)
QUESTION = ActTable(
    "question",
    "/questions",
    STEPS,
    _ACTS,
    frozenset(),
    Opening(
        "draft",
        WRITES,
        "drafted",
        lambda desk, by, **given: desk.guidance.questions.draft(by, **given),
        (*CONTENT, *_ASKING),
    ),
)
