"""/v1/open311: Open311 GeoReport v2 in front of the desk: wiki.open311.org/GeoReport_v2.

Reading is for anybody, and tells what a town publishes of every request: status, category, a place
rounded to about a hundred metres, times. Words are told only where a dispatcher wrote some for the
public. Reporting needs an API key, as `api_key` in the form or as a bearer token. Errors of the
specification have its form; what the application refuses for all (too much, too fast) has its own.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from lianzhi.dispatch.open311 import (
    discovery,
    markup,
    posting,
    problem,
    querying,
    responses,
    services,
)
from lianzhi.dispatch.open311.draft import Draft
from lianzhi.dispatch.open311.problem import Problem
from lianzhi.dispatch.requests.request import Request as Report
from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.papers import agency
from lianzhi.domains.enforcement.queries import request_views
from lianzhi.domains.enforcement.web.page import Desk
from lianzhi.kit.page import language_of

Form = Literal["json", "xml"]
#: Decimals of a degree that the public is told: about a hundred metres.
_DECIMALS = 3


def _error_response(description: str) -> dict[str, Any]:
    """A refusal in the form of the specification, for the API's description."""
    error = {
        "type": "object",
        "properties": {"code": {"type": "integer"}, "description": {"type": "string"}},
    }
    content = {
        "application/json": {"schema": {"type": "array", "items": error}},
        "text/xml": {"schema": {"type": "string"}},
    }
    return {"description": description, "content": content}


_ROWS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Rows as the specification has them",
        "content": {
            "application/json": {"schema": {"type": ["array", "object"]}},
            "text/xml": {"schema": {"type": "string"}},
        },
    },
    400: _error_response("An argument is wrong"),
    404: _error_response("There is no such thing"),
}
router = APIRouter(prefix="/v1/open311", tags=["open311"], responses=_ROWS)


@router.get("/discovery.{form}", summary="Where this is, in which forms, and how to get a key")
def get_discovery(request: Request, desk: Desk, form: Form) -> Response:
    """Of contact and keys what the operator has said in `agency.toml`, no more."""
    office, settings = desk.office, request.app.state.settings
    terms = agency.load(office.today(), office.home / "enforcement" / "agency.toml").open311
    url = f"{'https' if settings.https else 'http'}://{request.url.netloc}{router.prefix}"
    document = discovery.discovery(
        url,
        desk.requests.since,
        contact=terms.contact,
        key_service=terms.key_service,
        stage=terms.type,
    )
    return _rows("discovery", document, form)


@router.get("/services.{form}", summary="What can be reported")
def list_services(request: Request, desk: Desk, form: Form) -> Response:
    """The categories of the dispatch table in force today."""
    rows = services.services(desk.requests.policy, language_of(request))
    return _rows("services", rows, form)


@router.get("/services/{code}.{form}", summary="What else is asked of whoever reports")
def get_service(request: Request, desk: Desk, code: str, form: Form) -> Response:
    """The questions of one category."""
    definition = services.definition(desk.requests.policy, code, language_of(request))
    if isinstance(definition, Problem):
        return _problems((definition,), form)
    return _rows("service_definition", definition, form)


@router.get("/requests.{form}", summary="What was reported, and what became of it")
def list_service_requests(request: Request, desk: Desk, form: Form) -> Response:
    """By `service_request_id`, or by `service_code`, `start_date`, `end_date` and `status`.

    At most 90 days and 1,000 requests, the newest first.
    """
    wanted = querying.query(dict(request.query_params), desk.office.now())
    if isinstance(wanted, tuple) and not isinstance(wanted, querying.Query):
        return _problems(wanted, form)
    policy = desk.requests.policy
    with desk.office.reading() as connection:
        if wanted.ids:
            requests = request_views.by_ids(connection, wanted.ids)
        else:
            keys = [category.key for category in policy.categories if category.code in wanted.codes]
            one_sided = len(wanted.statuses) == 1
            requests = [] if wanted.codes and not keys else request_views.within(
                *(connection, wanted.since, wanted.until, keys),
                "open" in wanted.statuses if one_sided else None,
                querying.MOST,
            )  # fmt: skip
    chosen = querying.select(requests, wanted, policy)
    return _rows("service_requests", _public(request, desk, chosen), form)


@router.get("/requests/{identity}.{form}", summary="One request, and what became of it")
def get_service_request(request: Request, desk: Desk, identity: str, form: Form) -> Response:
    """As in the list."""
    with desk.office.reading() as connection:
        requests = request_views.by_ids(connection, [identity])
    if not requests:
        message = f"service_request_id {identity[:100]!r} was not found"
        return _problems((Problem(404, message),), form)
    return _rows("service_requests", _public(request, desk, requests), form)


@router.get("/tokens/{token}.{form}", summary="The id that a token stands for")
def get_token(desk: Desk, token: str, form: Form) -> Response:
    """Ids are given at once here, so that each is its own token."""
    with desk.office.reading() as connection:
        requests = request_views.by_ids(connection, [token])
    if not requests:
        return _problems((Problem(404, f"token {token[:100]!r} was not found"),), form)
    return _rows("service_requests", responses.redeemed(token, token), form)


