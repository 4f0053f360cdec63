"""Problems: every refusal in one form, `application/problem+json` (RFC 9457).

Besides `type`, `title`, `status` and `detail` a problem names the `field`, the `value` (cut) and
the `mend`; a validation problem lists all of them under `errors`. Browsers outside /v1 get the
console's "error.html" instead. Nothing of a stack trace leaves the process.
"""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope

from lianzhi.chain.case import IllegalStepError
from lianzhi.jobs.judge import DetectionStoppedError

logger = logging.getLogger("lianzhi.web")

MEDIA_TYPE = "application/problem+json"
_SHOWN = 120
_ERRORS_SHOWN = 20


class FieldProblem(BaseModel):
    """One field that was refused."""

    field: str = Field(examples=["body.channel"])
    value: str = Field(examples=["phone"], description="What was sent, cut to 120 characters.")
    mend: str = Field(examples=["Input should be 'private_message', 'comment' or 'repost'"])


class ProblemBody(BaseModel):
    """RFC 9457 problem details, as documented in the OpenAPI description."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["1 field was refused"])
    mend: str | None = None
    errors: list[FieldProblem] | None = None


class Problem(Exception):  # noqa: N818 - the RFC's word
    """A refusal that is told to the caller."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        mend: str = "",
        field: str = "",
        value: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.mend = status, detail, mend
        self.errors: list[dict[str, str]] = []
        if field:
            self.errors.append({"field": field, "value": shown(value), "mend": mend})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The members of the problem document; absent ones are left out."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.mend:
            body["mend"] = self.mend
        if self.errors:
            body["errors"] = self.errors
        return body


class SignInNeededError(Exception):
    """A console page that needs a user, asked for by nobody."""


def shown(value: object) -> str:
    """A value as it is shown back: cut, and free of what can't be printed or encoded."""
    text = value if isinstance(value, str) else repr(value)
    text = text[: _SHOWN + 1]
    clean = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return clean if len(clean) <= _SHOWN else clean[: _SHOWN - 1] + "…"


def respond(problem: Problem) -> Response:
    """The problem as a response."""
    content = json.dumps(problem.body(), ensure_ascii=False).encode()
    return Response(content, problem.status, problem.headers, MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses` for these statuses, for use on a route or router."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }


def _describe(app: FastAPI) -> None:
    """Put the problem's schema into the OpenAPI description, where `documented` points."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            form = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas = plain()["components"]["schemas"]
            schemas |= form.pop("$defs") | {"Problem": form}
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem, and describe it in OpenAPI."""
    _describe(app)

    @app.exception_handler(Problem)
    def _problem(request: Request, error: Problem) -> Response:
        return _answer(request, error)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        detail, mend = _HTTP.get(error.status_code, (str(error.detail), ""))
        return _answer(
            request, Problem(error.status_code, detail, mend=mend, headers=error.headers)
        )

    @app.exception_handler(IllegalStepError)
    def _illegal(request: Request, error: IllegalStepError) -> Response:
        return _answer(request, Problem(409, str(error), mend="look at the case as it is now"))

    @app.exception_handler(DetectionStoppedError)
    def _stopped(request: Request, error: DetectionStoppedError) -> Response:
        mend = "what was accepted is safe; the operator has to look at the log and start again"
        return _answer(request, Problem(503, "detection has stopped", mend=mend))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        return _answer(request, _validation(error))

    @app.exception_handler(SignInNeededError)
    def _sign_in(request: Request, error: SignInNeededError) -> Response:
        return _to_login(request)


_HTTP = {
    404: ("nothing is found at this address", "see /openapi.json for the addresses there are"),
    405: ("this address does not take that method", "use a method named in the Allow header"),
    413: ("the body is larger than this address takes", "send it in smaller parts"),
}


def _validation(error: RequestValidationError) -> Problem:
    found = error.errors()
    count = "1 field was refused" if len(found) == 1 else f"{len(found)} fields were refused"
    problem = Problem(422, count)
    problem.errors = [
        {
            "field": shown(".".join(str(part) for part in item["loc"])),
            "value": shown(item.get("input")) if item["type"] != "missing" else "",
            "mend": shown(item["msg"]),
        }
        for item in found[:_ERRORS_SHOWN]
    ]
    return problem


def _answer(request: Request, problem: Problem) -> Response:
    render = getattr(request.app.state, "render", None)
    if render is None or not _for_browser(request):
        return respond(problem)
    context = {"problem": problem.body()}
    page: Response = render(request, "error.html", context, problem.status)
    page.headers.update(problem.headers)
    return page


def crashed(scope: Scope, problem: Problem) -> Response:
    """The answer after a crash: the error page if that still works, else plain."""
    try:
        return _answer(Request(scope), problem)
    except Exception:
        logger.exception("the error page failed, too")
        return respond(problem)


def _for_browser(request: Request) -> bool:
    if request.url.path.startswith("/v1/"):
        return False
    return "text/html" in request.headers.get("accept", "")


def _to_login(request: Request) -> Response:
    if request.headers.get("hx-request") == "true":
        problem = Problem(401, "you are signed out", mend="sign in again")
        problem.headers["HX-Redirect"] = "/login"
        return respond(problem)
    where = request.url.path if request.method in {"GET", "HEAD"} else "/"
    if request.url.query and where != "/":
        where += "?" + request.url.query
    url = request.url_for("login_page").include_query_params(next=where)
    return RedirectResponse(f"{url.path}?{url.query}", 303)
