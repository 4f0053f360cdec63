"""Our requests as documents of the specification."""

from typing import Any

from lianzhi.dispatch.moments import said
from lianzhi.dispatch.open311.markup import clean
from lianzhi.dispatch.open311.querying import status
from lianzhi.dispatch.phrases import words
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
    """One request as a row. What citizens wrote lies beside the record; the caller brings it.

    `due`: when it should be dealt with (ms), as `sla.clocks` tells.
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
        "requested_datetime": said(request.received_at),
        "updated_datetime": said(request.updated_at if ended is None else ended),
        "expected_datetime": None if due is None else said(due),
        "address": address or None,
        "address_id": address_id or None,
        "zipcode": None,
        "lat": request.lat,
        "long": request.lon,
        "media_url": media_url or None,
    }


def _notes(request: Request, language: str) -> str:
    """How it stands. Whom else to turn to was written for one citizen, and may name somebody."""
    parts = [words(f"status.{request.status}")]
    if request.outcome:
        parts.append(words(f"outcome.{request.outcome}"))
    if request.merged_into:
        parts.append(words("status_note.merged_into", id=request.merged_into))
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
