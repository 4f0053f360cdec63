"""Error pages: the words for a status, and links to where the reader can go on.

Works without session and database: the layers around the application refuse before there is one,
and a crash may be the database's.
"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request

from lianzhi.kit.addresses import address, local

#: Statuses with words of their own, `error.<status>.title` and `.mend`; others share those of 0.
STATUSES = (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 503)
#: Statuses after which the same request is worth repeating.
AGAIN = (0, 408, 429, 500, 503)
_SAFE = ("GET", "HEAD")


def trouble(request: Request, status: int, here: str) -> dict[str, Any]:
    """`code`: the status whose words fit; `ways`: (word, address) pairs, the best one first."""
    code = 404 if status == 405 else status
    if code == 403 and "user" not in request.scope.get("session", {}):
        code = 401  # the session ended while the form stood open
    code = code if code in STATUSES else 0
    changing = request.method not in _SAFE
    back = _back(request) if changing else local(here)
    ways: list[tuple[str, str]] = []
    if code == 401:
        ways.append(("login", address("/login", next=back)))
    elif changing:
        ways.append(("back", back))
    elif code in AGAIN:
        ways.append(("again", back))
    if code not in (400, 401) and all(url != "/" for _, url in ways):
        ways.append(("home", "/"))  # at a wrong address, or signed out, there is no overview
    return {"code": code, "ways": ways}


def _back(request: Request) -> str:
    """The page that sent the form, without what it said was done; else the start page."""
    try:
        page = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    if page.netloc != request.headers.get("host"):
        return "/"
    query = {key: value for key, value in parse_qsl(page.query) if key != "done"}
    return local(address(page.path, **query))
