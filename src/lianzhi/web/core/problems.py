"""Problems: every refusal in one form, `application/problem+json` (RFC 9457).

Besides `type`, `title`, `status` and `detail` a problem names the `field`, the `value` (cut) and
the `mend`; a validation problem lists all of them under `errors`, an illegal step has its `rule`.
Outside /v1 a browser gets the console's "error.html" instead, and HTMX "_error.html", a notice for
the page that is open; on public pages it stays in their frame. Nothing of a stack trace leaves the
process.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from lianzhi.chain.folders import without_folders
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.domain import Domain
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.office import refusal as office
from lianzhi.store.db import outage
from lianzhi.store.owner import OwnerLostError
from lianzhi.store.views import CursorError
from lianzhi.web.core.tokens import PUBLIC

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
    rule: str | None = Field(
        default=None, examples=["own_act"], description="The guard that refuses an illegal step."
    )
    said: list[str] | None = Field(
        default=None, description="Reasons of a refused step, in the reader's language."
    )
    errors: list[FieldProblem] | None = None


class Problem(Exception):  # noqa: N818 - the RFC's word
    """A refusal that reaches the caller as problem details."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        mend: str = "",
        rule: str = "",
        field: str = "",
        value: object = None,
        headers: Mapping[str, str] | None = None,
        said: Sequence[str] = (),
    ) -> None:
        """`said`: the reasons in the reader's own language, where `detail` is in it too.

        No folder of the server is named in any of them; `value` is what the caller sent.
        """
        super().__init__(detail)
        self.said = [without_folders(reason) for reason in said]
        self.status, self.rule = status, rule
        self.detail, self.mend = without_folders(detail), without_folders(mend)
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
        if self.rule:
            body["rule"] = self.rule
        if self.said:
            body["said"] = self.said
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


class Refusal(Response):
    """A problem that takes its form when it is sent, for only then is it known who reads it."""

    def __init__(self, problem: Problem) -> None:
        content = json.dumps(problem.body(), ensure_ascii=False).encode()
        super().__init__(content, problem.status, problem.headers, MEDIA_TYPE)
        self._problem = problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page or notice where a person reads it, the document to everybody else."""
        shown = _for_people(scope, self._problem) or super().__call__
        await shown(scope, receive, send)


def respond(problem: Problem) -> Response:
    """The problem as a response."""
    return Refusal(problem)


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


def install(app: FastAPI, catalogue: Callable[[str], Callable[[str], str]]) -> None:
    """Answer every error of the application with a problem, and describe it in OpenAPI.

    `catalogue(language)` has the words of a rule's key.
    """
    _describe(app)
    english = catalogue("en")

    @app.exception_handler(Problem)
    def _problem(request: Request, error: Problem) -> Response:
        return respond(error)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        detail, mend = str(error.detail), ""
        if detail == HTTPStatus(error.status_code).phrase:
            detail, mend = _HTTP.get(error.status_code, (detail, ""))
        return respond(Problem(error.status_code, detail, mend=mend, headers=error.headers))

    @app.exception_handler(IllegalStepError)
    def _illegal(request: Request, error: IllegalStepError) -> Response:
        mend = english(f"rule.{error.rule}")
        return respond(Problem(409, str(error), mend=mend, rule=error.rule))

    @app.exception_handler(office.Refusal)
    def _refusal(request: Request, error: office.Refusal) -> Response:
        return respond(_problem_of(error, catalogue(app.state.language_of(request))))

    @app.exception_handler(CursorError)
    def _cursor(request: Request, error: CursorError) -> Response:
        return respond(Problem(422, str(error), mend="open the list from its first page"))

    @app.exception_handler(DetectionStoppedError)
    def _stopped(request: Request, error: DetectionStoppedError) -> Response:
        mend = "what was accepted is safe; the operator has to look at the log and start again"
        return respond(Problem(503, "detection has stopped", mend=mend))

    @app.exception_handler(OwnerLostError)
    def _ousted(request: Request, error: OwnerLostError) -> Response:
        mend = "the operator has to stop one of the two nodes and start again"
        return respond(Problem(503, "another node works on the database", mend=mend))

    @app.exception_handler(SQLAlchemyError)
    @app.exception_handler(OSError)
    def _outage(request: Request, error: Exception) -> Response:
        if isinstance(error, DataError):  # PostgreSQL takes no NUL
            mend = "leave out null characters, and numbers beyond 64 bits"
            return respond(Problem(422, "a value can't be stored", mend=mend))
        wrong = outage(error)
        if wrong is None:
            raise error
        logger.error("a request is refused: %s", wrong)
        mend = "try again in a while; look first whether it has been done"
        return respond(Problem(503, wrong, mend=mend, headers={"Retry-After": "5"}))

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        return respond(_validation(error))

    @app.exception_handler(SignInNeededError)
    def _sign_in(request: Request, error: SignInNeededError) -> Response:
        return _to_login(request)


def install_refusals(
    app: FastAPI,
    domains: Iterable[Domain],
    catalogue: Callable[[str], Callable[[str], str]] = lambda language: str,
) -> None:
    """Answer what these domains refuse with a problem, in the reader's language.

    Those that raise the same class of exception, or a base of it, are asked in turn; what none of
    them tells of the office's own refusals is said by the `catalogue`.
    """
    raised = [(domain, domain.refusals()) for domain in domains]
    for kind in {kind for _, kinds in raised for kind in kinds}:
        concerned = [domain for domain, kinds in raised if issubclass(kind, kinds)]
        app.add_exception_handler(kind, _refusal_handler(app, concerned, catalogue))


def _refusal_handler(
    app: FastAPI, domains: Sequence[Domain], catalogue: Callable[[str], Callable[[str], str]]
) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        state: Any = app.state
        language = state.language_of(request)
        for domain in domains:
            fields = domain.refused(error, language)
            if fields is not None:
                return respond(Problem(fields.pop("status"), fields.pop("detail"), **fields))
        if isinstance(error, office.Refusal):
            return respond(_problem_of(error, catalogue(language)))
        raise error

    return handle


def _problem_of(error: office.Refusal, gettext: Callable[[str], str]) -> Problem:
    """A refusal of the office or the kit in the reader's words, else its own message."""
    key = f"refused.{error.rule}"
    text = gettext(key)
    detail = str(error) if text == key else text % error.params if error.params else text
    mend = error.mend or gettext("refused.mend")
    return Problem(
        error.status, detail, mend=mend, rule=error.rule, field=error.field, value=error.value
    )


