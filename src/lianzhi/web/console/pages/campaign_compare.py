"""Campaigns beside one another, and the months of two years."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.page import desk_of, show
from lianzhi.office.campaigns import Campaigns
from lianzhi.store.campaign_counts import MONTHLY
from lianzhi.tabular.writing import Value
from lianzhi.web.console.campaign_comparison import compared, month_pictures, months
from lianzhi.web.console.page import Reader

router = APIRouter(prefix=f"/{CAMPAIGN}")
Desk = Annotated[Campaigns, desk_of(CAMPAIGN)]


@router.get("/compare")
def compare(request: Request, desk: Desk, user: Reader) -> Response:
    """Recent campaigns in one table, below the months."""
    with desk.reading() as connection:
        rows = compared(connection, desk.now())
        firsts, counted = months(connection, desk.now())
    pictures = month_pictures(firsts, counted, [row.plan for row in rows])
    years = {first.year: None for first in firsts}
    context = {
        "rows": rows,
        "pictures": [*pictures],
        "months": (f"{firsts[0]:%Y-%m}", f"{firsts[-1]:%Y-%m}"),
        "years": [
            (year, {
                name: sum(getattr(month, name) for first, month in zip(firsts, counted, strict=True)
                          if first.year == year)
                for name in MONTHLY
            })
            for year in years
        ],
    }  # fmt: skip
    return show(request, "campaign_compare.html", **context)


@router.get("/compare.csv")
def table(desk: Desk, user: Reader) -> Response:
    """The months as a table."""
    with desk.reading() as connection:
        firsts, counted = months(connection, desk.now())
    rows: list[list[Value]] = [
        [f"{first:%Y-%m}", *month] for first, month in zip(firsts, counted, strict=True)
    ]
    rows.insert(0, ["month", *MONTHLY])
    return csv_file(rows, "campaign-months.csv")
