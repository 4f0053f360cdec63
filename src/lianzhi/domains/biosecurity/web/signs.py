"""Firsts with their evidence, and alarms on the series."""

import datetime as dt
from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.desk.alarms import WEEK, Judgement, monday, weekly
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.rules.firsts import SCOPES
from lianzhi.domains.biosecurity.web.page import Desk, Reader, show
from lianzhi.domains.biosecurity.words import words
from lianzhi.kit.page import Cursor, QueryText, language_of, missing, or_missing
from lianzhi.kit.series_picture import Point, picture

router = APIRouter()
#: Weeks of a picture, and its size.
_WEEKS, _WIDTH, _HEIGHT = 104, 720, 130


@router.get("/firsts")
def firsts(
    request: Request,
    desk: Desk,
    user: Reader,
    scope: QueryText = "nation",
    status: QueryText = "standing",
    cursor: Cursor = "",
) -> Response:
    """The list, with what the records cover; or with a cursor its next rows."""
    scope = scope if scope in SCOPES else SCOPES[0]
    status = status if status in ("standing", "revoked") else "standing"
    with desk.office.reading() as connection:
        page = views.firsts(connection, scope, status, cursor)
        context = {
            "page": page,
            "scope": scope,
            "scopes": SCOPES,
            "status": status,
            "register": desk.office.register(connection),
            "ports": {port.id: port for port in tables.port.every(connection)},
            "terms": desk.office.policy().firsts,
        }
    return show(request, "_firsts.html" if cursor else "firsts.html", **context)


@router.get("/firsts/{identity}")
def first(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """One first: on which interception it rests, how far the records reach, and its story."""
    office = desk.office
    with or_missing(), office.reading() as connection:
        known = tables.first.load(connection, identity)
        context = {
            "first": known,
            "found": tables.interception.get(connection, known.interception),
            "register": office.register(connection),
            "ports": {port.id: port for port in tables.port.every(connection)},
            "case_id": views.case_of(connection, identity),
            "terms": office.policy().firsts,
        }
    return show(request, "first.html", **context)


@router.get("/alarms")
def alarms(request: Request, desk: Desk, user: Reader) -> Response:
    """The latest alarms that stand."""
    column = tables.alarm.c
    with desk.office.reading() as connection:
        order = (column.week.desc(), column.id)
        raised = tables.alarm.every(connection, column.status == "raised", order=order, most=100)
        register = desk.office.register(connection)
    return show(request, "alarms.html", alarms=raised, register=register)


@router.get("/alarms/{taxon}/{channel}")
def series(request: Request, desk: Desk, user: Reader, taxon: str, channel: str) -> Response:
    """The weeks of a taxon in a channel that are over, with expectation, bound and alarms."""
    office = desk.office
    with office.reading() as connection:
        register = office.register(connection)
        rows = views.days(connection, register.codes(taxon))
        begin = views.first_day(connection)
    counts = Counter(monday(day) for _, of, day in rows if of == channel)
    if begin is None or not counts:
        raise missing()
    policy = office.policy().alarms
    watched = weekly(counts, begin, office.today(), policy, _WEEKS)
    length = len(watched.counts)
    if not length:
        raise missing()
    translate = words(language_of(request)).gettext
    points: list[Point] = []
    alarms: list[tuple[dt.date, int, Judgement | None]] = []
    for n in range(max(0, length - _WEEKS), length):
        week, count, judged = watched.first + n * WEEK, watched.counts[n], watched.judged.get(n)
        alarm, bound = watched.is_alarm(n, policy.least), judged and judged.bound
        title = f"{week}: {count}"
        title += f" ({translate('biosecurity.bound')} {bound:.1f})" if bound is not None else ""
        title += f" · {translate('biosecurity.alarm')}" if alarm else ""
        points.append(Point(count, bound, alarm, title=title))
        if alarm:
            alarms.insert(0, (week, count, judged))
    methods = sorted({judged.method for judged in watched.judged.values()})
    context = {
        "picture": picture(points, _WIDTH, _HEIGHT),
        "alarms": alarms,
        "first": watched.first + max(0, length - _WEEKS) * WEEK,
        "last": watched.first + (length - 1) * WEEK,
        "taxon": taxon,
        "channel": channel,
        "name": register.name(taxon),
    }
    return show(request, "series.html", methods=methods, **context)