_HTTP = {
    404: ("nothing is found at this address", "see /openapi.json for the addresses there are"),
    405: ("this address does not take that method", "use a method named in the Allow header"),
    408: ("the body did not arrive in time", "send it faster, or in smaller parts"),
    413: ("the body is larger than this address takes", "send it in smaller parts"),
}


def _validation(error: RequestValidationError) -> Problem:
    errors = error.errors()
    count = "1 field was refused" if len(errors) == 1 else f"{len(errors)} fields were refused"
    problem = Problem(422, count)
    problem.errors = [
        {
            "field": shown(".".join(str(part) for part in item["loc"])),
            "value": shown(item.get("input")) if item["type"] != "missing" else "",
            "mend": shown(item["msg"]),
        }
        for item in errors[:_ERRORS_SHOWN]
    ]
    return problem


def _for_people(scope: Scope, problem: Problem) -> Response | None:
    """The problem as page or notice; None where a program asks, or where even that fails."""
    request = Request(scope)
    template = _template(request)
    state: Any = getattr(scope.get("app"), "state", None)
    render = getattr(state, "render", None)
    if render is None or not template:
        return None
    try:
        page: Response
        is_open = scope["path"].startswith(PUBLIC) or scope["path"] in state.open_forms
        if template == _PAGE and is_open:
            page = state.trouble(request, problem.body())
        else:
            page = render(request, template, {"problem": problem.body()}, problem.status)
    except Exception:
        logger.exception("the error page failed, too")
        return None
    page.headers.update(problem.headers)
    if template == _NOTICE:
        page.headers.update({"HX-Retarget": "#told", "HX-Reswap": "innerHTML"})
    return page


_PAGE, _NOTICE = "error.html", "_error.html"


def _template(request: Request) -> str:
    if request.scope["path"].startswith("/v1/"):
        return ""
    if request.headers.get("hx-request") == "true":
        return _NOTICE
    return _PAGE if "text/html" in request.headers.get("accept", "") else ""


def _to_login(request: Request) -> Response:
    """To the sign-in page; what would have changed something says first that it has not."""
    partial = request.headers.get("hx-request") == "true"
    if not partial and request.method in {"GET", "HEAD"}:
        return RedirectResponse(_login(request, request.url.path, request.url.query), 303)
    problem = Problem(401, "you are signed out", mend="sign in again")
    if partial:
        try:
            page = urlsplit(request.headers.get("hx-current-url", ""))
        except ValueError:
            page = urlsplit("/")
        problem.headers["HX-Redirect"] = _login(request, page.path, page.query)
    return respond(problem)


def _login(request: Request, path: str, query: str) -> str:
    """Address of the sign-in page, which leads on to this one."""
    following = f"{path}?{query}" if query else path or "/"
    url = request.url_for("login_page").include_query_params(next=following)
    return f"{url.path}?{url.query}"
