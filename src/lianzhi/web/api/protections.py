"""/v1/protections: grant, list and lift a person's temporary limits on strangers."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from lianzhi.chain.protection import Channel, Terms
from lianzhi.store import views
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import (
    Form,
    Id,
    Listed,
    Millis,
    Node,
    Reply,
    Whole,
    optional,
    paged,
)
from lianzhi.web.core.auth import require_scope
from lianzhi.web.core.looks import Look
from lianzhi.web.core.problems import Problem, documented

router = APIRouter(prefix="/protections", tags=["protections"])

Protect = Annotated[ApiKey, Depends(require_scope("protect"))]


class Grant(Form):
    """What a person wants closed, and until when."""

    account: Id = Field(examples=["u1"], description="The person who is protected.")
    channels: list[Channel] = Field(
        min_length=1,
        max_length=4,
        examples=[["private_message", "comment"]],
        description="Channels that are closed.",
    )
    strangers: bool = Field(default=True, description="To accounts without earlier contact.")
    younger_than_days: Annotated[int, Field(ge=0, le=36500), Whole] = Field(
        default=0,
        examples=[30],
        description="To accounts younger than this; 0: any age.",
    )
    expires_at: Millis = Field(
        examples=[4102444800000], description="When it lapses: a protection always does."
    )
    case: Id | None = Field(default=None, description="The case in which it is granted.")


class ProtectionReply(Reply):
    """A protection. `person` is a token; `account` is null once they are erased."""

    id: str
    person: str
    account: str | None
    case: str | None
    channels: list[Channel]
    strangers: bool
    younger_than_days: int
    granted_at: int
    granted_by: str
    expires_at: int
    ended_at: int | None
    ended: Literal["lifted", "lapsed"] | None
    ended_by: str | None


class ProtectionPage(Reply):
    """Some protections; send `next` as `cursor` for the following ones."""

    rows: list[ProtectionReply]
    next: str | None


@router.post("", status_code=201, summary="Protect a person", responses=documented(409))
def grant_protection(form: Grant, node: Node, key: Protect, response: Response) -> ProtectionReply:
    """In force when answered: the next check sees it."""
    now = node.now()
    if form.expires_at <= now:
        raise Problem(
            422,
            "the protection would be over before it began",
            field="body.expires_at",
            value=form.expires_at,
            mend=f"give a time after {now}",
        )
    if not form.strangers and not form.younger_than_days:
        raise Problem(
            422,
            "the protection would close nothing",
            field="body.strangers",
            value=form.strangers,
            mend="set strangers, or younger_than_days above 0",
        )
    terms = Terms(
        channels=tuple(dict.fromkeys(form.channels)),
        expires_at=form.expires_at,
        strangers=form.strangers,
        younger_than_days=form.younger_than_days,
    )
    try:
        protection = node.protections.grant(form.account, terms, _by(key), form.case, now)
    except KeyError:
        raise Problem(
            422,
            "there is no such case",
            field="body.case",
            value=form.case,
            mend="see GET /v1/cases, or leave it out",
        ) from None
    response.headers["Location"] = f"/v1/protections/{protection}"
    return _reply(node, protection)


class ProtectionQuery(Listed):
    """By person, and whether in force."""

    account: Id | None = optional(description="Account or token of the person.")
    active: bool = Field(default=False, description="Only those in force now.")


@router.get("", summary="List protections, last granted first")
def list_protections(
    node: Node, key: Protect, look: Look, query: Annotated[ProtectionQuery, Query()]
) -> ProtectionPage:
    """All, or those of one person."""
    with paged(query.cursor):
        page = views.protections(
            node.engine,
            about=query.account,
            active_at=node.now() if query.active else None,
            cursor=query.cursor,
            limit=query.limit,
        )
    look("protections", [row.id for row in page.rows])
    return ProtectionPage.model_validate(page)


@router.get("/{protection}", summary="Look at one protection", responses=documented(404))
def get_protection(
    node: Node, key: Protect, look: Look, protection: Annotated[Id, Path()]
) -> ProtectionReply:
    """Running or ended."""
    reply = _reply(node, protection)
    look(reply.id, [reply.id])
    return reply


@router.delete(
    "/{protection}",
    status_code=204,
    summary="Lift a protection before it lapses",
    responses=documented(404, 409),
)
def lift_protection(node: Node, key: Protect, protection: Annotated[Id, Path()]) -> None:
    """Over when answered."""
    try:
        node.protections.lift(protection, _by(key), node.now())
    except KeyError:
        raise _unknown(protection) from None


def _by(key: ApiKey) -> str:
    return f"key:{key.id}"


def _reply(node: Node, protection: str) -> ProtectionReply:
    row = views.protection_by_id(node.engine, protection)
    if row is None:
        raise _unknown(protection)
    return ProtectionReply.model_validate(row)


def _unknown(protection: str) -> Problem:
    return Problem(
        404,
        "there is no such protection",
        field="path.protection",
        value=protection,
        mend="see GET /v1/protections",
    )
