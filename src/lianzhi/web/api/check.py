"""POST /v1/check: may this interaction pass?"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from lianzhi.chain.protection import Channel
from lianzhi.store.keys import ApiKey
from lianzhi.web.api.forms import Form, Id, Millis, Node, Reply
from lianzhi.web.core.auth import require_scope

router = APIRouter(tags=["protections"])


class Interaction(Form):
    """One account is about to address another."""

    channel: Channel = Field(examples=["private_message"])
    actor: Id = Field(examples=["u7"])
    target: Id = Field(examples=["u1"])
    at: Millis | None = Field(default=None, description="When; now if left out.")
    actor_created: Millis | None = Field(
        default=None,
        examples=[1795608301000],
        description="When the actor's account was opened; unknown if left out.",
    )


class VerdictReply(Reply):
    """Whether it may pass."""

    allowed: bool
    reason: Literal["", "stranger", "young_account", "unknown_age"] = Field(
        description="Why not; empty when it may."
    )
    expires_at: int | None = Field(description="When the protection lapses; null when it may pass.")


@router.post("/check", summary="Ask whether an interaction passes the target's protection")
async def check_interaction(
    form: Interaction, node: Node, key: Annotated[ApiKey, Depends(require_scope("protect"))]
) -> VerdictReply:
    """Answered from memory: fast enough to ask before every message."""
    at = node.now() if form.at is None else form.at
    verdict = node.guard.check(form.channel, form.actor, form.target, at, form.actor_created)
    return VerdictReply(
        allowed=verdict.allowed, reason=verdict.reason, expires_at=verdict.expires_at
    )
