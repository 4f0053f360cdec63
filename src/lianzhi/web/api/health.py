"""GET /healthz and /readyz: for supervisors and load balancers, without a key."""

from typing import Literal

from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lianzhi.web.api.forms import Node, Reply
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(tags=["health"])


class Healthy(Reply):
    """Answer of a node that works."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Healthy:
    """Answers as long as the process does."""
    return Healthy()


@router.get("/readyz", summary="Can it do its work?", responses=documented(503))
def readyz(node: Node) -> Healthy:
    """503 while the database does not answer, or the detectors do not judge."""
    try:
        with node.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        trouble = node.judge.trouble
    except SQLAlchemyError:
        trouble = "the database does not answer"
    if trouble is not None:
        headers = {"Retry-After": "5"}
        raise Problem(503, trouble, mend="see the server's log", headers=headers)
    return Healthy()
