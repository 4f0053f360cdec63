"""The query port of campaigns."""

import datetime as dt
from typing import Protocol

from sqlalchemy import Connection

from lianzhi.chain.campaign import Plan, Task
from lianzhi.chain.campaign_draw import Draw
from lianzhi.chain.campaign_judging import Evidence
from lianzhi.chain.campaign_sample import Sample
from lianzhi.chain.campaign_supply import Supply


class CampaignQueries(Protocol):
    """Campaigns, their draws, tasks, samples and supplied figures."""

    def load_plan(self, connection: Connection, identity: str, /) -> Plan:
        """The campaign of this id. KeyError: there is none."""
        ...

    def recent_plans(self, connection: Connection, most: int, /) -> list[Plan]:
        """Campaigns that were not withdrawn, the one that starts last first."""
        ...

    def load_task(self, connection: Connection, identity: str, /) -> Task:
        """The task of this id. KeyError: there is none."""
        ...

    def load_draw(self, connection: Connection, identity: str, /) -> Draw:
        """The draw of this id. KeyError: there is none."""
        ...

    def load_supply(self, connection: Connection, identity: str, /) -> Supply:
        """The supplied table of this id. KeyError: there is none."""
        ...

    def load_sample(self, connection: Connection, identity: str, /) -> Sample:
        """The sample of this id. KeyError: there is none."""
        ...

    def draws_of(self, connection: Connection, plan: str, /) -> list[Draw]:
        """Draws of a campaign, oldest first; of all campaigns where it is empty."""
        ...

    def tasks_of(self, connection: Connection, plan: str, /) -> list[Task]:
        """Tasks of a campaign, the one due first first."""
        ...

    def plans_ended(self, connection: Connection, today: dt.date, /) -> list[Plan]:
        """Campaigns whose last day has passed, without an alarm so far."""
        ...

    def evidence(self, connection: Connection, plan: Plan, now: int, /) -> Evidence:
        """What a campaign is judged by until now."""
        ...

    def tasks_past(self, connection: Connection, today: dt.date, /) -> list[Task]:
        """Tasks that are open after their last day."""
        ...
