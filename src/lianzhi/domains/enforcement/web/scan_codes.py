"""Codes that enterprises show for scan-in 扫码入企, printed as QR codes, and what a scan opens.

The QR code holds this site's address with the code of the day behind `#`: the phone keeps that
part to itself, so that it stands in no log, neither ours nor a proxy's. The page checks it by POST.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

import segno
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, Response
from markupsafe import Markup

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.rulebook import scan
from lianzhi.domains.enforcement.web.page import Desk, Observer, Sender, show
from lianzhi.domains.enforcement.words import words
from lianzhi.kit.form_values import Day, Typed
from lianzhi.kit.page import Look, QueryText

router = APIRouter(prefix="/visit")
#: Sheets that are printed at a time, and days ahead for which they are.
MOST_SHEETS, MOST_AHEAD = 200, 31


class Sheet(NamedTuple):
    """One enterprise's page."""

    name: views.Named
    code: str
    picture: Markup
    """The QR code as SVG."""


@router.get("/code")
def code(request: Request, desk: Desk, user: Sender) -> Response:
    """Whose codes to print, and for which day."""
    office = desk.office
    with office.reading() as connection:
        grids = tables.enterprise.counts(connection, "grid")
        industries = tables.enterprise.counts(connection, "industry")
    today = office.today()
    context: dict[str, Any] = {
        "grids": sorted(grids.items()),
        "industries": sorted(industries.items()),
        "today": today,
        "until": today + dt.timedelta(days=MOST_AHEAD),
    }
    return show(request, "visit_code.html", **context)


@router.get("/sheets")
def sheets(
    request: Request,
    desk: Desk,
    user: Sender,
    look: Look,
    enterprise: QueryText = "",
    grid: QueryText = "",
    industry: QueryText = "",
    day: Annotated[Day, Query()] = None,
) -> Response:
    """The sheets of an enterprise, or of all of a grid and an industry, ready to be printed."""
    office = desk.office
    today = office.today()
    on = day or today
    if not 0 <= (on - today).days <= MOST_AHEAD:
        raise RefusedError("code_day", f"day is {on}", day=on, days=MOST_AHEAD)
    tokens: Sequence[str]
    if enterprise:
        tokens = [desk.visits.enterprise(enterprise).id]
    else:
        tokens = _chosen(desk, grid, industry)
    look("visit_code", tokens)
    named = views.named(office.ledger, tokens)
    known = sorted((name for name in named.values() if name.id), key=lambda name: name.id)
    address = str(request.url_for("visit_start"))
    context = {
        "sheets": [_sheet(address, name, desk.visits.code(name.id, on)) for name in known],
        "on": on,
        "texts": {each: words(each).gettext for each in ("zh", "en")},
    }
    return show(request, "code_sheets.html", **context)


@router.post("/scan")
def scanned(
    desk: Desk, user: Observer, look: Look, code: Annotated[str, Typed, Form(max_length=scan.MOST)]
) -> Response:
    """Whose code of the day it is; refused with the reason where it is not good."""
    enterprise = desk.visits.scanned(code)
    answer = {"enterprise": scan.enterprise_of(code)}
    if user.may("read"):
        look("visit", [enterprise.id])
        name = views.named(desk.office.ledger, [enterprise.id])[enterprise.id]
        answer |= {"name": name.name, "name_en": name.name_en}
    return JSONResponse(answer)


def _sheet(address: str, name: views.Named, code: str) -> Sheet:
    """A page: the QR code is dark on white whatever the theme, with its quiet zone (ISO 18004)."""
    qr_code = segno.make_qr(f"{address}#code={quote(code, safe=':')}", error="q")
    svg = qr_code.svg_inline(omitsize=True, svgclass="qr", lineclass=None, light="#fff", border=4)
    return Sheet(name, code, Markup(svg))  # noqa: S704 - drawn from numbers alone


def _chosen(desk: Desk, grid: str, industry: str) -> Sequence[str]:
    """Enterprises of a grid and an industry, each of which may be left open."""
    tokens = desk.visits.of(grid, industry, MOST_SHEETS + 1)
    if not tokens:
        raise RefusedError("code_none", "no enterprise is registered there")
    if len(tokens) > MOST_SHEETS:
        raise RefusedError("code_many", f"more than {MOST_SHEETS} sheets", most=MOST_SHEETS)
    return tokens
