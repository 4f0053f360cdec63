"""GET /v1/quarantine: rows that could not be accepted, with their reasons."""

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Node, QueryParams, Reply
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.looks import Look, row_ids

router = APIRouter(tags=["events"])


class HeldRow(Reply):
    """One refused row."""

    at: int = Field(description="When it was refused, Unix milliseconds UTC.")
    origin: str = Field(description="File name or id of the API key from which it came.")
    line: int = Field(ge=1)
    reason: str = Field(examples=["bad_time"])
    detail: str = Field(description="Field, value and mend.")
    raw: str = Field(description="The row, cut to 4 KiB, base64: it may be anything but UTF-8.")


class HeldRows(Reply):
    """The newest rows and how many there are."""

    count: int = Field(ge=0)
    rows: list[HeldRow]


class HeldQuery(QueryParams):
    """How many rows."""

    limit: int = Field(default=100, ge=1, le=1000)


@router.get("/quarantine", summary="List refused rows, newest first")
def list_quarantine(
    node: Node,
    key: Annotated[ApiKey, Depends(require_scope("read"))],
    look: Look,
    query: Annotated[HeldQuery, Query()],
) -> HeldRows:
    """What could not be accepted, and why."""
    quarantine = node.quarantine
    held_rows = quarantine.list(query.limit)
    look("quarantine", row_ids(held_rows))
    return HeldRows(
        count=quarantine.count(),
        rows=[
            HeldRow(
                at=row.at,
                origin=row.origin,
                line=row.row.line,
                reason=row.row.reason,
                detail=row.row.detail,
                raw=b64encode(row.row.raw).decode(),
            )
            for row in held_rows
        ],
    )
