"""Leases: whoever opens a piece of work that waits for them locks it for a while.

Nothing else locks: what a person may not do, they can't keep others from.
"""

from lianzhi.store import desk
from lianzhi.store.users import User
from lianzhi.web.core.ports import OfficePort

MINUTE = 60_000


def lease(node: OfficePort, user: User, item: str) -> str:
    """Lock it for the person, or go on holding it; returns who else holds it, or nothing."""
    now = node.now()
    until = now + node.proceedings.office.policy(now).desk.lease_minutes * MINUTE
    holder = desk.take(node.engine, item, user.name, now, until)
    return "" if holder == user.name else holder
