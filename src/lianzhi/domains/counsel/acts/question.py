"""Acts on a question. See `office.acts`."""

from functools import partial

from lianzhi.domains.counsel.acts.office_steps import ADVISE, LEAD
from lianzhi.domains.counsel.desk.questions import Questions
from lianzhi.domains.counsel.guidance import question_row
from lianzhi.domains.counsel.nouns.question import STEPS
from lianzhi.office.acts import Act, ActTable, Field, Opening, method_of, opening_of, words

_take = partial(method_of, "guidance.questions")
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
    Act("review", LEAD, ("reviewed",), _take(Questions.review)),
    Act("publish", LEAD, ("published",), _take(Questions.publish)),
    Act("revise", ADVISE, ("revised",), _take(Questions.revise), CONTENT),
    Act(
        "send_back",
        LEAD,
        ("sent_back",),
        _take(Questions.send_back),
        (words("question.send_back_words"),),
    ),
    Act("ask", ADVISE, ("asked",), _take(Questions.ask), _ASKING),
    Act(
        "discard",
        ADVISE,
        ("discarded",),
        _take(Questions.discard),
        applies=lambda question, today: question.live is not None,
    ),
    Act(
        "withdraw",
        LEAD,
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
        ADVISE,
        "drafted",
        opening_of("guidance.questions", Questions.draft),
        (*CONTENT, *_ASKING),
    ),
)
