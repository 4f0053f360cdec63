"""Rebound watch: pulls the revisit of a closed case forward where the harm comes back.

It decides nothing: the revisit is due now, and a person holds it. It looks at findings about the
same one in every domain, see `chain.revisit`.
"""

from collections.abc import Callable

from sqlalchemy import Engine

from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.revisit import rebound_of_case
from lianzhi.chain.views import CaseView
from lianzhi.office.ports import Ledger
from lianzhi.record.entry import Draft
from lianzhi.store import views

EVERY_MS = 3_600_000


class ReboundWatch:
    """A task for the ticker, due once an hour of the node's own clock."""

    def __init__(
        self,
        engine: Engine,
        ledger: Ledger,
        policy: Callable[[int], CasePolicy],
        now: Callable[[], int],
    ) -> None:
        self._engine, self._ledger, self._policy, self._now = engine, ledger, policy, now
        self._last: int | None = None

    def __call__(self) -> None:
        """Look at all closed cases whose revisit is to come, where an hour has passed."""
        now = self._now()
        if self._last is not None and 0 <= now - self._last < EVERY_MS:
            return
        self._last = now
        for case in views.revisits_after(self._engine, now):
            view = views.case(self._engine, case)
            if view is not None and _is_back(self._engine, view, self._policy(now), now):
                plan = {"case": case, "due": now, "why": "rebound"}
                self._ledger.append([Draft("revisit.scheduled", case, now, plan)])


def _is_back(engine: Engine, view: CaseView, policy: CasePolicy, now: int) -> bool:
    def harm_since(at: int) -> list[int]:
        return views.harm_times(engine, view.row.kind, view.row.about, at)

    rebound = rebound_of_case(view, policy, now, harm_since)
    return rebound is not None and rebound.back
