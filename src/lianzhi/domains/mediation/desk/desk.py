"""The services of the domain, built on one office."""

import datetime as dt

from lianzhi.domains.domain import Means
from lianzhi.domains.mediation.rules import Rules
from lianzhi.law.clock import china_day


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        self.rules = Rules(means.home / "mediation")
        self._now = means.now

    def today(self) -> dt.date:
        """Current day in China."""
        return china_day(self._now())
