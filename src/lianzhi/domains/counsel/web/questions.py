"""The pool of questions: search and list, the page of an answer, its forms, and files."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.counsel.acts.office_steps import ADVISE
from lianzhi.domains.counsel.acts.question import QUESTION
from lianzhi.domains.counsel.importing.questions import KIND, schema
from lianzhi.domains.counsel.nouns.question import Question
from lianzhi.domains.counsel.queries import questions as queries
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.web.page import Desk, Reader, Staff, show
from lianzhi.kit.acts import offers
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.import_pages import Import, Means, import_router
from lianzhi.kit.noun_story import noun_story
from lianzhi.kit.page import Cursor, Look, QueryText, missing, or_missing
from lianzhi.tabular.writing import table_of

PAGES = Import(
    domain="counsel",
    path="/counsel/questions/import",
    template="counsel/question_import.html",
    noun="counsel.questions",
    permission="counsel_lead",
    schemas={KIND: schema()},
    once=(KIND,),
    updates=(),
    means=lambda desk: Means(desk.guidance.uploads, desk.office.now, desk.guidance.question_import),
)
router = APIRouter(prefix="/questions")
router.include_router(import_router(PAGES), prefix="/import")


@router.get("")
def questions_page(
    request: Request,
    desk: Desk,
    user: Reader,
    look: Look,
    q: QueryText = "",
    state: QueryText = "valid",
    field: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """What a search finds among valid answers; without one, questions in a state."""
    staff, today = _is_staff(user), desk.office.today()
    state = state if staff and state in queries.STATES else "valid"
    policy = desk.office.rules.guidance(today)
    field = field if field in {each.key for each in policy.fields} else ""
    if q.strip():
        answers = [(each.question, each.texts) for each in desk.guidance.search.search(q)]
        following = ""
    else:
        with desk.office.reading() as connection:
            page = queries.questions(connection, state, field, today, cursor)
        answers = [(row, _shown_texts(desk, row, state)) for row in page.rows]
        following = page.cursor
    look("questions", [question.id for question, _ in answers])
    with desk.office.reading() as connection:
        counts = queries.counts(connection, today) if staff else {}
    context = {
        "answers": answers,
        "next": following,
        "q": q.strip(),
        "state": state,
        "states": queries.STATES,
        "counts": counts,
        "field": field,
        "policy": policy,
        "today": today,
        "staff": staff,
    }
    return show(request, "_questions.html" if cursor else "questions.html", **context)


@router.get("/export.csv")
def export(desk: Desk, user: Staff, look: Look) -> Response:
    """The newest version of each question, as an import reads it."""
    look("export", [f"export:{secrets.token_hex(10)}"])
    rows = list(desk.guidance.question_import.rows())
    return csv_file(table_of(schema(), rows), f"questions-{desk.office.today()}.csv")


@router.get("/new")
def new(request: Request, desk: Desk, user: Staff) -> Response:
    """The form of a new question."""
    return show(request, "question_form.html", **_form(desk, None, {}))


@router.get("/{identity}")
def question_page(
    request: Request, desk: Desk, user: Reader, look: Look, identity: str
) -> Response:
    """An answer with its sources; for staff also the draft, earlier versions and every step."""
    question = _question(desk, identity)
    today, staff = desk.office.today(), _is_staff(user)
    if not (staff or question.holds(today)):
        raise missing()
    look("questions", [identity])
    versions = [question.draft, question.live, *reversed(question.past)] if staff else []
    texts = {each.index: desk.guidance.questions.texts(each) for each in versions if each}
    shown = question.live or question.newest
    context = {
        "question": question,
        "shown": shown,
        "texts": texts.get(shown.index) or desk.guidance.questions.texts(shown),
        "texts_of": texts,
        "asker": desk.office.ledger.vault.account(question.asker) if question.asker else None,
        "policy": desk.office.rules.guidance(today),
        "today": today,
        "staff": staff,
        "steps": noun_story(desk.office.ledger, tables.step, identity) if staff else (),
        "offers": offers(
            QUESTION.possible(question.status), question, user, today, lambda step: ()
        ),
    }
    return show(request, "question.html", **context)


@router.get("/{identity}/revise")
def revise(request: Request, desk: Desk, user: Staff, look: Look, identity: str) -> Response:
    """The form of a new draft, filled with the newest version."""
    question = _question(desk, identity)
    look("questions", [identity])
    texts = desk.guidance.questions.texts(question.newest)
    return show(request, "question_form.html", **_form(desk, question, texts))


def _form(desk: Desk, question: Question | None, texts: dict[str, str]) -> dict[str, Any]:
    today = desk.office.today()
    policy = desk.office.rules.guidance(today)
    return {"question": question, "texts": texts, "policy": policy, "today": today}


def _question(desk: Desk, identity: str) -> Question:
    with or_missing():
        question: Question = desk.guidance.questions.get(identity)
        return question


def _shown_texts(desk: Desk, question: Question, state: str) -> dict[str, str]:
    """Texts of the version by which a question is in a state."""
    of_pool = state in ("valid", "coming", "expired") and question.live
    texts: dict[str, str] = desk.guidance.questions.texts(of_pool or question.newest)
    return texts


def _is_staff(user: Any) -> bool:
    return any(map(user.may, ADVISE))
