"""Campaigns beside one another, and what happened month by month whatever the campaign."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from lianzhi.chain.campaign import Plan
from lianzhi.chain.campaign_figures import CampaignFigures, figures
from lianzhi.chain.campaign_judging import Judged, judged
from lianzhi.kit.series_picture import Picture, Point, picture
from lianzhi.law.clock import add_months, china_day, midnight
from lianzhi.store import campaign_counts, campaigns
from lianzhi.store.campaign_counts import MONTHLY, Monthly

#: Campaigns that are compared, and months of the series.
MOST, MONTHS = 20, 24
WIDTH, HEIGHT = 720, 90


class Compared(NamedTuple):
    """One campaign with what was handled and what is judged of it."""

    plan: Plan
    phase: str
    figures: CampaignFigures
    judged: Judged | None

    @property
    def change(self) -> tuple[float, float, float] | None:
        """Change of the rate and its interval, as shares: -0.4 is a fall of 40 %."""
        change = None if self.judged is None else self.judged.judgement.change
        return None if change is None else (change.value - 1, change.lo - 1, change.hi - 1)

    @property
    def detected(self) -> str:
        """The verdict on what was detected."""
        return "cant_say" if self.judged is None else str(self.judged.judgement.detected)

    @property
    def harm(self) -> str:
        """The verdict on the harm itself."""
        return "cant_say" if self.judged is None else str(self.judged.judgement.harm)

    @property
    def moved(self) -> str:
        """Whether the harm moved to neighbours: `yes`, `no`, or `unknown`."""
        moved = None if self.judged is None else self.judged.moved
        return "unknown" if moved is None else "yes" if moved.shown else "no"

    @property
    def rebound(self) -> str:
        """`none`, `due`, or what the revisit concluded: `yes`, `no`."""
        alarm = self.plan.rebound
        if alarm is None:
            return "none"
        return "due" if alarm.confirmed is None else "yes" if alarm.confirmed else "no"


class MonthlyPicture(NamedTuple):
    """A count by month as columns."""

    name: str
    picture: Picture


def compared(connection: Connection, now: int) -> list[Compared]:
    """Campaigns that were not withdrawn, the one that starts last first."""
    rows = []
    for plan in campaigns.recent_plans(connection, MOST):
        handled = figures(campaign_counts.counts(connection, plan.terms))
        result = judged(campaigns.evidence(connection, plan, now))
        rows.append(Compared(plan, plan.phase(now), handled, result))
    return rows


def months(connection: Connection, now: int) -> tuple[list[dt.date], list[Monthly]]:
    """The first days of the latest months, the current one last, and what was counted in each."""
    this = china_day(now).replace(day=1)
    firsts = [add_months(this, n - MONTHS + 1) for n in range(MONTHS)]
    edges = [*map(midnight, firsts), midnight(add_months(this, 1))]
    return firsts, campaign_counts.monthly(connection, edges)


def month_pictures(
    firsts: Sequence[dt.date], counted: Sequence[Monthly], plans: Sequence[Plan]
) -> Iterator[MonthlyPicture]:
    """A picture for each count; months in which a campaign ran are darker, this one is hatched."""
    for name in MONTHLY:
        points = [
            Point(
                getattr(month, name),
                shade=0.9 if _running(first, plans) else 0.4,
                title=f"{first:%Y-%m}: {getattr(month, name):,}",
                hatched=first == firsts[-1],
            )
            for first, month in zip(firsts, counted, strict=True)
        ]
        yield MonthlyPicture(name, picture(points, WIDTH, HEIGHT))


def _running(first: dt.date, plans: Sequence[Plan]) -> bool:
    last = add_months(first, 1) - dt.timedelta(days=1)
    return any(plan.first <= last and plan.last >= first for plan in plans)
