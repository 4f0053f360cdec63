"""A plain calendar, the shipped policy, and requests on their way."""

import datetime as dt

from lianzhi.dispatch import policy
from lianzhi.dispatch.moments import moment
from lianzhi.dispatch.requests.request import replay
from lianzhi.domains.enforcement.policy import DISPATCH

VERSION, POLICY = policy.load(DISPATCH).latest()
MONDAY = dt.date(2026, 3, 2)


class Plain:
    """Monday to Friday, without the holidays named."""

    def __init__(self, *holidays):
        self.holidays = frozenset(holidays)

    def is_working(self, day):
        return day.weekday() < 5 and day not in self.holidays


def at(day=0, hour=9, minute=0):
    """So many days after Monday, 2 March 2026."""
    return moment(MONDAY + dt.timedelta(days=day), hour * 60 + minute)


def received(category="food", **more):
    return (
        "request.received",
        at(),
        {"request": "r1", "channel": "app", "category": category, **more},
    )


ACCEPTED = ("request.accepted", at(0, 10), {"by": "o1"})
DISPATCHED = ("request.dispatched", at(0, 11), {"by": "o1", "to": "squad-1"})


def going(*more, category="food"):
    return replay([received(category), ACCEPTED, DISPATCHED, *more])
