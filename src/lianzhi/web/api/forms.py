"""What the resources share: strict models, identifiers, times, and the node behind them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from lianzhi.store.views import CursorError
from lianzhi.web.core import ports
from lianzhi.web.core.problems import Problem

Node = ports.Node

#: 9999-12-31T23:59:59.999Z
LATEST_MS = 253_402_300_799_999

Id = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""An identifier as platforms use them: 1 to 200 characters, no control characters."""


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: 5.0 is an integer in JSON Schema, though not in Python.
Whole = BeforeValidator(_whole)

Millis = Annotated[int, Field(ge=0, le=LATEST_MS), Whole]
"""Unix milliseconds UTC."""


def optional(**more: Any) -> Any:
    """A field of a query that may be left out.

    Described as a plain value without a default: a query can't hold a null.
    """
    return Field(default_factory=lambda: None, json_schema_extra=_without_null, **more)


def _without_null(schema: dict[str, Any]) -> None:
    value, _ = schema.pop("anyOf")
    schema.update(value)


class Form(BaseModel):
    """Body of a request: no unknown fields, no conversions (`false` is not a number)."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class QueryParams(BaseModel):
    """Query parameters of a request; an unknown parameter is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Place = Annotated[str, Field(pattern=r"^-?[0-9]{1,18}~[^\x00-\x1f\x7f]{1,200}$")]
"""A place in a list, as `next` gives it."""


class Listed(QueryParams):
    """Query parameters of a list: where to start, and how many rows."""

    cursor: Place | None = optional(
        description="`next` of the page before; leave it out to start from the top.",
    )
    limit: int = Field(default=50, ge=1, le=200, description="Rows a page.")


class Reply(BaseModel):
    """Body of an answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


@contextmanager
def paged(cursor: str | None) -> Iterator[None]:
    """Turn a cursor that the list does not know into a 422 problem."""
    try:
        yield
    except CursorError:
        raise Problem(
            422,
            "this cursor is none of this list's",
            field="query.cursor",
            value=cursor,
            mend="leave it out to start from the top",
        ) from None
