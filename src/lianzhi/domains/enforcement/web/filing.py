"""The forms by which a penalty file begins: filing a case, and a decision on the spot."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.acts.case_fields import choices
from lianzhi.domains.enforcement.acts.filing import FILE, SPOT
from lianzhi.domains.enforcement.queries import views
from lianzhi.domains.enforcement.web.page import Desk, Inspector, catalogue, show
from lianzhi.kit.page import Look, QueryText, language_of
from lianzhi.office.acts import Opening

router = APIRouter(prefix="/penalties")
#: How many other files of a party are offered as being about the same act.
_OTHERS = 20


def _subject(
    enterprise: QueryText = "", item: QueryText = "", inspection: QueryText = ""
) -> dict[str, str]:
    return {"item": item, "enterprise": enterprise, "inspection": inspection}


Subject = Annotated[dict[str, str], Depends(_subject)]
"""About whom and what a file is to be, as far as it is chosen."""


@router.get("/new")
def new(request: Request, desk: Desk, user: Inspector, look: Look, subject: Subject) -> Response:
    """The form for filing a case; with an item, the facts that its table asks for."""
    return _form(request, desk, user, look, FILE, subject, {})


@router.get("/spot")
def spot(request: Request, desk: Desk, user: Inspector, look: Look, subject: Subject) -> Response:
    """The form for a decision on the spot."""
    rules, day = desk.office.rules, desk.office.today()
    terms, collect = rules.gates.terms(day), rules.procedure(day).spot.collect
    hint = catalogue(request).gettext("spot.fine_says")
    given = {
        "fine": {"max": terms.spot_unit, "hint": hint},
        "file": {"accept": "image/*,application/pdf,text/plain"},
        "collected": {"blank": "spot_collect.bank", "says": {"n": collect}},
    }
    return _form(request, desk, user, look, SPOT, subject, given, terms=terms)


def _form(
    request: Request,
    desk: Desk,
    user: Any,
    look: Look,
    opening: Opening,
    subject: dict[str, str],
    given: dict[str, Any],
    **context: Any,
) -> Response:
    rules, day = desk.office.rules, desk.office.today()
    query = subject["enterprise"]
    known = views.enterprises(desk.office.ledger, query) if query else []
    known = [pair for pair in known if pair[1].id == query] or known
    look("penalties", [each.id for each, _ in known])
    hidden = dict(subject)
    if len(known) == 1:
        hidden["enterprise"] = known[0][1].id
        given["same_act_as"] = _same_act(request, desk, look, known[0][0].id)
    context |= {
        **subject,
        "opening": opening,
        "items": [each for each in rules.power(day) if each.kind == "penalty" and each.verified],
        "known": known,
        "asks": rules.discretion.inputs(subject["item"]) if subject["item"] else (),
        "choices": choices,
        "given": {name: {"hidden": value} for name, value in hidden.items()}
        | {"officers": _officers(request, desk, user.name), "words": {"rows": 4}}
        | given,
        "today": day,
    }
    return show(request, "filing.html", **context)


def _officers(request: Request, desk: Desk, user: str) -> dict[str, Any]:
    """All officers, of whom the user is chosen."""
    today, lapsed = desk.office.today(), catalogue(request).gettext("officer.lapsed")
    with desk.office.reading() as connection:
        officers = views.officers(connection)
    good = {each.id for each in officers if each.until is not None and each.until >= today}
    options = [(each.id, each.name, "" if each.id in good else lapsed) for each in officers]
    return {"options": options, "chosen": (user,)}


def _same_act(request: Request, desk: Desk, look: Look, party: str) -> dict[str, Any]:
    """The other files of a party, one of which may be about the same act."""
    with desk.office.reading() as connection:
        rows = views.penalties(connection, where={"party": party}).rows
    files = [file for file in rows if file.outcome not in ("dropped", "transferred")][:_OTHERS]
    if not files:
        return {"html": ""}
    look("penalties", [file.id for file in files])
    today, language = desk.office.today(), language_of(request)
    options = []
    for file in files:
        item = desk.office.rules.named(file.item, today)
        named = item.title.say(language) if item else file.item
        options.append((file.id, f"{file.act_day or '—'} · {named}"))
    hint = catalogue(request).gettext("penalty.same_act_says")
    return {"options": options, "blank": "penalty.same_act_none", "hint": hint}
