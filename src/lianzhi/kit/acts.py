"""Acts on pages: their routes, what their forms sent, and which are offered to whom."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from lianzhi.kit.form_values import day, integer, prefixed, text, texts
from lianzhi.kit.page import Given, desk_of, done, missing, or_missing, user_with
from lianzhi.law.calendar import UnknownYearError
from lianzhi.office.acts import Act, ActTable, Field, Opening, Upload
from lianzhi.office.files import MOST_BYTES
from lianzhi.office.refusal import Refusal

LINE = 500
"""Most characters of a line."""
MOST = 100
"""Most values of a field that takes several."""


def field_values(act: Act | Opening, form: FormData) -> dict[str, Any]:
    """What a form sent for the fields of an act. Raises Refusal naming the field, HTTPException 422
    for what is too long."""
    return {field.name: _value(field, form) for field in act.fields}


def _value(field: Field, form: FormData) -> Any:
    match field.kind:
        case "words":
            return text(form, field.name, field.max_length)
        case "named":
            return prefixed(form, f"{field.name}.", LINE, MOST)
        case "file":
            return _upload(field, form)
    if not field.several:
        return _read(field, text(form, field.name, LINE))
    values = texts(form, field.name, MOST, LINE)
    if field.required and not values:
        raise _missing(field)
    return tuple(_read(field._replace(required=False), value) for value in values)


def _read(field: Field, given: str) -> Any:
    if field.kind == "flag":
        return given == "true"
    if field.kind == "number":
        return integer(given if field.required else given or "0", field.name)
    if not given and field.required:
        raise _missing(field)
    if field.kind in ("day", "until"):
        return day(given, field.name)
    if given and field.choices and given not in field.choices:
        message = f"{field.name} is {given[:80]!r}; choose one of {', '.join(field.choices)}"
        choices = ", ".join(field.choices)
        raise Refusal("choice", message, field=field.name, value=given[:80], choices=choices)
    return given


def _upload(field: Field, form: FormData) -> Upload | None:
    sent = form.get(field.name)
    if isinstance(sent, UploadFile) and sent.filename:
        return Upload(sent.filename, sent.file.read(MOST_BYTES + 1))
    if field.required:
        raise _missing(field)
    return None


def _missing(field: Field) -> Refusal:
    return Refusal("missing", f"{field.name} is empty; fill it in", field=field.name)


def act_router(domain: str, table: ActTable) -> APIRouter:
    """Routes `POST <path>/{identity}/{act}`, `POST <path>` for the act that begins a noun, and
    `POST <path>/{act}` for other ones that do; each leads back to the noun's page.

    404 where there is no such noun or act, 403 for who may not take it.
    """
    router = APIRouter(prefix=table.path)
    desk_type = Annotated[Any, desk_of(domain)]
    base = f"/{domain}{table.page or table.path}"

    def back(identity: str, key: str) -> Response:
        return done(base if table.page else f"{base}/{identity}", key)

    def opener(opening: Opening) -> Callable[..., Response]:
        user_type = Annotated[Any, user_with(*opening.needs)]

        def begin(desk: desk_type, user: user_type, form: Given) -> Response:
            with or_missing(), _forbidding():
                identity = opening.take(desk, user.name, **_given(opening, form, user))
            return back(identity, opening.key)

        return begin

    for opening in table.openings:
        path = "" if opening is table.opening else f"/{opening.key}"
        router.add_api_route(path, opener(opening), methods=["POST"])

    if needs := sorted({permission for act in table.acts for permission in act.needs}):
        user_type = Annotated[Any, user_with(*needs)]

        @router.post("/{identity}/{key}")
        def take(
            desk: desk_type, user: user_type, identity: str, key: str, form: Given
        ) -> Response:
            act = table.get(key)
            if act is None:
                raise missing()
            if not any(map(user.may, act.needs)):
                raise HTTPException(403)
            with or_missing(), _forbidding():
                act.take(desk, identity, user.name, **_given(act, form, user))
            return back(identity, key)

    return router


def _given(act: Act | Opening, form: FormData, user: Any) -> dict[str, Any]:
    """What an act gets besides the noun and the user's name."""
    fields = field_values(act, form)
    return fields | {"powers": tuple(filter(user.may, act.powers))} if act.powers else fields


@contextmanager
def _forbidding() -> Iterator[None]:
    """403 where a user lacks the power to go so far."""
    try:
        yield
    except PermissionError:
        raise HTTPException(403) from None


class Offer(NamedTuple):
    """An act: open to the reader, or refused with reasons."""

    act: Act
    refusals: tuple[Any, ...] = ()
    unknown_year: int | None = None
    """No calendar tells what this act has to keep to."""

    @property
    def key(self) -> str:
        """The act's key."""
        return self.act.key


def offers(
    acts: Iterable[Act],
    noun: Any,
    user: Any,
    today: dt.date,
    refusals: Callable[[str], Iterable[Any]],
) -> list[Offer]:
    """Those of some acts on a noun that have something to act on and that the reader may take.

    `refusals` gives the rules by which a step would be refused now, as the noun's page shows them.
    """
    offered = []
    for act in acts:
        if any(map(user.may, act.needs)) and act.applies(noun, today):
            try:
                offered.append(Offer(act, tuple(refusals(act.steps[0]))))
            except UnknownYearError as error:
                offered.append(Offer(act, unknown_year=error.year))
    return offered
