"""Lessons: the list with the causes that come back, the form, and the page with its effect."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.counsel.acts.lesson import LESSON
from lianzhi.domains.counsel.effect_wording import effect_sentences
from lianzhi.domains.counsel.nouns.lesson import STATUSES
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.web.page import Desk, Staff, show
from lianzhi.domains.counsel.words import words
from lianzhi.kit.acts import offers
from lianzhi.kit.figure_sentences import share_sentence
from lianzhi.kit.noun_story import noun_story
from lianzhi.kit.page import Look, QueryText, language_of, or_missing

router = APIRouter(prefix="/lessons")


@router.get("")
def lessons_page(request: Request, desk: Desk, user: Staff, status: QueryText = "") -> Response:
    """Lessons, those that changed last first, and causes that may need one."""
    status = status if status in STATUSES else ""
    lessons = desk.guidance.lessons.every(status)
    vault = desk.office.ledger.vault
    today = desk.office.today()
    context = {
        "lessons": [(each, vault.text(each.first, "topic")) for each in lessons],
        "recurring": desk.guidance.lessons.recurring(),
        "status": status,
        "statuses": ("", *STATUSES),
        "policy": desk.office.rules.guidance(today),
    }
    return show(request, "lessons.html", **context)


@router.get("/new")
def new(request: Request, desk: Desk, user: Staff, cause: QueryText = "") -> Response:
    """The form; a cause begins a targeted lesson."""
    policy = desk.office.rules.guidance(desk.office.today())
    cause = cause if cause in {each.key for each in policy.causes} else ""
    return show(request, "lesson_form.html", cause=cause, policy=policy)


@router.get("/{identity}")
def lesson_page(request: Request, desk: Desk, user: Staff, look: Look, identity: str) -> Response:
    """A lesson, what was said of it, and what changed with its cause."""
    with or_missing():
        lesson = desk.guidance.lessons.get(identity)
    look("lessons", [identity])
    today, vault, catalogue = (
        desk.office.today(),
        desk.office.ledger.vault,
        words(language_of(request)),
    )
    context = {
        "lesson": lesson,
        "topic": vault.text(lesson.first, "topic"),
        "requester": vault.account(lesson.requester) if lesson.requester else None,
        "effects": effect_sentences(desk.guidance.lessons.effects(lesson), catalogue),
        "usefulness": share_sentence(lesson.useful, lesson.answers, catalogue)
        if lesson.answers
        else "",
        "policy": desk.office.rules.guidance(today),
        "today": today,
        "steps": noun_story(desk.office.ledger, tables.step, identity),
        "offers": offers(LESSON.possible(lesson.status), lesson, user, today, lambda step: ()),
    }
    return show(request, "lesson.html", **context)
