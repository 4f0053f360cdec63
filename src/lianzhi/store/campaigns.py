"""Tables of campaigns and their tasks, folded from the record, and what is asked of them."""

import datetime as dt

from sqlalchemy import Connection

from lianzhi.chain.campaign import CAMPAIGN, PLAN, TASK, Plan, Task
from lianzhi.chain.campaign_draw import DRAW, Draw
from lianzhi.kit.noun_tables import NounProjection, NounTable, step_table
from lianzhi.kit.noun_views import Page, page
from lianzhi.law.clock import china_day
from lianzhi.store import campaign_counts
from lianzhi.store.tables import metadata

plan = NounTable(CAMPAIGN, PLAN, metadata)
task = NounTable(CAMPAIGN, TASK, metadata)
draw = NounTable(CAMPAIGN, DRAW, metadata)
step = step_table(CAMPAIGN, metadata)

load_plan, load_task, load_draw = plan.load, task.load, draw.load
series = campaign_counts.series


def projection() -> NounProjection:
    """A fresh projection of campaigns, tasks and draws."""
    return NounProjection(CAMPAIGN, (plan, task, draw), step)


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
