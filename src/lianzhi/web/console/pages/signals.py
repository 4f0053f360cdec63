"""Signals: what other platforms were told and told us, and what each thinks of it. Names nobody."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.chain.signal import categories
from lianzhi.kit.page import Cursor, QueryText, show
from lianzhi.store import signals as kept
from lianzhi.web.console.page import Node, Reader

router = APIRouter()

#: Whose signals are listed; None: everybody's.
FILTERS: dict[str, bool | None] = {"all": None, "ours": True, "theirs": False}


@router.get("/signals")
def signals(
    request: Request, node: Node, user: Reader, whose: QueryText = "all", cursor: Cursor = ""
) -> Response:
    """The list, or with a cursor its next rows."""
    whose = whose if whose in FILTERS else "all"
    page = kept.page(node.engine, ours=FILTERS[whose], cursor=cursor or None)
    template = "_signals.html" if cursor else "signals.html"
    return show(
        request, template, page=page, whose=whose, filters=tuple(FILTERS), categories=categories()
    )
