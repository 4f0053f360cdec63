"""Delivery: how the post stands, and the messages that were given up."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.documents.format import DAY
from lianzhi.kit.page import Cursor, done, missing, show
from lianzhi.store.letters import counts, dead_letters
from lianzhi.web.console.page import Keeper, Node

router = APIRouter()


@router.get("/delivery")
def delivery(request: Request, node: Node, user: Keeper, cursor: Cursor = "") -> Response:
    """Figures and dead letters, or with a cursor the next of these."""
    page = dead_letters(node.engine, cursor=cursor or None)
    if cursor:
        return show(request, "_letters.html", page=page)
    return show(request, "delivery.html", page=page, counts=counts(node.engine, node.now() - DAY))


@router.post("/delivery/{letter}/retry")
def retry(node: Node, user: Keeper, letter: str) -> Response:
    """Send a dead letter again."""
    if not node.proceedings.measures.resend([letter], user.name, node.now()):
        raise missing()
    return done("/delivery", "retried")
