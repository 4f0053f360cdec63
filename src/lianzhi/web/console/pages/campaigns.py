"""Campaigns: the list, a new one, and the page of each with what was handled in it."""

from typing import Annotated, Any, Literal

from babel.support import Translations
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from lianzhi.chain.campaign import CAMPAIGN, Terms
from lianzhi.chain.campaign_figures import CampaignFigures, figures
from lianzhi.kit.acts import act_router, offers
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.noun_story import noun_story
from lianzhi.kit.page import Cursor, QueryText, desk_of, or_missing, show, user_with
from lianzhi.law.clock import china_day
from lianzhi.office.campaign_acts import DRAWS, PLANS, SAMPLES, SUPPLIES, TABLES, TASKS
from lianzhi.office.campaigns import Campaigns
from lianzhi.store import campaign_counts, campaigns
from lianzhi.web.console.campaign_outcome import outcome_of, table_of_weeks
from lianzhi.web.console.page import Reader, catalogue

router = APIRouter(prefix=f"/{CAMPAIGN}")
Desk = Annotated[Campaigns, desk_of(CAMPAIGN)]
Lead = Annotated[Any, user_with("campaign")]
#: What begins on the page of a campaign.
_OPENED = (TASKS, SUPPLIES, SAMPLES, DRAWS)


@router.get("/plans")
def listed(request: Request, desk: Desk, user: Reader, cursor: Cursor = "") -> Response:
    """All campaigns, the one that starts last first."""
    with desk.reading() as connection:
        page = campaigns.plans(connection, cursor)
    return show(request, "campaigns.html", page=page, now=desk.now())


@router.get("/plans/new")
def new(request: Request, desk: Desk, user: Lead) -> Response:
    """The form of a campaign."""
    given = _hints(desk, catalogue(request)) | {"watch_weeks": {"value": 12}}
    context = {"opening": PLANS.opening, "given": given}
    return show(request, "campaign_new.html", **context, today=desk.today())


@router.get("/plans/{identity}")
def plan(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A campaign: its terms and their changes, tasks, and what was handled."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.plan.load(connection, identity)
        handled = _figures(connection, known.terms)
        tasks = campaigns.tasks_of(connection, identity)
        draws = campaigns.draws_of(connection, identity)
        samples = campaigns.samples_of(connection, identity)
        supplies = campaigns.supplies_of(connection, identity)
        evidence = campaigns.evidence(connection, known, desk.now())
    may = known.status != "withdrawn" and user.may("campaign")
    possible = PLANS.possible(known.status)
    context = {
        "plan": known,
        "phase": known.phase(desk.now()),
        "figures": handled,
        "drill": _drill(desk, known.terms),
        "tasks": tasks,
        "draws": draws,
        "samples": samples,
        "supplies": supplies,
        "outcome": outcome_of(evidence, catalogue(request)),
        "steps": noun_story(desk.ledger, campaigns.step, identity),
        "offers": offers(possible, known, user, desk.today(), lambda step: ()),
        "openings": _OPENED if may else (),
        "given": _given(desk, known.terms, catalogue(request)),
        "done_keys": (*PLANS.keys, *TASKS.keys),
        "today": desk.today(),
    }
    return show(request, "campaign.html", **context)


@router.get("/plans/{identity}/weeks.csv")
def weeks(desk: Desk, user: Reader, identity: str) -> Response:
    """The weekly series that are over, as `lianzhi campaign judge` reads them."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.plan.load(connection, identity)
        evidence = campaigns.evidence(connection, known, desk.now())
    return csv_file(table_of_weeks(evidence), f"campaign-{identity}.csv")


@router.get("/plans/{identity}/behind/{noun}")
def behind(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    identity: str,
    noun: Literal["decisions", "measures"],
    key: QueryText = "",
    type: QueryText = "",  # noqa: A002 - the name in the address
    state: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The decisions or measures that a figure counts, each with its case."""
    dims = {"key": key, "type": type, "state": state} if noun == "measures" else {"status": state}
    with or_missing(), desk.reading() as connection:
        known = campaigns.plan.load(connection, identity)
        page = campaign_counts.behind(connection, known.terms, noun, cursor, **dims)
    context = {"plan": known, "noun": noun, "dims": dims, "page": page}
    return show(request, "campaign_behind.html", **context)


@router.get("/tasks/{identity}")
def task(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A task with its story, and what can be done about it."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.task.load(connection, identity)
        of = campaigns.plan.load(connection, known.plan)
    possible = TASKS.possible(known.status)
    context = {
        "task": known,
        "plan": of,
        "steps": noun_story(desk.ledger, campaigns.step, identity),
        "offers": offers(possible, known, user, desk.today(), lambda step: ()),
        "done_keys": TASKS.keys,
        "today": desk.today(),
    }
    return show(request, "campaign_task.html", **context)


for table in TABLES:
    router.include_router(act_router(CAMPAIGN, table))


def _figures(connection: Connection, terms: Terms) -> CampaignFigures:
    return figures(campaign_counts.counts(connection, terms))


def _drill(desk: Campaigns, terms: Terms) -> dict[str, str]:
    """What narrows the house's own lists to a campaign."""
    kinds = sorted(kind for kind in desk.kinds() if "." in kind and terms.covers(kind, terms.since))
    return {"kind": ",".join(kinds), "since": str(terms.since), "until": str(terms.until)}


def _hints(desk: Campaigns, words: Translations) -> dict[str, dict[str, Any]]:
    """Kinds of finding and domains by their words, to choose from."""
    families = {kind: "kind" if "." in kind else "domain" for kind in sorted(desk.kinds())}
    kinds = [(kind, words.gettext(f"{family}.{kind}")) for kind, family in families.items()]
    return {name: {"options": kinds} for name in ("kinds", "controls", "neighbours")}


def _given(desk: Campaigns, terms: Terms, words: Translations) -> dict[str, dict[str, Any]]:
    """The terms as a form shows them."""
    given = _hints(desk, words)
    for name in terms.__struct_fields__:
        value = getattr(terms, name)
        shown = ", ".join(value) if isinstance(value, tuple) else value
        given[name] = {**given.get(name, {}), "value": shown}
    for name in ("first", "last"):
        day = getattr(terms, name)
        given[name] = {"value": day.isoformat(), "min": min(day, china_day(desk.now())).isoformat()}
    return given
