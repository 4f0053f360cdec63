"""Draws of a campaign, and what it is judged by: supplied figures, samples judged blind."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain import campaign_draw, campaign_sample
from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.kit.acts import offers
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.noun_story import noun_story
from lianzhi.kit.page import desk_of, missing, or_missing, show
from lianzhi.office.campaign_acts import DRAWS, JUDGE, SAMPLES, SUPPLIES
from lianzhi.office.campaigns import Campaigns
from lianzhi.store import campaigns
from lianzhi.web.console.page import Reader

router = APIRouter(prefix=f"/{CAMPAIGN}")
Desk = Annotated[Campaigns, desk_of(CAMPAIGN)]


@router.get("/supplies/{identity}")
def supply(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A supplied table with its figures and who supplied it."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.supply.load(connection, identity)
        of = campaigns.plan.load(connection, known.plan)
    possible = SUPPLIES.possible(known.status)
    context = {
        "supply": known,
        "plan": of,
        "days": [known.first + dt.timedelta(weeks=week) for week in range(known.weeks)],
        "steps": noun_story(desk.ledger, campaigns.step, identity),
        "offers": offers(possible, known, user, desk.today(), lambda step: ()),
        "done_keys": SUPPLIES.keys,
        "today": desk.today(),
    }
    return show(request, "campaign_supply.html", **context)


@router.get("/samples/{identity}")
def sample(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A sample: what was committed to, the next item to judge; once all are judged, the tally."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.sample.load(connection, identity)
        of = campaigns.plan.load(connection, known.plan)
    finished, item = known.status == "finished", known.next_item()
    judging = item is not None and user.name != known.by and any(map(user.may, JUDGE.needs))
    others = (act for act in SAMPLES.possible(known.status) if act is not JUDGE)
    steps = noun_story(desk.ledger, campaigns.step, identity)
    context = {
        "sample": known,
        "plan": of,
        "item": item,
        "judge": JUDGE if judging else None,
        "tally": known.tally() if finished else {},
        "checks": campaign_draw.checks(known, campaign_sample.drawn) if finished else (),
        "steps": [step for step in steps if step.kind != "sample.judged"],
        "offers": offers(others, known, user, desk.today(), lambda step: ()),
        "done_keys": SAMPLES.keys,
        "today": desk.today(),
    }
    return show(request, "campaign_sample.html", **context)


@router.get("/samples/{identity}/items.csv")
def items(desk: Desk, user: Reader, identity: str) -> Response:
    """The roster of a finished sample, with what was judged; 404 until then, to keep it blind."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.sample.load(connection, identity)
    if known.status != "finished":
        raise missing()
    rows = [[each.name, each.stratum, known.judged.get(each.name, "")] for each in known.roster]
    return csv_file([["name", "stratum", "harmful"], *rows], f"sample-{identity}.csv")


@router.get("/draws/{identity}")
def draw(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """A draw: what was committed to, the roster, who was drawn, and what anybody can check."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.draw.load(connection, identity)
        of = campaigns.plan.load(connection, known.plan)
        tasks = campaigns.tasks_of(connection, known.plan)
    context = {
        "draw": known,
        "plan": of,
        "tasks": [task for task in tasks if task.draw == identity],
        "checks": campaign_draw.checks(known),
        "steps": noun_story(desk.ledger, campaigns.step, identity),
        "offers": offers(DRAWS.possible(known.status), known, user, desk.today(), lambda step: ()),
        "done_keys": DRAWS.keys,
        "today": desk.today(),
    }
    return show(request, "campaign_draw.html", **context)


@router.get("/draws/{identity}/roster.csv")
def roster(desk: Desk, user: Reader, identity: str) -> Response:
    """The roster of a draw, in the order of its Merkle leaves."""
    with or_missing(), desk.reading() as connection:
        known = campaigns.draw.load(connection, identity)
    rows = [["name", "stratum"], *([each.name, each.stratum] for each in known.roster)]
    return csv_file(rows, f"roster-{identity}.csv")
