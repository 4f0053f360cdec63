"""OpenID Connect client (Core 1.0, authorization code with PKCE).

`Provider.begin` gives the address to which a browser is sent and what the session has to keep of
it; `Provider.finish` turns the code that comes back into the claims of a verified ID token.
Certificates are verified against the system's store; http is spoken with this very machine alone.
Description, keys and tokens are fetched from public addresses and from `networks` alone, the
issuer's own included.
"""

import logging
import secrets
import threading
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from lianzhi.guarded_transport import GuardedTransport
from lianzhi.outbound import ForbiddenAddressError, networks_for, resolve
from lianzhi.web.core.limits import Gate
from lianzhi.web.core.settings import Oidc, is_safe

#: Signed with a key that only the provider has; never `none`, never a secret that both know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
#: By how many seconds the clocks may differ.
LEEWAY_S = 60
#: Described and keyed anew after this time.
FRESH_MS = 3_600_000
#: After a failure the provider is left alone for so long.
REST_MS = 30_000
TIMEOUT_S = 10.0
#: Codes that may be taken there at once: who waits holds a thread that all of the console needs.
AT_ONCE = 8

_DISCOVERY = "/.well-known/openid-configuration"

log = logging.getLogger("lianzhi.web")


class OidcError(Exception):
    """The provider can't be used, or what came from it is not to be believed."""


class Pending(msgspec.Struct, frozen=True):
    """What the session keeps while somebody is at the provider."""

    state: str
    nonce: str
    verifier: str
    following: str
    at: int


class _Described(msgspec.Struct, frozen=True):
    """What the provider says of itself, and when that was read."""

    authorization: str
    token: str
    keys: KeySet
    at: int


class Provider:
    """One provider. Thread-safe; one that hangs holds up `AT_ONCE` threads and one more."""

    def __init__(self, settings: Oidc) -> None:
        self.settings = settings
        self._networks = networks_for(settings.issuer, settings.networks)
        self._gate = Gate(AT_ONCE)
        self._known: _Described | None = None
        self._failed_at: int | None = None
        self._why = "the provider is being asked"
        self._discovering = threading.Lock()

    def begin(self, back: str, following: str, now: int) -> tuple[str, Pending]:
        """Where to send the browser, which comes back to `back`. Raises OidcError."""
        there = self._described(now)
        pending = Pending(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            following=following,
            at=now,
        )
        with self._client(back) as client:
            url, _ = client.create_authorization_url(
                there.authorization,
                state=pending.state,
                code_verifier=pending.verifier,
                nonce=pending.nonce,
            )
        return str(url), pending

    def finish(self, back: str, code: str, pending: Pending, now: int) -> Mapping[str, Any]:
        """The claims of whoever came back with this code. Raises OidcError."""
        there = self._described(now)
        with self._gate.enter() as admitted:
            if not admitted:
                raise OidcError("too many wait for the provider")
            token = self._token(there, back, code, pending)
        if not isinstance(token.get("id_token"), str):
            raise OidcError("the provider sent no ID token")
        try:
            return self._claims(token, there, pending, now)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise OidcError(f"the ID token is not valid: {type(error).__name__}: {error}") from None

    def _token(
        self, there: _Described, back: str, code: str, pending: Pending
    ) -> Mapping[str, Any]:
        try:
            with self._client(back) as client:
                token: Mapping[str, Any] = client.fetch_token(
                    there.token,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=pending.verifier,
                )
        except ForbiddenAddressError as error:
            raise OidcError(f"the provider leads elsewhere: {error} of [oidc]") from None
        except (AuthlibBaseError, httpx2.HTTPError, ValueError, OSError) as error:
            raise OidcError(f"the code was not taken: {type(error).__name__}") from None
        return token

    def _claims(
        self, token: Mapping[str, Any], there: _Described, pending: Pending, now: int
    ) -> Mapping[str, Any]:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            signed = jwt.decode(token["id_token"], there.keys, registry=registry)
        except InvalidKeyIdError:  # the provider has changed its keys since
            there = self._described(now, again=True)
            signed = jwt.decode(token["id_token"], there.keys, registry=registry)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
                "sub": {"essential": True},
                "nonce": {"essential": True, "value": pending.nonce},
            },
            {
                "nonce": pending.nonce,
                "client_id": self.settings.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=now // 1000, leeway=LEEWAY_S)
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise ValueError("sub is no text")
        return dict(claims)

    def _described(self, now: int, *, again: bool = False) -> _Described:
        """What the provider says of itself, read anew when it is old, or `again`.

        One thread reads; all others, and everybody after a failure, go on with what was read
        before. Raises OidcError where there is nothing.
        """
        known = self._known
        if known is not None and not again and _lately(known.at, now, FRESH_MS):
            return known
        if not _lately(self._failed_at, now, REST_MS):
            self._read(now)
        if self._known is None:
            raise OidcError(self._why)
        return self._known

    def _read(self, now: int) -> None:
        """Read the description, unless another thread is at it; a failure is remembered."""
        if not self._discovering.acquire(blocking=False):
            return
        try:
            self._known, self._failed_at = self._discover(now), None
        except OidcError as error:
            log.warning("description of the provider: %s", error)
            self._failed_at, self._why = now, str(error)
        finally:
            self._discovering.release()

    def _discover(self, now: int) -> _Described:
        issuer = self.settings.issuer
        try:
            with httpx2.Client(
                timeout=TIMEOUT_S, transport=GuardedTransport(self._networks)
            ) as client:
                description = _json(client.get(issuer.rstrip("/") + _DISCOVERY))
                if description.get("issuer") != issuer:
                    raise OidcError("the provider names itself otherwise than `issuer` does")
                authorization, token, jwks = (
                    str(description.get(name, ""))
                    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
                )
                if not all(is_safe(url) for url in (authorization, token, jwks)):
                    raise OidcError("the provider names addresses without https")
                parts = urlsplit(token)
                resolve(str(parts.hostname), parts.port or 443, self._networks)
                keys = KeySet.import_key_set(cast(Any, _json(client.get(jwks))))
        except ForbiddenAddressError as error:
            raise OidcError(f"the provider leads elsewhere: {error} of [oidc]") from None
        except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError, OSError) as error:
            raise OidcError(f"the provider does not answer: {type(error).__name__}") from None
        return _Described(authorization, token, keys, now)

    def _client(self, back: str) -> Any:
        return OAuth2Client(
            self.settings.client_id,
            self.settings.client_secret or None,
            scope="openid profile",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            transport=GuardedTransport(self._networks),
        )


def _lately(at: int | None, now: int, span: int) -> bool:
    return at is not None and 0 <= now - at < span


def _json(answer: httpx2.Response) -> dict[str, Any]:
    answer.raise_for_status()
    content = answer.json()
    if not isinstance(content, dict):
        raise ValueError("no JSON object")
    return content


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by name; dots lead into objects where no claim bears the whole name."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
