"""Tables of campaigns and what belongs to them, folded from the record, and their queries."""

import datetime as dt

from sqlalchemy import Connection

from lianzhi.chain.campaign import CAMPAIGN, PLAN, TASK, Plan, Task
from lianzhi.chain.campaign_draw import DRAW, Draw
from lianzhi.chain.campaign_judging import Evidence
from lianzhi.chain.campaign_sample import SAMPLE, Sample, pooled
from lianzhi.chain.campaign_supply import SUPPLY, Supply
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table
from lianzhi.kit.noun_views import Page, page
from lianzhi.law.clock import china_day
from lianzhi.store import campaign_counts
from lianzhi.store.tables import metadata

plan = NounTable(CAMPAIGN, PLAN, metadata)
task = NounTable(CAMPAIGN, TASK, metadata)
draw = NounTable(CAMPAIGN, DRAW, metadata)
sample = NounTable(CAMPAIGN, SAMPLE, metadata)
supply = NounTable(CAMPAIGN, SUPPLY, metadata)
step = step_table(CAMPAIGN, metadata)

load_plan, load_task, load_draw = plan.load, task.load, draw.load
load_sample, load_supply = sample.load, supply.load


def projection() -> NounProjection:
    """A fresh projection of campaigns and what belongs to them."""
    return NounProjection(CAMPAIGN, (plan, task, draw, sample, supply), step)


def plans(connection: Connection, cursor: str = "") -> Page[Plan]:
    """Campaigns, the one that starts last first; a page at a time."""
    return page(connection, plan, plan.c.first, [], cursor)


def recent_plans(connection: Connection, most: int) -> list[Plan]:
    """Campaigns that were not withdrawn, the one that starts last first."""
    order = (plan.c.first.desc(), plan.c.id)
    return plan.every(connection, plan.c.status != "withdrawn", order=order, most=most)


def tasks_of(connection: Connection, identity: str) -> list[Task]:
    """Tasks of a campaign, the one due first first."""
    return task.every(connection, task.c.plan == identity, order=(task.c.due, task.c.id))


def draws_of(connection: Connection, identity: str) -> list[Draw]:
    """Draws of a campaign, oldest first; of all campaigns where it is empty."""
    wanted = (draw.c.plan == identity,) if identity else ()
    return draw.every(connection, *wanted, order=(draw.c.index,))


def samples_of(connection: Connection, identity: str) -> list[Sample]:
    """Samples of a campaign, oldest first."""
    return sample.every(connection, sample.c.plan == identity, order=(sample.c.index,))


def supplies_of(connection: Connection, identity: str) -> list[Supply]:
    """Tables supplied to a campaign, the latest first, withdrawn ones too."""
    return supply.every(connection, supply.c.plan == identity, order=(supply.c.index.desc(),))


def evidence(connection: Connection, known: Plan, now: int) -> Evidence:
    """What a campaign is judged by until now: the latest table that was not withdrawn, and all
    samples that are finished."""
    given = (each for each in supplies_of(connection, known.id) if each.status == "given")
    samples = pooled(samples_of(connection, known.id))
    series = campaign_counts.series(connection, known.terms, now)
    return Evidence(known.terms, series, next(given, None), samples)


def tasks_past(connection: Connection, today: dt.date) -> list[Task]:
    """Tasks that are open after their last day."""
    return task.every(connection, task.c.status == "open", task.c.due < today.isoformat())


def plans_ended(connection: Connection, today: dt.date) -> list[Plan]:
    """Campaigns whose last day has passed, without an alarm so far."""
    return plan.every(connection, plan.c.status == "planned", plan.c.last < today.isoformat())


def covering(connection: Connection, kind: str, at: int) -> list[Plan]:
    """Campaigns under which a finding or case of this kind and time is counted."""
    day = china_day(at).isoformat()
    running = plan.every(
        connection, plan.c.status != "withdrawn", plan.c.first <= day, plan.c.last >= day
    )
    return [each for each in running if each.terms.covers(kind, at)]
