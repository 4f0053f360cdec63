"""GET /v1/findings: what detectors concluded."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from lianzhi.chain.finding import Stage
from lianzhi.store import views
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Id, Listed, Millis, Node, Reply, optional, paged
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.looks import Look

router = APIRouter(tags=["findings"])


class FindingReply(Reply):
    """One finding. `about` is the person's token; `account` is null once they are erased."""

    id: str
    index: int = Field(description="Entry of the record that holds it.")
    kind: str = Field(examples=["signal.received"])
    stage: Stage
    about: str
    account: str | None
    at: int
    since: int = Field(description="When the incident began.")
    score: float
    reach: int = Field(description="Accounts involved.")
    minor: bool
    rule: str
    case: str | None


class FindingPage(Reply):
    """Some findings; send `next` as `cursor` for the following ones."""

    rows: list[FindingReply]
    next: str | None


class FindingQuery(Listed):
    """By kind, person and time of the finding."""

    kind: Id | None = optional(examples=["signal.received"])
    about: Id | None = optional(description="Account or token of the harmed.")
    who: Id | None = optional(description="Anybody harmed, or with an act in evidence.")
    since: Millis | None = optional(description="Not before this time.")
    until: Millis | None = optional(description="Before this time.")


@router.get("/findings", summary="List findings, newest first")
def list_findings(
    node: Node,
    key: Annotated[ApiKey, Depends(require_scope("read"))],
    look: Look,
    query: Annotated[FindingQuery, Query()],
) -> FindingPage:
    """By kind, person and time of the finding."""
    with paged(query.cursor):
        page = views.findings(node.engine, **query.model_dump())
    look("findings", [row.id for row in page.rows])
    return FindingPage.model_validate(page)
