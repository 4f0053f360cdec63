"""Reads another city's GeoReport documents, and divides time into the periods to ask for."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lianzhi.dispatch.open311 import datetimes, markup
from lianzhi.dispatch.open311.draft import Draft
from lianzhi.dispatch.open311.querying import SPAN

_LONGEST = 4000


class Refused(NamedTuple):
    """An entry that was refused."""

    place: int
    """Number of the entry in the document, from 1."""
    id: str
    message: str


class Service(NamedTuple):
    """A service of another city, to be mapped to a category of ours."""

    code: str
    name: str
    group: str
    has_definition: bool
    """Whether it has a definition with attributes."""


def requests(
    data: bytes, form: markup.Format, categories: Mapping[str, str]
) -> tuple[tuple[Draft, ...], tuple[Refused, ...]]:
    """Drafts of a list of service requests, and the refused entries.

    `categories`: their service code -> our category; a person sorts what is not in it. Raises
    markup.MarkupError where the document cannot be read as a whole.
    """
    drafts: dict[str, Draft] = {}
    refused: list[Refused] = []
    for place, row in enumerate(markup.read(data, form), 1):
        try:
            draft = _draft(row, categories)
            if draft.their_id in drafts:
                raise ValueError("service_request_id stands twice; the first counts")
            drafts[draft.their_id] = draft
        except ValueError as error:
            refused.append(Refused(place, str(row.get("service_request_id"))[:100], str(error)))
    return tuple(drafts.values()), tuple(refused)


def _draft(row: Mapping[str, Any], categories: Mapping[str, str]) -> Draft:
    code, their_id = _text(row, "service_code"), _text(row, "service_request_id")
    if not their_id:
        raise ValueError("service_request_id is missing" + (
            "; it has a token so far" if _text(row, "token") else ""))  # fmt: skip
    state = _text(row, "status").lower()
    if state not in ("open", "closed"):
        raise ValueError(f"status is {state!r}; it is open or closed")
    at = _at(row)
    address, address_id = _text(row, "address"), _text(row, "address_id")
    if at is None and not address and not address_id:
        raise ValueError("it has no place: neither lat and long nor address")
    return Draft(
        category=categories.get(code, ""),
        service_code=code,
        lon=None if at is None else at[0],
        lat=None if at is None else at[1],
        address=address,
        address_id=address_id,
        description=_text(row, "description")[:_LONGEST],
        media_url=_text(row, "media_url"),
        their_id=their_id,
        requested_at=datetimes.read(_text(row, "requested_datetime")),
        open=state == "open",
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is no plain value")
    return markup.clean(value or "").strip()


def _at(row: Mapping[str, Any]) -> tuple[float, float] | None:
    given = _text(row, "long"), _text(row, "lat")
    if given == ("", ""):
        return None
    try:
        lon, lat = map(float, given)
    except ValueError:
        lon = lat = math.nan
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError(f"long, lat is {given[0][:40]!r}, {given[1][:40]!r}; both in degrees")
    # many systems write 0, 0 for an unknown position
    return None if (lon, lat) == (0, 0) else (lon, lat)


def services(data: bytes, form: markup.Format) -> tuple[Service, ...]:
    """The services of another city. Raises markup.MarkupError."""
    return tuple(
        Service(
            _text(row, "service_code"),
            _text(row, "service_name"),
            _text(row, "group"),
            _text(row, "metadata").lower() == "true",
        )
        for row in markup.read(data, form)
        if _text(row, "service_code")
    )


def windows(since: int, until: int) -> Iterator[tuple[int, int]]:
    """Periods (ms) of 90 days at most, the oldest first, without overlap."""
    while since <= until:
        end = min(since + SPAN - 1000, until)
        yield since, end
        since = end + 1000  # times of the format have whole seconds
