"""Leases: a person who starts a piece of work locks it for a while.

Opening a page takes none: the page sends a POST as soon as it is shown, and has a button where
scripts are off. Nobody can lock what they may not do.
"""

from typing import Any

import msgspec

from lianzhi.store import desk, views, views_process
from lianzhi.store.users import User
from lianzhi.web.core.ports import OfficePort

MINUTE = 60_000


class Lease(msgspec.Struct, frozen=True):
    """A lease of an item as one person sees it, for the template `_lease.html`."""

    item: str
    page: str
    """Where the item is worked on."""
    other: str = ""
    """Somebody else who works on it."""
    mine: bool = False
    open: bool = True
    """Whether this person may take it."""


def take(node: OfficePort, user: User, item: str) -> str:
    """Lease an item, or prolong the lease; returns who else holds it, or nothing."""
    now = node.now()
    until = now + node.proceedings.office.policy(now).desk.lease_minutes * MINUTE
    holder = desk.take(node.engine, item, user.name, now, until)
    return "" if holder == user.name else holder


def lease_of(node: OfficePort, user: User, item: str, page: str, *, open_: bool = True) -> Lease:
    """The lease of an item at this moment; changes nothing."""
    with node.engine.connect() as connection:
        holder = desk.holder(connection, item, node.now()) or ""
    mine = holder == user.name
    return Lease(item, page, "" if mine else holder, mine, open_)


def may_take(node: OfficePort, user: User, item: str) -> bool:
    """Whether the item is open work that this person may do: a case, an appeal, a second look."""
    if user.may("work"):
        case = views.case(node.engine, item)
        if case is not None and case.row.status != "closed":
            return True
        if desk.may_look(node.engine, user.name, item):
            return True
    view = views_process.appeal_view(node.engine, item) if user.may("appeals") else None
    return view is not None and may_answer(user, view.row)


def may_answer(user: User, row: Any) -> bool:
    """Whether this person may answer an appeal: it waits, and they did not decide."""
    decided = {row.decided_by, row.confirmed_by}
    return row.status == "waiting" and user.may("appeals") and user.name not in decided
