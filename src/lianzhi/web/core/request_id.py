"""The id of the request that is being answered: in its answer, its log lines and its error page."""

import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.types import Scope

#: Set for the time of a request, in the threads that work on it too; empty outside of requests.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
#: Key of a scope's state: whether the connection comes from a trusted proxy.
FROM_PROXY = "from_proxy"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def id_of(scope: Scope) -> str:
    """`X-Request-ID` where a trusted proxy sends a plain one, else a new id.

    Anybody else could give many requests one id, or repeat that of another.
    """
    given = Headers(scope=scope).getlist("x-request-id")
    trusted = scope.get("state", {}).get(FROM_PROXY, False)
    if trusted and len(given) == 1 and _PLAIN.fullmatch(given[0]):
        return given[0]
    return secrets.token_hex(8)
