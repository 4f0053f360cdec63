"""Protections: who is protected, how and until when; ending one early."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.kit.addresses import local
from lianzhi.kit.page import Cursor, QueryText, done, or_missing, show
from lianzhi.store import views
from lianzhi.web.console.page import Node, Reader, Worker, narrowed
from lianzhi.web.core.looks import Look

router = APIRouter()


@router.get("/protections")
def protections(
    *,
    request: Request,
    node: Node,
    user: Reader,
    look: Look,
    status: QueryText = "running",
    about: QueryText = "",
    cursor: Cursor = "",
) -> Response:
    """The list, or with a cursor its next rows."""
    status = status if status in ("running", "all") else "running"
    at = node.now() if status == "running" else None
    narrow = narrowed(request, "protections")
    page = views.protections(
        node.engine,
        active_at=at,
        about=about or None,
        where=narrow.where,
        cursor=cursor or None,
    )
    look("protections", [row.id for row in page.rows])
    template = "_protections.html" if cursor else "protections.html"
    return show(request, template, page=page, status=status, about=about, narrow=narrow)


@router.post("/protections/{protection}/lift")
def lift(
    node: Node,
    user: Worker,
    protection: str,
    following: Annotated[str, Form(alias="next", max_length=300)] = "/protections",
) -> Response:
    """End a protection early."""
    with or_missing():
        node.protections.lift(protection, user.name, node.now())
    return done(local(following), "lifted")
