"""Acts on pages: their routes, what their forms sent, and which are offered to whom."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response
from starlette.datastructures import FormData

from lianzhi.chain.life import Steps
from lianzhi.kit.form_values import day, integer, text
from lianzhi.kit.page import Given, desk_of, done, missing, or_missing, user_with
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.gates import Refusal as GateRefusal
from lianzhi.office.acts import Act, Field
from lianzhi.office.refusal import Refusal

LINE = 500


def values(act: Act, form: FormData) -> dict[str, Any]:
    """What a form sent for the fields of an act. Raises Refusal naming the field, HTTPException 422
    for what is too long."""
    return {field.name: _value(field, form) for field in act.fields}


def _value(field: Field, form: FormData) -> Any:
    if field.kind == "words":
        return text(form, field.name)
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


def act_router(domain: str, path: str, acts: Mapping[str, Act]) -> APIRouter:
    """Routes `POST <path>/{identity}/{act}`; each leads back to the noun's page under the domain.

    404 where there is no such noun or act, 403 for who may not take it.
    """
    router = APIRouter(prefix=path)
    needs = sorted({act.needs for act in acts.values()})
    user_type = Annotated[Any, user_with(*needs)]
    desk_type = Annotated[Any, desk_of(domain)]

    @router.post("/{identity}/{key}")
    def take(desk: desk_type, user: user_type, identity: str, key: str, form: Given) -> Response:
        act = acts.get(key)
        if act is None or act.take is None:
            raise missing()
        if not user.may(act.needs):
            raise HTTPException(403)
        with or_missing():
            act.take(desk, identity, user.name, **values(act, form))
        return done(f"/{domain}{path}/{identity}", key)

    return router


class Offer(NamedTuple):
    """An act: open to the reader, or refused with reasons."""

    act: Act
    refusals: tuple[GateRefusal, ...] = ()
    unknown_year: int | None = None
    """No calendar tells what this act has to keep to."""

    @property
    def key(self) -> str:
        """The act's key."""
        return self.act.key


def offers(
    acts: Iterable[Act],
    noun: Any,
    steps: Steps,
    prefix: str,
    user: Any,
    today: dt.date,
    check: Callable[[str], Iterable[GateRefusal]],
) -> list[Offer]:
    """What may come next, as far as the noun's status allows it and the reader's role.

    `steps` are those of the noun, whose entries are called `<prefix>.<step>`; `check` says by which
    gates a step would be refused now.
    """
    offered = []
    for act in acts:
        possible = any(noun.status in steps[f"{prefix}.{step}"][0] for step in act.steps)
        if possible and user.may(act.needs) and act.applies(noun, today):
            try:
                offered.append(Offer(act, tuple(check(act.steps[0]))))
            except UnknownYearError as error:
                offered.append(Offer(act, unknown_year=error.year))
    return offered
