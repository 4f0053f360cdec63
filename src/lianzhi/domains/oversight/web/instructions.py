"""Instructions: the list, the form of a draft, and each with its re-checks."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.domains.oversight.acts import TABLES
from lianzhi.domains.oversight.queries import tables, views
from lianzhi.domains.oversight.web.page import Desk, Reader, Supervisor, show
from lianzhi.domains.oversight.words import words
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, QueryText, language_of, missing, or_missing

router = APIRouter(prefix="/instructions")
cases = APIRouter(prefix="/cases")
_TABLE, _RECHECKS = TABLES[1], TABLES[2]
_STATUSES = ("", "drafted", "issued", "replied", "closed", "overturned", "withdrawn")
#: Platforms to choose among.
MOST = 500


@router.get("")
def listed(
    request: Request, desk: Desk, user: Reader, status: QueryText = "", cursor: Cursor = ""
) -> Response:
    """The list, or with a cursor its next rows."""
    where = {"status": status if status in _STATUSES else ""}
    with desk.office.reading() as connection:
        page = views.listed(connection, tables.instruction, where, cursor)
        platforms = views.names(connection, page.rows)
    context = {
        "page": page, "platforms": platforms, "status": where["status"], "statuses": _STATUSES,
        "today": desk.office.today(),
    }  # fmt: skip
    return show(request, "_instructions.html" if cursor else "instructions.html", **context)


@router.get("/new")
def new(
    request: Request, desk: Desk, user: Supervisor, platform: QueryText = "", duty: QueryText = ""
) -> Response:
    """The form for a draft, with what each duty rests on."""
    office, language = desk.office, language_of(request)
    policy = office.policy()[1]
    with office.reading() as connection:
        platforms = views.platforms(connection, MOST)
    unread = words(language).gettext("duty.unread")
    given = {
        "platform": {"options": [(each.id, each.title) for each in platforms], "value": platform},
        "duties": {
            "options": [
                (each.key, each.text.say(language), "" if each.order else unread)
                for each in policy.duties
            ],
            "chosen": (duty,),
        },
        "tolerance": {"value": f"{policy.recheck.tolerance:g}"},
    }
    context = {
        "opening": _TABLE.opening, "given": given, "policy": policy, "today": office.today(),
        "platforms": platforms,
    }  # fmt: skip
    return show(request, "instruction_new.html", **context)


@router.get("/{identity}")
def instruction(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """An instruction: what it asks, what was answered, what re-checks have shown."""
    office, today = desk.office, desk.office.today()
    gettext = words(language_of(request)).gettext
    with or_missing(), office.reading() as connection:
        known = tables.instruction.load(connection, identity)
        platform = tables.platform.load(connection, known.platform)
        rechecks = views.rechecks_of(connection, identity)
        ladder = views.of_case(connection, known.case) if known.case else []
        against = desk.instructions.against_closing(connection, known)
    policy = office.policy_on(known.issued or today)
    method = gettext(f"recheck_method.{against.method}") if against and against.method else ""
    running = known.status in ("issued", "replied")
    context = {
        "known": known,
        "platform": platform,
        "duties": [duty for key in known.duties if (duty := policy.duty(key))],
        "policy": policy,
        "rechecks": rechecks,
        "ladder": [each for each in ladder if each.id != identity],
        "open_reason": against and gettext(f"refused.{against.rule}") % {"method": method},
        "openings": _RECHECKS.openings if running and user.may("supervise_platforms") else (),
        "done_keys": (*_TABLE.keys, *_RECHECKS.keys),
        "steps": views.story(office.ledger, identity),
        "offers": offers(_TABLE.possible(known.status), known, user, today, lambda step: ()),
        "today": today,
    }
    return show(request, "instruction.html", **context)


@cases.get("/{case}")
def of_case(desk: Desk, user: Reader, case: str) -> RedirectResponse:
    """The latest instruction of a case."""
    with desk.office.reading() as connection:
        known = views.of_case(connection, case)
    if not known:
        raise missing()
    return RedirectResponse(f"/oversight/instructions/{known[-1].id}", 303)
