"""Lists: outlets and sources with a search by name, and the page of each with its changes."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.dissemination.acts import OUTLETS, SOURCES
from lianzhi.domains.dissemination.queries import tables
from lianzhi.domains.dissemination.titles.wording import folded
from lianzhi.domains.dissemination.web.page import Desk, Reader, show
from lianzhi.kit.acts import offers
from lianzhi.kit.noun_story import noun_story
from lianzhi.kit.page import QueryText, or_missing
from lianzhi.office.acts import ActTable

router = APIRouter()
_ROWS = 200


def _listing(kind: str, table: ActTable) -> Callable[..., Response]:
    def listed(request: Request, desk: Desk, user: Reader, query: QueryText = "") -> Response:
        """The names that hold the query, with what is valid today, and the form for one more."""
        wanted, today = folded(query.strip()), desk.office.today()
        with desk.office.reading() as connection:
            every = tables.LISTS[kind].every(connection)
        names = [
            noun
            for noun in every
            if any(wanted in folded(name) for name in (noun.name, *noun.aliases))
        ]
        context = {
            "kind": kind,
            "table": table,
            "rows": sorted(names, key=lambda noun: noun.name)[:_ROWS],
            "matching": len(names),
            "valid": sum(noun.at(today) is not None for noun in every),
            "total": len(every),
            "query": query,
            "opening": table.opening,
            "today": today,
        }
        return show(request, "lists.html", **context)

    return listed


def _page(kind: str, table: ActTable) -> Callable[..., Response]:
    def page(request: Request, desk: Desk, user: Reader, identity: str) -> Response:
        """A name with its times of validity and the entries that told them."""
        office = desk.office
        with or_missing(), office.reading() as connection:
            noun = tables.LISTS[kind].load(connection, identity)
        context = {
            "kind": kind,
            "table": table,
            "listed": noun,
            "done_keys": table.keys,
            "steps": noun_story(office.ledger, tables.step, identity),
            "offers": offers(
                table.possible(noun.status), noun, user, office.today(), lambda step: ()
            ),
            "today": office.today(),
        }
        return show(request, "listed.html", **context)

    return page


for _kind, _table in (("outlets", OUTLETS), ("sources", SOURCES)):
    router.add_api_route(f"/{_kind}", _listing(_kind, _table))
    router.add_api_route(f"/{_kind}/{{identity}}", _page(_kind, _table))
