"""Trying a text: how it would be read by the lexicon in force."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.domains.typed import Typed
from lianzhi.web.console.page import Node, Worker, show
from lianzhi.web.console.reading import Reading, read

router = APIRouter(prefix="/lexicons/try")

#: Characters of a text that may be tried.
LONGEST_TEXT = 4000


@router.get("")
def blank(request: Request, node: Node, user: Worker) -> Response:
    """The form for a text."""
    return _try(request)


@router.post("")
def read_now(
    request: Request,
    node: Node,
    user: Worker,
    text: Annotated[str, Typed, Form(pattern=r"\S", max_length=LONGEST_TEXT)],
) -> Response:
    """How a text would be read; nothing of it is kept."""
    return _try(request, text, read(text, node.lexicons.lexicon))


def _try(request: Request, text: str = "", reading: Reading | None = None) -> Response:
    context = {"text": text, "reading": reading, "named": "", "own": True, "longest": LONGEST_TEXT}
    return show(request, "lexicon_try.html", **context)
