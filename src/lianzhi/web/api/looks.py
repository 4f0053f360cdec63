"""GET /v1/looks: who saw whose personal data."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from lianzhi.store.keys import ApiKey
from lianzhi.store.looks import looks
from lianzhi.web.api.forms import Id, Listed, Node, Reply, optional, paged
from lianzhi.web.core.auth import require_scope

router = APIRouter(tags=["record"])


class LookReply(Reply):
    """One look, as the record tells it."""

    index: int = Field(description="Entry of the record.")
    at: int
    by: str = Field(
        examples=["alice"], description="A user's name, or `key:` and the id of an API key."
    )
    role: str = Field(examples=["reviewer"], description="Roles of the user; `key` for a program.")
    what: str = Field(examples=["/cases/{case}"], description="Page or resource.")
    ref: str = Field(description="What was opened.")
    refs: list[str] = Field(
        description="What stood there: ids of cases, findings, protections and rows, or tokens."
    )


class LookPage(Reply):
    """Some looks; send `next` as `cursor` for the following ones."""

    rows: list[LookReply]
    next: str | None


class LookQuery(Listed):
    """By who looked and at what."""

    by: Id | None = optional(description="User or key.")
    ref: Id | None = optional(
        description="An id, or an account or token: all that is about that person."
    )


@router.get("/looks", summary="List looks at personal data, newest first")
def list_looks(
    node: Node,
    key: Annotated[ApiKey, Depends(require_scope("audit"))],
    query: Annotated[LookQuery, Query()],
) -> LookPage:
    """Who was shown what."""
    with paged(query.cursor):
        page = looks(node.engine, **query.model_dump())
    return LookPage.model_validate(page)
