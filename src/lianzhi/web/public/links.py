"""Links to public pages: content given by the platform, and look-up by the token of a page."""

from typing import Any, Literal

import msgspec
from fastapi import Request

from lianzhi.chain.appeal import Party
from lianzhi.store import pending_links
from lianzhi.web.core import tokens
from lianzhi.web.core.ports import RecordPort

Purpose = Literal["report", "appeal"]
MINUTE_MS = 60_000


class ReportLink(msgspec.Struct, frozen=True, kw_only=True):
    """Content of a report link: who reports, and what the platform knows already."""

    reporter: str
    about: str | None = None
    subject: str | None = None
    content: str = ""
    minor: bool | None = None
    language: str | None = None


class AppealLink(msgspec.Struct, frozen=True, kw_only=True):
    """Content of an appeal link: who contests which decision."""

    decision: str
    account: str
    party: Party
    language: str | None = None


class Open(msgspec.Struct, frozen=True):
    """A link that was opened."""

    identity: str
    content: dict[str, Any] | None
    """None once it was used."""
    result: str | None
    """Id of the report or appeal made with it."""


def make(request: Request, purpose: Purpose, content: ReportLink | AppealLink, until: int) -> str:
    """Keep a link until that time; returns its address."""
    node: RecordPort = request.app.state.node
    settings = request.app.state.settings
    named = (getattr(content, name, None) for name in ("reporter", "about", "subject", "account"))
    identity = pending_links.make(
        node.engine,
        node.ledger.signer.seal_key,
        purpose,
        msgspec.to_builtins(content),
        [account for account in named if account],
        until,
    )
    scheme = "https" if settings.https else "http"
    token = tokens.sign(settings.secret, purpose, identity)
    return f"{scheme}://{request.url.netloc}/{purpose}/{token}"


def look(request: Request, purpose: Purpose, token: str) -> Open | None:
    """The link of a token; None where it is none of ours, has expired or was taken back."""
    node: RecordPort = request.app.state.node
    identity = tokens.value_of(request.app.state.settings.secret, purpose, token)
    if identity is None:
        return None
    kept = pending_links.look(node.engine, purpose, identity, node.now())
    if kept is None or (kept.content is None and kept.result is None):
        return None
    return Open(identity, kept.content, kept.result)
