"""What is answered while a node opens: that the process is alive, and nothing else yet."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lianzhi.web.core.problems import Problem

RETRY_S = 5
_ALIVE = "/healthz"


class Starting:
    """An ASGI application that stands in for `app` until there is one."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the application, or refuse with 503 until there is one."""
        if self.app is not None:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await _answer(scope["path"])(scope, receive, send)


def _answer(path: str) -> JSONResponse:
    if path == _ALIVE:
        return JSONResponse({"status": "ok"})
    problem = Problem(503, "the deployment is starting", mend=f"try again in {RETRY_S} seconds")
    return JSONResponse(
        problem.body(),
        problem.status,
        headers={"Retry-After": str(RETRY_S), "Cache-Control": "no-store"},
        media_type="application/problem+json",
    )
