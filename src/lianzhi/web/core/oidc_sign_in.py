"""Sign-in at an OpenID provider: /login/oidc redirects there, /login/oidc/back is the callback.

Who signs in so is found by issuer and subject, never by name: a name at the provider gives nobody
a local account. Where `create` is set, a stranger whose roles at the provider are known here
becomes a user, unless the name is taken.
"""

import logging
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from lianzhi.store.refusal import AccountError
from lianzhi.store.users import User, add_linked_user, find_linked
from lianzhi.web.core.auth import sign_in
from lianzhi.web.core.oidc import OidcError, Pending, Provider, claim
from lianzhi.web.core.ports import RecordPort
from lianzhi.web.core.problems import Problem
from lianzhi.web.core.sessions import local, login_form
from lianzhi.web.core.settings import Oidc, Settings

router = APIRouter(include_in_schema=False)

#: Somebody may take so long at the provider.
PENDING_MS = 10 * 60_000
BY = "oidc"

#: What a failed sign-in tells on the login page -> status.
ERRORS = {
    "oidc_away": 502,
    "oidc_failed": 401,
    "oidc_unknown": 403,
    "oidc_taken": 403,
    "oidc_disabled": 403,
}

log = logging.getLogger("lianzhi.web")


class OidcRefusal(Exception):  # noqa: N818 - an outcome, not a fault
    """A sign-in at the provider that did not lead in; says why, as a key of `ERRORS`."""


@router.get("/login/oidc")
def leave(
    request: Request, following: Annotated[str, Query(alias="next", max_length=1000)] = "/"
) -> Response:
    """Send the browser to the provider."""
    node: RecordPort = request.app.state.node
    provider = _provider(request)
    try:
        url, pending = provider.begin(_back(request), local(following), node.now())
    except OidcError as error:
        log.warning("sign-in at the provider: %s", error)
        return _refused(request, "oidc_away", local(following))
    request.session["oidc"] = msgspec.to_builtins(pending)
    return RedirectResponse(url, 303)


@router.get("/login/oidc/back")
def back(
    request: Request,
    state: Annotated[str, Query(max_length=1000)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Take who comes back; what the session kept is good once."""
    provider, kept = _provider(request), request.session.pop("oidc", None)
    following = "/"
    try:
        pending = _pending(kept)
        following = pending.following
        user = _user(request, provider, pending, state, code)
    except OidcError as error:
        log.warning("sign-in at the provider: %s", error)
        return _refused(request, "oidc_failed", following)
    except OidcRefusal as error:
        return _refused(request, str(error), following)
    sign_in(request, user)
    return RedirectResponse(following, 303)


def _pending(kept: object) -> Pending:
    try:
        return msgspec.convert(kept, Pending)
    except msgspec.ValidationError:
        raise OidcError("nobody was sent there from this session") from None


def _user(request: Request, provider: Provider, pending: Pending, state: str, code: str) -> User:
    """The user behind what came back. Raises OidcError or OidcRefusal."""
    node: RecordPort = request.app.state.node
    now = node.now()
    if state != pending.state:
        raise OidcError("the state is not the one that was sent")
    if not 0 <= now - pending.at < PENDING_MS:
        raise OidcError("it took too long")
    if not code:
        raise OidcError("the provider sent no code")
    claims = provider.finish(_back(request), code, pending, now)
    issuer, subject = provider.settings.issuer, str(claims["sub"])
    user = find_linked(node.engine, issuer, subject)
    if user is None:
        name, roles = _wanted(claims, provider.settings)
        try:
            user = add_linked_user(node.ledger, name, (issuer, subject), roles, now, BY)
        except AccountError as error:
            key = "oidc_taken" if error.code in ("name_taken", "name_alike") else "oidc_unknown"
            raise OidcRefusal(key) from None
    if user.disabled_at is not None:
        raise OidcRefusal("oidc_disabled")
    return user


def _wanted(claims: object, settings: Oidc) -> tuple[str, list[str]]:
    """Name and roles of a stranger who may become a user. Raises OidcRefusal."""
    if not settings.create or not isinstance(claims, dict):
        raise OidcRefusal("oidc_unknown")
    name, claimed = claim(claims, settings.name_claim), claim(claims, settings.roles_claim)
    values = [claimed] if isinstance(claimed, str) else claimed if isinstance(claimed, list) else []
    known = [role for role in values if isinstance(role, str) and role in settings.roles]
    roles: list[str] = [settings.roles[role] for role in known]
    if not isinstance(name, str) or not roles:
        raise OidcRefusal("oidc_unknown")
    return name, roles


def _refused(request: Request, error: str, following: str) -> Response:
    return login_form(request, {"error": error, "next": following}, ERRORS[error])


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise Problem(404, "no provider is configured", mend="sign in with name and password")
    return provider


def _back(request: Request) -> str:
    """The address to which the provider sends people back, as it has to be registered there."""
    settings: Settings = request.app.state.settings
    url = request.url_for("back")
    return str(url.replace(scheme="https") if settings.https else url)
