"""Outlets' days: figures, the list, and the page of each with what led to findings."""

import datetime as dt
from collections import Counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.dissemination.desk.days import day_id, titles_of
from lianzhi.domains.dissemination.lineage_picture import lineage_picture
from lianzhi.domains.dissemination.queries import days
from lianzhi.domains.dissemination.rules.figures import expected_false
from lianzhi.domains.dissemination.web.page import Desk, Reader, show
from lianzhi.kit.page import Look, QueryText, missing

router = APIRouter(prefix="/days")
#: Items and trees that a page shows, and articles of a tree.
_ITEMS, _TREES, _NODES, _LOOKED_AT = 200, 5, 40, 40


@router.get("")
def listed(request: Request, desk: Desk, user: Reader) -> Response:
    """The figures of each outlet, and the latest days."""
    office = desk.office
    with office.reading() as connection:
        shown = desk.reports.figures(connection)
        rows = [(row, day_id(row.outlet, row.day)) for row in days.days(connection)]
    return show(request, "days.html", figures=shown, rows=rows)


@router.get("/{identity}")
def day(
    request: Request, desk: Desk, user: Reader, look: Look, identity: str, rule: QueryText = ""
) -> Response:
    """An outlet's day: counts, redlined titles, lineage, and what was left out."""
    office = desk.office
    with office.reading() as connection:
        date, outlet = _outlet_day(connection, identity)
        items = days.items(connection, outlet, date)
        roots = Counter(item.root for item in items if item.root)
        common = [root for root, _ in roots.most_common(_LOOKED_AT)]
        trees = [days.family(connection, root, _NODES) for root in common]
        arrivals = days.arrivals(connection, identity)
    look("dissemination.day", [f"day:{identity}"])
    reprints = [item for item in items if item.kind == "reprint"]
    changed = sum(item.wording == "changed" for item in reprints)
    chosen = [item for item in items if (rule in item.rules if rule else item.flagged)]
    context = {
        "identity": identity,
        "outlet": outlet,
        "date": date,
        "reprints": len(reprints),
        "pushes": len(items) - len(reprints),
        "changed": changed,
        "distorted": sum(bool(item.changes) for item in items),
        "expected": expected_false(changed, office.policy().titles),
        "rules": Counter(name for item in items for name in item.rules).most_common(),
        "rule": rule,
        "chosen": [(item, titles_of(office.ledger, item)) for item in chosen[:_ITEMS]],
        "more": max(0, len(chosen) - _ITEMS),
        "trees": [lineage_picture(tree) for tree in trees if len(tree) > 1][:_TREES],
        "arrivals": arrivals,
    }
    return show(request, "day.html", **context)


def _outlet_day(connection: Any, identity: str) -> tuple[dt.date, str]:
    try:
        date = dt.date.fromisoformat(identity[:10])
    except ValueError:
        raise missing() from None
    for outlet in days.outlets_of(connection, date):
        if day_id(outlet, date) == identity:
            return date, outlet
    raise missing()
