"""Requests: taking one in, and one request as a story. The list is in `request_list`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from lianzhi.dispatch.requests.duplicates import Duplicate, likely_duplicates
from lianzhi.dispatch.requests.request import CHANNELS
from lianzhi.dispatch.requests.request import Request as ServiceRequest
from lianzhi.dispatch.requests.routing import Route
from lianzhi.domains.enforcement.acts.request import REQUEST, position
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.requests import MOST_WORDS
from lianzhi.domains.enforcement.queries import request_views, tables, views
from lianzhi.domains.enforcement.web.page import Desk, Dispatcher, Reader, catalogue, show
from lianzhi.domains.enforcement.web.town_maps import town
from lianzhi.kit.acts import offers
from lianzhi.kit.form_values import typed as clean
from lianzhi.kit.noun_story import Step
from lianzhi.kit.page import Given, Look, QueryText, language_of, or_missing

router = APIRouter(prefix="/requests")


class Report(NamedTuple):
    """What the form for a new request says."""

    channel: str = "hotline"
    category: str = ""
    words: str = ""
    place: str = ""
    grid: str = ""
    lon: str = ""
    lat: str = ""
    enterprise: str = ""
    reporter: str = ""

    @property
    def at(self) -> tuple[float, float] | None:
        """Longitude and latitude, as `position` reads them."""
        return position(self.lon, self.lat)


def typed(form: FormData) -> Report:
    """What was typed, as it was typed."""
    return Report(**{name: clean(str(form.get(name, ""))) for name in Report._fields})


def reported(report: Report, channels: Sequence[str] = CHANNELS) -> Report:
    """What was typed, where it can be taken in. Raises RefusedError."""
    if any(len(value) > MOST_WORDS for value in report):
        raise RefusedError("too_long", f"at most {MOST_WORDS} characters", most=MOST_WORDS)
    if report.channel not in channels:
        raise RefusedError("choose", f"channel is {report.channel!r}", among=", ".join(channels))
    return report


@router.get("/new")
def new(
    request: Request, desk: Desk, user: Dispatcher, lon: QueryText = "", lat: QueryText = ""
) -> Response:
    """The form for a new request, perhaps with a place from the map."""
    return show(request, "request_new.html", **_form(request, desk, Report(lon=lon, lat=lat)))


@router.post("/new")
def check(request: Request, desk: Desk, user: Dispatcher, look: Look, form: Given) -> Response:
    """Where it would go, and why, before anything is kept."""
    report = reported(typed(form))
    token, known = _registered(desk, report.enterprise)
    if token:
        look("requests", [token])
    at = report.at or (None, None)
    context = _form(request, desk, report) | {
        "route": desk.requests.route(report.category, *at),
        "party_name": known,
        "suggested": [
            category
            for category in desk.requests.policy.suggest(report.words)
            if category.key != report.category
        ][:3],
    }
    return show(request, "request_new.html", **context)


def _registered(desk: Office, number: str) -> tuple[str, views.Named | None]:
    """Token and name of who has this number in the register; of no number neither.

    Raises RefusedError where nobody has it.
    """
    if not number:
        return "", None
    rows = views.enterprises(desk.office.ledger, number)
    by_number = {name.id: (enterprise.id, name) for enterprise, name in rows}
    if number not in by_number:
        raise RefusedError("enterprise", f"enterprise is {number!r}", number=number)
    return by_number[number]


def _form(request: Request, desk: Office, report: Report) -> dict[str, Any]:
    return placing(request, desk, report) | {
        "channels": CHANNELS,
        "route": None,
        "party_name": None,
        "suggested": (),
    }


def placing(request: Request, desk: Office, report: Report, mapped: bool = True) -> dict[str, Any]:
    """What a form needs to ask for category and place, with what was typed; `mapped`: on a map."""
    grids = desk.requests.grids()
    plan = town(grids, language_of(request)) if mapped else None
    return {
        "grids": grids,
        "typed": report,
        "policy": desk.requests.policy,
        "plan": plan,
        "dot": plan.at(*report.at) if plan and report.at else None,
    }


@router.get("/{identity}")
def request_page(request: Request, desk: Desk, user: Reader, look: Look, identity: str) -> Response:
    """One request, top to bottom."""
    with or_missing(), desk.office.reading() as connection:
        service_request = tables.request.load(connection, identity)
    look(identity, [identity])
    return show(request, "request.html", **_context(request, desk, service_request, user))


def _context(
    request: Request, desk: Office, service_request: ServiceRequest, user: Any
) -> dict[str, Any]:
    ledger, grids = desk.office.ledger, desk.requests.grids()
    policy, today = desk.requests.policy, desk.office.today()
    with desk.office.reading() as connection:
        near = (
            request_views.around(connection, service_request, policy.duplicates)
            if service_request.is_open
            else []
        )
    lon, lat = service_request.at or (None, None)
    target = desk.requests.route(service_request.category, lon, lat, service_request.grid)
    alike = likely_duplicates(service_request, near, policy.duplicates)
    offered = offers(
        REQUEST.acts,
        service_request,
        user,
        today,
        lambda step: desk.requests.refusals(service_request, step),
    )
    parties = [service_request.enterprise] if service_request.enterprise else []
    plan = town(grids, language_of(request))
    steps = views.story(ledger, service_request.id)
    return {
        "service_request": service_request,
        "steps": steps,
        "done_keys": REQUEST.keys,
        "turn_to": _turn_to(steps) or service_request.turn_to,
        "policy": policy,
        "kind": policy.category(service_request.category),
        "grids": grids,
        "route": target,
        "clocks": desk.requests.clocks(service_request),
        "name": views.named(ledger, parties).get(service_request.enterprise),
        "reporter": ledger.vault.account(service_request.reporter)
        if service_request.reporter
        else "",
        "plan": plan,
        "dot": plan.at(*service_request.at) if plan and service_request.at else None,
        "alike": alike,
        "offers": sorted(offered, key=lambda offer: bool(offer.refusals)),
        "given": _given(request, desk, target, alike),
        "today": today,
        "duty": desk.requests.on_duty(service_request.holder) if service_request.holder else (),
    }


def _given(
    request: Request, desk: Office, target: Route, alike: Sequence[Duplicate]
) -> dict[str, Any]:
    """What fields of acts get besides their declaration, by act and field."""
    language, policy = language_of(request), desk.requests.policy
    with desk.office.reading() as connection:
        officers = views.officers(connection)
    squads = sorted({grid.squad for grid in desk.requests.grids().grids})
    departments = [(key, name.say(language)) for key, name in policy.departments.items()]
    bodies = [
        ("request.squads", [(squad, squad) for squad in squads]),
        ("request.departments", departments),
    ]
    people = [
        (each.id, " · ".join(filter(None, (each.name or each.id, each.squad)))) for each in officers
    ]
    away = catalogue(request).gettext("request.away")
    duplicates = [
        (near.request.id, f"{near.request.id[:8]} · {away % {'metres': round(near.metres)}}")
        for near in alike
    ]
    categories = [(each.key, each.words.say(language)) for each in policy.categories]
    priorities = [(key, each.words.say(language)) for key, each in policy.priorities.items()]
    routed = {"squad": target.squad, "department": target.department}.get(target.first, "")
    return {
        "dispatch": {
            "to": {"groups": bodies, "value": routed},
            "category": {"blank": "request.as_is", "options": categories},
            "priority": {"blank": "request.as_is", "options": priorities},
        },
        "hand_over": {"to": {"groups": [*bodies, ("request.people", people)]}},
        "dispose": {"turn_to": {"placeholder": "request.turn_says"}},
        "merge": {"into": {"options": duplicates, "value": alike[0].request.id}} if alike else {},
    }


def _turn_to(steps: Sequence[Step]) -> str:
    """Whom the last step that ended it told the citizen to turn to."""
    ended = [step for step in steps if step.kind in ("request.declined", "request.disposed")]
    return ended[-1].texts.get("turn_to", "") if ended else ""
