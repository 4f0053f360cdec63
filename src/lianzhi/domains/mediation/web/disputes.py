"""Disputes: the list with its counts, a new one, and the story of each with its acts.

Who mediates sees the disputes that are assigned to them, and no others.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.mediation.acts.dispute import DISPUTE
from lianzhi.domains.mediation.clocks.dispute_clocks import DueClock, clocks
from lianzhi.domains.mediation.nouns.dispute import LEVELS, OUTCOMES, STATUSES, RecordedDispute
from lianzhi.domains.mediation.queries import disputes as queries
from lianzhi.domains.mediation.web.page import Desk, Parties, Staff, show
from lianzhi.domains.mediation.words import words
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, Look, QueryText, language_of, missing, or_missing
from lianzhi.office.acts import Act

router = APIRouter(prefix="/disputes")
_CHOICES = {"status": STATUSES, "level": LEVELS, "outcome": OUTCOMES[1:]}


def _is_staff(user: Any) -> bool:
    return bool(user.may("intake") or user.may("oversee"))


@router.get("")
def disputes_page(
    *,
    request: Request,
    desk: Desk,
    user: Parties,
    look: Look,
    status: QueryText = "",
    level: QueryText = "",
    outcome: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """Disputes, the newest first, or with a cursor the next rows."""
    filters = {"status": status, "level": level, "outcome": outcome}
    where = {name: value if value in _CHOICES[name] else "" for name, value in filters.items()}
    narrowed = where | {"mediator": "" if _is_staff(user) else user.name}
    with desk.office.reading() as connection:
        page = queries.disputes(connection, narrowed, cursor)
        counts = {
            name: queries.counts(connection, name, narrowed | {name: ""}) for name in _CHOICES
        }
    look("disputes", [dispute.id for dispute in page.rows])
    context = {
        "page": page,
        "where": where,
        "kept": {name: value for name, value in where.items() if value},
        "choices": {name: ("", *keys) for name, keys in _CHOICES.items()},
        "counts": counts,
        "staff": _is_staff(user),
        "filed": desk.filings.waiting() if _is_staff(user) else 0,
        "parties": desk.office.ledger.vault.accounts({dispute.party for dispute in page.rows}),
    }
    return show(request, "_disputes.html" if cursor else "disputes.html", **context)


@router.get("/clocks")
def clocks_page(request: Request, desk: Desk, user: Parties, look: Look) -> Response:
    """Every clock that runs, the earliest end first."""
    office = desk.office
    today, law = office.today(), office.rules.law
    policy = office.rules.dispute(today)[1]
    with office.reading() as connection:
        waiting = queries.waiting(connection, "" if _is_staff(user) else user.name)
    rows = [(due, each) for each in waiting for due in clocks(each, policy, law, today)]
    rows.sort(key=lambda row: (row[0].order, row[1].id))
    look("disputes", [dispute.id for dispute in waiting])
    context = {
        "rows": rows[:_MOST_CLOCKS],
        "left_out": len(rows) - len(rows[:_MOST_CLOCKS]),
        "counts": {state: sum(due.status == state for due, _ in rows) for state in _STATES},
        "parties": office.ledger.vault.accounts({dispute.party for dispute in waiting}),
        "clock_text": partial(_clock_text, language=language_of(request)),
    }
    return show(request, "clocks.html", **context)


_MOST_CLOCKS = 500
_STATES = ("overdue", "warned", "suspended", "running")


@router.get("/new")
def new_page(request: Request, desk: Desk, user: Staff, warning: QueryText = "") -> Response:
    """The form for a dispute; `warning` is the early warning that it comes from."""
    given: dict[str, dict[str, object]] = {
        "warning": {"value": warning},
        "known": {"value": ""},
        "review": {"value": ""},
    }
    with or_missing():
        if warning:
            seen = desk.warnings.get(warning)
            given["office"] = {"value": seen.office}
            given["officer"] = {"value": seen.officer}
            given["party"] = {"value": desk.office.ledger.vault.account(seen.party) or ""}
    return show(
        request, "dispute_new.html", opening=DISPUTE.opening, given=given, today=desk.office.today()
    )


@router.get("/{identity}")
def dispute_page(
    request: Request, desk: Desk, user: Parties, look: Look, identity: str
) -> Response:
    """The story of a dispute; its sealed notes are shown to its mediator alone."""
    office = desk.office
    dispute, today = _dispute(desk, user, identity), desk.office.today()
    look("disputes", [identity])
    policy = office.rules.dispute(today)[1]
    context = {
        "dispute": dispute,
        "account": office.ledger.vault.account(dispute.party),
        "words": office.ledger.vault.text(dispute.index, "words") or "",
        "steps": queries.story(office.ledger, identity),
        "unsealed": desk.sessions.unsealed(identity, user.name if user.may("mediate") else ""),
        "terms": desk.agreements.terms(dispute),
        "questions": policy.questions,
        "clocks": clocks(dispute, policy, office.rules.law, today),
        "clock_text": partial(_clock_text, language=language_of(request)),
        "offers": offers(_possible(dispute, user), dispute, user, today, lambda step: ()),
        "next_term": next((term.number for term in dispute.terms if term.status == "open"), 1),
        "review": dispute.review.isoformat() if dispute.review else "",
        "today": today,
    }
    return show(request, "dispute.html", **context)


def _dispute(desk: Any, user: Any, identity: str) -> RecordedDispute:
    """A dispute that the reader may see. Raises 404 for others, as for none."""
    with or_missing():
        dispute: RecordedDispute = desk.disputes.get(identity)
    if not _is_staff(user) and user.name != dispute.mediator:
        raise missing()
    return dispute


def _possible(dispute: RecordedDispute, user: Any) -> Iterator[Act]:
    """Acts by the status; those of the mediator for the mediator alone."""
    for act in DISPUTE.possible(dispute.status):
        if user.name == dispute.mediator or any(map(user.may, {*act.needs} - {"mediate"})):
            yield act


def _clock_text(due: DueClock, language: str) -> str:
    """What a clock of a dispute counts to."""
    gettext = words(language).gettext
    detail = gettext(f"mediation_remedy.{due.detail}") if due.key == "remedy" else due.detail
    return gettext(f"dispute_clock.{due.key}") % {"detail": detail or "…"}
