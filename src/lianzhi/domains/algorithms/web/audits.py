"""Audits: the list, a new one by upload, the page of each and its report."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.nouns.audit import KINDS
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.web.page import Auditor, Desk, Reader, show
from lianzhi.kit.downloads import attachment
from lianzhi.kit.page import Cursor, QueryText, or_missing
from lianzhi.stats.verdict import Verdict

router = APIRouter(prefix="/audits")
_VERDICTS = ("", *(each.value for each in Verdict))
_TABLE = TABLES[1]


@router.get("")
def listed(
    request: Request,
    desk: Desk,
    user: Reader,
    verdict: QueryText = "",
    kind: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    where = {
        "verdict": verdict if verdict in _VERDICTS else "",
        "kind": kind if kind in KINDS else "",
    }
    with desk.office.reading() as connection:
        page = views.listed(connection, tables.audit, "index", where, cursor)
        ids = list({each.algorithm for each in page.rows})
        algorithms = tables.algorithm.among(connection, ids)
    context = {
        "page": page, "algorithms": algorithms, "where": where, "verdicts": _VERDICTS,
        "kinds": ("", *KINDS),
    }  # fmt: skip
    return show(request, "_audits.html" if cursor else "audits.html", **context)


@router.get("/new")
def new(request: Request, desk: Desk, user: Auditor, algorithm: QueryText = "") -> Response:
    """The form for an audit of a file that is sent."""
    with desk.office.reading() as connection:
        known = tables.algorithm.every(connection, most=1000)
    options = [(each.id, f"{each.provider} · {each.name}") for each in known]
    context = {
        "opening": _TABLE.opening, "today": desk.office.today(), "known": known,
        "given": {
            "algorithm": {"options": options, "value": algorithm},
            "file": {"accept": ".csv,.tsv,.parquet"},
            "columns": {"accept": ".yaml,.yml,.txt"},
        },
    }  # fmt: skip
    return show(request, "audit_new.html", **context)


@router.get("/{identity}")
def audit(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
    """An audit: what was audited, its verdict, each gap with its interval, and its case."""
    with or_missing(), desk.office.reading() as connection:
        known = tables.audit.load(connection, identity)
        algorithm = tables.algorithm.load(connection, known.algorithm)
    context = {
        "audit": known, "algorithm": algorithm, "done_keys": _TABLE.keys,
        "steps": views.story(desk.office.ledger, identity),
    }  # fmt: skip
    return show(request, "audit.html", **context)


@router.get("/{identity}/report")
def report(
    desk: Desk, user: Reader, identity: str, language: Literal["zh", "en"] = "zh"
) -> Response:
    """The report as a file, which is what the record says."""
    with or_missing():
        body = desk.audits.report(identity, language)
    return attachment(body, f"audit-{identity}.{language}.html", "text/html; charset=utf-8")
