"""Links: what the platform says when it makes one, and what stands behind the token of a page."""

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
    """Who reports, and what the platform knows already."""

    reporter: str
    about: str | None = None
    subject: str | None = None
    content: str = ""
    minor: bool | None = None
    language: str | None = None


class AppealLink(msgspec.Struct, frozen=True, kw_only=True):
    """Who contests which decision."""

    decision: str
    account: str
    party: Party
    language: str | None = None


class Open(msgspec.Struct, frozen=True):
    """A link that somebody has opened."""

    identity: str
    said: dict[str, Any] | None
    """None once it was used."""
    made: str | None
    """The report or appeal that came of it."""


def make(request: Request, purpose: Purpose, said: ReportLink | AppealLink, until: int) -> str:
    """Keep a link until that time; returns its address."""
    node: RecordPort = request.app.state.node
    settings = request.app.state.settings
    named = (getattr(said, name, None) for name in ("reporter", "about", "subject", "account"))
    identity = pending_links.make(
        node.engine,
        node.ledger.signer.seal_key,
        purpose,
        msgspec.to_builtins(said),
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
    found = pending_links.look(node.engine, purpose, identity, node.now())
    if found is None or (found.said is None and found.made is None):
        return None
    return Open(identity, found.said, found.made)
