"""Taxa: the register with a search that suggests near names, and the page of each."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.queries import tables, views
from lianzhi.domains.biosecurity.web.page import Desk, Reader, show
from lianzhi.kit.page import QueryText, missing

router = APIRouter(prefix="/taxa")
_ROWS = 200


@router.get("")
def listed(request: Request, desk: Desk, user: Reader, query: QueryText = "") -> Response:
    """Taxa whose names hold the query; what it may mean where none does."""
    with desk.office.reading() as connection:
        register = desk.office.register(connection)
    match = register.resolve(query) if query.strip() else None
    wanted = query.strip().casefold()
    taxa = [
        taxon
        for taxon in register.taxa.values()
        if any(wanted in name.casefold() for name in (taxon.id, taxon.name, taxon.chinese,
                                                     *taxon.synonyms))
    ]  # fmt: skip
    context = {"taxa": taxa[:_ROWS], "total": len(taxa), "query": query, "register": register}
    return show(request, "taxa.html", found=match, **context)


@router.get("/{code}")
def taxon(request: Request, desk: Desk, user: Reader, code: str) -> Response:
    """A taxon with its names, interceptions and firsts."""
    with desk.office.reading() as connection:
        register = desk.office.register(connection)
        if code not in register.taxa:
            raise missing()
        codes = register.codes(register.accepted(code))
        where = [views.taxon_in(codes)]
        context = {
            "taxon": register.taxa[code],
            "accepted": register.taxa[register.accepted(code)],
            "channels": views.counts(connection, "channel", where),
            "origins": views.counts(connection, "origin", where),
            "firsts": tables.first.every(
                connection,
                tables.first.c.taxon == register.accepted(code),
                order=(tables.first.c.scope, tables.first.c.day),
            ),
        }
    return show(request, "taxon.html", **context)
