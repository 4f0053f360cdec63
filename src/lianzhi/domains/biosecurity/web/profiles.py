"""Risk profiles: the list, a new one, and the page of each with its changes."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.acts import TABLES
from lianzhi.domains.biosecurity.nouns.profile import LEVELS, SUBJECTS
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.web.page import Desk, Leader, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import QueryText, done, or_missing

router = APIRouter(prefix="/profiles")
Short = Annotated[str, Typed, Form(max_length=200)]


@router.get("")
def listed(
    request: Request, desk: Desk, user: Reader, subject: QueryText = "", value: QueryText = ""
) -> Response:
    """Profiles, and the form for one more; `subject` and `value` fill it."""
    with desk.office.reading() as connection:
        profiles = tables.profile.every(connection)
        register = desk.office.register(connection)
    context = {"profiles": profiles, "register": register, "subject": subject, "value": value}
    return show(request, "profiles.html", subjects=SUBJECTS, levels=LEVELS, **context)


@router.post("")
def open_profile(
    desk: Desk,
    user: Leader,
    subject: Short,
    value: Short,
    level: Short,
    words: Annotated[str, Typed, Form(max_length=20_000)],
) -> Response:
    """Open a profile, or change the one that is open."""
    identity = desk.profiles.open(subject, value, level, words, user.name)
    return done(f"/biosecurity/profiles/{identity}", "opened")


@router.get("/{identity}")
def profile(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A profile with the reason of each change."""
    with or_missing(), desk.office.reading() as connection:
        known = tables.profile.load(connection, identity)
        register = desk.office.register(connection)
    possible = TABLES[1].possible(known.status)
    context = {
        "profile": known,
        "register": register,
        "steps": views.story(desk.office.ledger, identity),
        "offers": offers(possible, known, user, desk.office.today(), lambda step: ()),
        "today": desk.office.today(),
    }
    return show(request, "profile.html", **context)
