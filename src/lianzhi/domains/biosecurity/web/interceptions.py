"""Interceptions: the list with its filters, a new one, and the file of each with its acts."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.acts import TABLES
from lianzhi.domains.biosecurity.nouns.interception import CHANNELS
from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.web.page import (
    Desk,
    Inspector,
    Reader,
    chosen_days,
    period_choices,
    show,
)
from lianzhi.kit.acts import offers
from lianzhi.kit.page import Cursor, QueryText, or_missing

router = APIRouter(prefix="/interceptions")
STATUSES = ("", "noted", "sampled", "identified")


@router.get("")
def listed(
    *,
    request: Request,
    desk: Desk,
    user: Reader,
    period: QueryText = "all",
    status: QueryText = "",
    channel: QueryText = "",
    method: QueryText = "",
    origin: QueryText = "",
    port: QueryText = "",
    taxon: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    days = chosen_days(period, desk.office.today())
    kept = {"channel": channel, "method": method, "origin": origin, "port": port}
    where = kept | {"status": status if status in STATUSES else ""}
    conditions = views.between(days.since, days.until)
    with desk.office.reading() as connection:
        register = desk.office.register(connection)
        if taxon:
            conditions.append(views.taxon_in(register.codes(register.accepted(taxon))))
        page = views.interceptions(connection, where, conditions, cursor)
        ports = tables.port.every(connection)
    kept |= {"period": days.name, "taxon": taxon}
    context = {
        "page": page,
        "kept": {name: value for name, value in kept.items() if value},
        "status": where["status"],
        "statuses": STATUSES,
        "channel": channel,
        "channels": ("", *CHANNELS),
        "narrowed": register.name(taxon) if taxon else "",
        "choices": period_choices(desk.office.today()),
        "period": days,
        "ports": {port.id: port for port in ports},
        "register": register,
    }
    return show(request, "_interceptions.html" if cursor else "interceptions.html", **context)


@router.get("/new")
def new(request: Request, desk: Desk, user: Inspector) -> Response:
    """The form for a find."""
    with desk.office.reading() as connection:
        ports = tables.port.every(connection)
    context = {"ports": ports, "opening": TABLES[0].opening, "today": desk.office.today()}
    return show(request, "interception_new.html", **context)


@router.get("/{identity}")
def file(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """One interception: what it is, what was done, the firsts that rest on it, its acts."""
    office = desk.office
    with or_missing(), office.reading() as connection:
        interception = tables.interception.load(connection, identity)
        register = office.register(connection)
        firsts = tables.first.every(connection, tables.first.c.interception == identity)
        port = tables.port.get(connection, interception.port)
        cases = [views.case_of(connection, first.id) for first in firsts]
    context = {
        "found": interception,
        "port": port,
        "register": register,
        "done_keys": TABLES[0].keys,
        "firsts": firsts,
        "cases": list(dict.fromkeys(filter(None, cases))),
        "steps": views.story(office.ledger, identity),
        "offers": offers(
            TABLES[0].possible(interception.status),
            interception,
            user,
            office.today(),
            lambda step: (),
        ),
        "today": office.today(),
    }
    return show(request, "interception.html", **context)
