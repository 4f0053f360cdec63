"""POST Service Request: a form (or JSON, or XML) becomes a draft, or a list of errors."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from lianzhi.dispatch.open311 import datetimes, markup
from lianzhi.dispatch.open311.draft import Contact, Draft
from lianzhi.dispatch.open311.problem import Problem, jurisdiction
from lianzhi.dispatch.policy import Attribute, Category, DispatchPolicy

MOST_BYTES = 256 << 10
_MOST_FIELDS = 200
#: Longest value of each field, in characters; 4,000 is the specification's.
_LONGEST = {"description": 4000, "address_string": 500, "media_url": 2000}
_SHORT = 200
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,40})\](\[\d*\])?")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_LINES = re.compile(r"[\r\n]")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
Pairs = list[tuple[str, str]]


def fields(data: bytes, content_type: str) -> Pairs | Problem:
    """Names and values of a body, in order; `attribute[code]` may occur several times."""
    if len(data) > MOST_BYTES:
        return Problem(400, f"the body has {len(data):,} bytes; give {MOST_BYTES:,} at most")
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind in ("application/json", "text/json"):
            return list(_flat(markup.read(data, "json")))
        if kind in ("text/xml", "application/xml"):
            return list(_flat(markup.read(data, "xml")))
        if kind == "application/x-www-form-urlencoded":
            return parse_qsl(
                data.decode("utf-8"), keep_blank_values=True, errors="strict",
                max_num_fields=_MOST_FIELDS,
            )  # fmt: skip
    except ValueError as error:  # includes UnicodeDecodeError and MarkupError
        return Problem(400, f"the body cannot be read: {error}")
    return Problem(400, f"Content-Type is {kind[:60]!r}; send application/x-www-form-urlencoded")


def _flat(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} requests; send one at a time")
    for name, value in rows[0].items():
        if name == "attribute" and isinstance(value, dict):
            for code, given in value.items():
                for each in given if isinstance(given, list) else [given]:
                    yield f"attribute[{code}]", _scalar(code, each)
        elif value is not None:
            yield name, _scalar(name, value)


def _scalar(name: str, value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise ValueError(f"{name[:60]!r} is no plain value")


def draft(
    pairs: Pairs, policy: DispatchPolicy, jurisdictions: Collection[str] = ()
) -> Draft | tuple[Problem, ...]:
    """The draft that fields describe, or all their problems."""
    once: dict[str, str] = {}
    answers: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for name, value in pairs:
        given = markup.clean(value).strip()
        if not given:
            continue  # an empty parameter counts as missing
        if match := _ATTRIBUTE.fullmatch(name):
            answers.setdefault(match[1], []).append(given)
        elif name in once:
            problems.append(Problem(400, f"{name[:60]} was provided twice; give it once"))
        else:
            once[name] = given
    if wrong := jurisdiction(once, jurisdictions):
        problems.append(wrong)
    category = _category(once, policy, problems)
    at = _place(once, problems)
    _lengths(once, problems)
    if category is not None:
        problems += _answers(category, answers)
    if problems or category is None:
        return tuple(sorted(problems, key=lambda problem: problem.code != 404))
    return Draft(
        category=category.key,
        service_code=category.code,
        lon=None if at is None else at[0],
        lat=None if at is None else at[1],
        address=once.get("address_string", ""),
        address_id=once.get("address_id", ""),
        description=once.get("description", ""),
        media_url=once.get("media_url", ""),
        attributes={code: tuple(given) for code, given in answers.items()},
        contact=Contact(**{name: once.get(name, "") for name in Contact.__struct_fields__}),
    )


def _category(
    once: Mapping[str, str], policy: DispatchPolicy, problems: list[Problem]
) -> Category | None:
    code = once.get("service_code")
    if code is None:
        problems.append(Problem(400, "service_code was not provided; GET services lists them"))
        return None
    category = next((category for category in policy.categories if category.code == code), None)
    if category is None:
        message = f"service_code {code[:100]!r} was not found; GET services lists them"
        problems.append(Problem(404, message))
    return category


def _place(once: Mapping[str, str], problems: list[Problem]) -> tuple[float, float] | None:
    """Longitude and latitude, if given; adds a problem where no place is given in any form."""
    given = [once.get(name) for name in ("long", "lat")]
    if given == [None, None]:
        if not (once.get("address_string") or once.get("address_id")):
            message = "a location was not provided; give lat and long, address_string or address_id"
            problems.append(Problem(400, message))
        return None
    if None in given:
        problems.append(Problem(400, "lat and long go together; give both"))
        return None
    numbers = []
    for name, text, most in zip(("long", "lat"), given, (180, 90), strict=True):
        try:
            number = float(text or "")
        except ValueError:
            number = math.nan
        if not abs(number) <= most:
            message = f"{name} is {str(text)[:60]!r}; give degrees from -{most} to {most} (WGS 84)"
            problems.append(Problem(400, message))
        numbers.append(number)
    return numbers[0], numbers[1]


def _lengths(once: Mapping[str, str], problems: list[Problem]) -> None:
    for name, value in once.items():
        most = _LONGEST.get(name, _SHORT)
        if len(value) > most:
            message = f"{name[:60]} has {len(value):,} characters; give {most:,} at most"
            problems.append(Problem(400, message))
    if "media_url" in once and not _URL.fullmatch(once["media_url"]):
        problems.append(Problem(400, "media_url is no http or https address"))


def _answers(category: Category, answers: Mapping[str, list[str]]) -> Iterator[Problem]:
    known = {attribute.code: attribute for attribute in category.attributes}
    for code in answers.keys() - known.keys():
        yield Problem(400, f"attribute[{code}] is not asked under {category.code}; leave it out")
    for code, attribute in known.items():
        values = answers.get(code, [])
        if attribute.required and not values:
            yield Problem(400, f"attribute[{code}] was not provided: {attribute.words.en}")
        if len(values) > 1 and attribute.datatype != "multivaluelist":
            yield Problem(400, f"attribute[{code}] takes one value")
        for value in values:
            if mend := _mend_of(attribute, value):
                yield Problem(400, f"attribute[{code}] is {value[:60]!r}; {mend}")


def _mend_of(attribute: Attribute, value: str) -> str | None:
    """How to mend an answer; None where it is valid."""
    if len(value) > _LONGEST["description"]:
        return f"give {_LONGEST['description']:,} characters at most"
    if attribute.values and value not in attribute.values:
        return f"choose of {', '.join(attribute.values)}"
    if attribute.datatype == "number" and not _NUMBER.fullmatch(value):
        return "give a number"
    if attribute.datatype == "string" and _LINES.search(value):
        return "give one line"
    if attribute.datatype == "datetime":
        try:
            datetimes.read(value)
        except ValueError:
            return "write like 2026-01-31T08:30:00+08:00"
    return None


def form(draft: Draft, jurisdiction_id: str = "", api_key: str = "") -> Pairs:
    """A draft as the fields of a POST to another city; `draft` reads them back."""
    plain: Iterable[tuple[str, object]] = (
        ("api_key", api_key),
        ("jurisdiction_id", jurisdiction_id),
        ("service_code", draft.service_code),
        ("lat", "" if draft.lat is None else draft.lat),
        ("long", "" if draft.lon is None else draft.lon),
        ("address_string", draft.address),
        ("address_id", draft.address_id),
        *((name, getattr(draft.contact, name)) for name in Contact.__struct_fields__),
        ("description", draft.description),
        ("media_url", draft.media_url),
    )
    pairs = [(name, str(value)) for name, value in plain if value != ""]
    for code, given in draft.attributes.items():
        name = f"attribute[{code}]" + ("[]" if len(given) > 1 else "")
        pairs += [(name, value) for value in given]
    return pairs