_FIELDS = {
    name: {"type": "string"}
    for name in (
        *("api_key", "service_code", "lat", "long", "address_string", "address_id"),
        *("description", "media_url", "email", "phone", "first_name", "last_name"),
        *("device_id", "account_id"),
    )
}
_POST: dict[str, Any] = {
    "security": [{"ApiKey": []}],
    "requestBody": {
        "required": True,
        "description": "The arguments of the specification; `attribute[code]` for each question.",
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["service_code"],
                    "properties": _FIELDS,
                    "additionalProperties": {"type": "string"},
                }
            }
        },
    },
}


@router.post(
    "/requests.{form}",
    summary="Report something",
    responses={403: _error_response("The API key is missing or not good for it")},
    openapi_extra=_POST,
)
async def post_service_request(request: Request, desk: Desk, form: Form) -> Response:
    """It is taken in at once, routed, and answered with its id. Contact goes into the vault.

    A key in the header is looked at before the body, which costs more to read.
    """
    headed = "authorization" in request.headers
    if headed and not await _allowed(request):
        return _problems((problem.no_key(),), form)
    try:
        body = await request.body()
    except ClientDisconnect:
        return _problems((Problem(400, "the body broke off; send it again"),), form)
    kind = request.headers.get("content-type", "")
    pairs = await run_in_threadpool(posting.fields, body, kind)
    if isinstance(pairs, Problem):
        return _problems((pairs,), form)
    if not headed and not await _allowed(request, dict(pairs).get("api_key", "")):
        return _problems((problem.no_key(),), form)
    draft = posting.draft([pair for pair in pairs if pair[0] != "api_key"], desk.requests.policy)
    if not isinstance(draft, Draft):
        return _problems(draft, form)
    identity = await run_in_threadpool(take, desk, draft, "open311")
    return _rows("service_requests", responses.created(identity), form)


async def _allowed(request: Request, key: str = "") -> bool:
    """Whether a key for reporting came along, in the form or as a bearer token."""
    keyed = request
    if key:
        bearer = (b"authorization", f"Bearer {key}".encode())
        keyed = Request({**request.scope, "headers": [*request.scope["headers"], bearer]})
    try:
        await request.app.state.allow_key(keyed, "report")
    except Exception as error:
        # The application's own refusal, which a domain does not know by name.
        if getattr(error, "status", None) in (401, 403):
            return False
        raise
    return True


def take(desk: Office, draft: Draft, by: str) -> str:
    """Take a draft in at the desk; returns the id of the request.

    The reporter is known by the first contact that is given; all of it lies in the vault.
    """
    contact = msgspec.structs.asdict(draft.contact)
    reach = ("phone", "email", "account_id", "device_id")
    account = next((contact[name] for name in reach if contact[name]), "")
    also = {
        "contact": "\n".join(f"{name}: {value}" for name, value in contact.items() if value),
        "answers": "\n".join(f"{name}: {', '.join(v)}" for name, v in draft.attributes.items()),
        "media": draft.media_url,
        "from": draft.their_id,
    }
    category = desk.requests.policy.category(draft.category or draft.service_code)
    title = "" if category is None else category.words.zh
    return desk.requests.receive(
        *("app", draft.category or draft.service_code, draft.description or title or "-", by),
        lon=draft.lon,
        lat=draft.lat,
        place=" ".join(filter(None, (draft.address, draft.address_id))),
        reporter=account,
        also=also,
    )


def _public(request: Request, desk: Office, reports: Sequence[Report]) -> list[dict[str, Any]]:
    """What anybody may read of these requests."""
    texts = request_views.published(desk.office.ledger, reports)
    language, policy = language_of(request), desk.requests.policy
    return [
        responses.service_request(
            _coarse(each),
            policy,
            language=language,
            description=texts.get(each.id, ""),
            due=_due(desk, each),
        )
        for each in reports
    ]


def _coarse(given: Report) -> Report:
    """Without what would tell a door."""
    if given.lon is None or given.lat is None:
        return given
    lon, lat = round(given.lon, _DECIMALS), round(given.lat, _DECIMALS)
    return msgspec.structs.replace(given, lon=lon, lat=lat)


def _due(desk: Office, given: Report) -> int | None:
    """By when it should be dealt with, while it is open."""
    if not given.is_open:
        return None
    clocks = [clock for clock in desk.requests.clocks(given) if clock.kind == "dispose"]
    return clocks[0].due if clocks else None


def _rows(kind: markup.Kind, rows: Any, form: Form) -> Response:
    headers = {"Vary": "Accept-Language"}
    body = markup.write(kind, rows, form)
    return Response(body, media_type=markup.CONTENT_TYPES[form], headers=headers)


def _problems(problems: Iterable[Problem], form: Form) -> Response:
    """Errors; the status is that of the first."""
    known = tuple(problems)
    body = markup.write("errors", problem.rows(known), form)
    return Response(body, known[0].code, media_type=markup.CONTENT_TYPES[form])
