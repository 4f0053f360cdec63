"""Requests and receipts as rows of GeoReport documents."""

from typing import Any

from lianzhi.dispatch.moments import isoformat
from lianzhi.dispatch.open311.markup import clean
from lianzhi.dispatch.open311.querying import status
from lianzhi.dispatch.phrases import phrase
from lianzhi.dispatch.policy import DispatchPolicy
from lianzhi.dispatch.requests.request import Request

_LONGEST = 4000


def service_request(
    request: Request,
    policy: DispatchPolicy,
    *,
    language: str = "zh",
    description: str = "",
    address: str = "",
    address_id: str = "",
    media_url: str = "",
    due: int | None = None,
    notice: str = "",
) -> dict[str, Any]:
    """A request as a row. The caller brings the texts, which are kept beside the record.

    `due`: when it should be disposed of (ms), from `clocks`.
    """
    category = policy.category(request.category)
    ended = request.disposed_at if status(request) == "closed" else None
    return {
        "service_request_id": request.id,
        "status": status(request),
        "status_notes": _notes(request, language),
        "service_name": category.words.say(language) if category else request.category,
        "service_code": category.code if category else request.category,
        "description": clean(description)[:_LONGEST] or None,
        "agency_responsible": policy.departments[category.department].say(language)
        if category
        else policy.desk.say(language),
        "service_notice": notice or None,
        "requested_datetime": isoformat(request.received_at),
        "updated_datetime": isoformat(request.updated_at if ended is None else ended),
        "expected_datetime": None if due is None else isoformat(due),
        "address": address or None,
        "address_id": address_id or None,
        "zipcode": None,
        "lat": request.lat,
        "long": request.lon,
        "media_url": media_url or None,
    }


def _notes(request: Request, language: str) -> str:
    """Status and outcome. `turn_to` is left out: it is for one citizen and may name somebody."""
    parts = [phrase(f"status.{request.status}")]
    if request.outcome:
        parts.append(phrase(f"outcome.{request.outcome}"))
    if request.merged_into:
        parts.append(phrase("status_note.merged_into", id=request.merged_into))
    return ("；" if language == "zh" else "; ").join(part.say(language) for part in parts)


def created(request: str, notice: str = "") -> list[dict[str, Any]]:
    """The answer to a POST whose id is known at once."""
    return [{"service_request_id": request, "service_notice": notice or None, "account_id": None}]


def promised(token: str, notice: str = "") -> list[dict[str, Any]]:
    """The answer to a POST whose id comes later, by its token."""
    return [{"token": token, "service_notice": notice or None, "account_id": None}]


def redeemed(token: str, request: str) -> list[dict[str, Any]]:
    """The answer to GET tokens/TOKEN."""
    return [{"service_request_id": request, "token": token}]
