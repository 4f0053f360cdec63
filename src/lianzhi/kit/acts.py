"""Acts on pages: their routes, what their forms sent, and which are offered to whom."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from starlette.datastructures import FormData

from lianzhi.kit.form_values import day, integer, text
from lianzhi.kit.page import Given, desk_of, done, missing, or_missing, user_with
from lianzhi.law.calendar import UnknownYearError
from lianzhi.office.acts import Act, ActTable, Field, Opening
from lianzhi.office.refusal import Refusal

LINE = 500


def field_values(act: Act | Opening, form: FormData) -> dict[str, Any]:
    """What a form sent for the fields of an act. Raises Refusal naming the field, HTTPException 422
    for what is too long."""
    return {field.name: _value(field, form) for field in act.fields}


def _value(field: Field, form: FormData) -> Any:
    if field.kind == "words":
        return text(form, field.name, field.max_length)
    given = text(form, field.name, LINE)
    if field.kind == "flag":
        return given == "true"
    if field.kind == "number":
        return integer(given if field.required else given or "0", field.name)
    if not given and field.required:
        raise Refusal("missing", f"{field.name} is empty; fill it in", field=field.name)
    if field.kind in ("day", "until"):
        return day(given, field.name)
    if given and field.choices and given not in field.choices:
        message = f"{field.name} is {given[:80]!r}; choose one of {', '.join(field.choices)}"
        choices = ", ".join(field.choices)
        raise Refusal("choice", message, field=field.name, value=given[:80], choices=choices)
    return given


def act_router(domain: str, table: ActTable) -> APIRouter:
    """Routes `POST <path>/{identity}/{act}`, and `POST <path>` for the act that begins a noun; each
    leads back to the noun's page under the domain.

    404 where there is no such noun or act, 403 for who may not take it.
    """
    router = APIRouter(prefix=table.path)
    needs = sorted({permission for act in table.acts for permission in act.needs})
    user_type = Annotated[Any, user_with(*needs)]
    desk_type = Annotated[Any, desk_of(domain)]

    def page(identity: str) -> str:
        return f"/{domain}{table.page or f'{table.path}/{identity}'}"

    @router.post("/{identity}/{key}")
    def take(desk: desk_type, user: user_type, identity: str, key: str, form: Given) -> Response:
        act = table.get(key)
        if act is None or act.take is None:
            raise missing()
        if not any(map(user.may, act.needs)):
            raise HTTPException(403)
        with or_missing(), _forbidding():
            act.take(desk, identity, user.name, **_given(act, form, user))
        return done(page(identity), key)

    if (opening := table.opening) is not None:
        opener_type = Annotated[Any, user_with(*opening.needs)]

        @router.post("")
        def begin(desk: desk_type, user: opener_type, form: Given) -> Response:
            with or_missing(), _forbidding():
                identity = opening.take(desk, user.name, **_given(opening, form, user))
            return done(page(identity), opening.key)

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
