"""Forgetting: a remembered group is forgotten by a person, from the page of its case."""

from fastapi import APIRouter
from fastapi.responses import Response

from lianzhi.web.console.page import Node, Worker, done, told
from lianzhi.web.console.pages.case import Reason

router = APIRouter(prefix="/cases/{case}")


@router.post("/forget")
def forget(node: Node, user: Worker, case: str, reason: Reason) -> Response:
    """Forget the group of a case for good, with the reason."""
    with told():
        node.returns.forget(case, reason.strip(), user.name, node.now())
    return done(f"/cases/{case}", "forgotten")
