"""/report: what an observer saw, taken in as a request: observers report and find no violation.

Grid workers and volunteers have no right to read the files, so they are given the number, and the
public page that tells what becomes of it.
"""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.dispatch.requests.request import Channel
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.queries import request_views
from lianzhi.domains.enforcement.web.page import Desk, Observer, show
from lianzhi.domains.enforcement.web.requests import Report, placing, reported, typed
from lianzhi.kit.page import Given, QueryText

router = APIRouter(prefix="/report")
#: Who observes: grid workers and volunteers.
CHANNELS: tuple[Channel, ...] = ("grid", "volunteer")


@router.get("")
def form(request: Request, desk: Desk, user: Observer, number: QueryText = "") -> Response:
    """The form, and the number of what was sent with it."""
    with desk.office.reading() as connection:
        sent = request_views.by_ids(connection, [number]) if number else []
    context = placing(request, desk, Report(CHANNELS[0]))
    return show(
        request,
        "report.html",
        **context,
        channels=CHANNELS,
        once=str(uuid.uuid4()),
        sent=next((each.id for each in sent), ""),
    )


@router.post("")
def send(desk: Desk, user: Observer, given: Given) -> Response:
    """Take it in, once however often it is sent."""
    report = reported(typed(given), CHANNELS)
    number = take(desk, report, user.name, str(given.get("once", "")))
    return RedirectResponse(f"/enforcement/report?number={number}", 303)


def take(desk: Office, report: Report, by: str, once: str, contact: str = "") -> str:
    """Take a report in; returns its number. `once`: a UUID of the form. Raises RefusedError."""
    if desk.requests.policy.category(report.category) is None:
        raise RefusedError(
            "category", f"category is {report.category!r:.80}: choose one of the list"
        )
    lon, lat = report.at or (None, None)
    return desk.requests.receive(
        *(report.channel, report.category, report.words, by),
        lon=lon,
        lat=lat,
        place=report.place,
        grid=report.grid,
        reporter=contact,
        once=once or str(uuid.uuid4()),
    )
