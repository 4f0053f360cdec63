"""TOML data as structs, with errors that name the field, the fault and the nearest known name."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from lianzhi.nearest import nearest

T = TypeVar("T")

_PLACE = re.compile(r"^(?P<fault>.*) - at `\$(?P<place>[^`]*)`$", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"^Object contains unknown field `(.*)`$")
_UNKNOWN_VALUE = re.compile(r"^Invalid enum value '(.*)'$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


def convert(data: Any, form: type[T]) -> T:
    """The data as a value of type `form`.

    Raises ValueError with the path of the field, e.g. `desk.lease_minutes`, the fault and, for a
    name that is not known, the nearest one that is.
    """
    try:
        return msgspec.convert(data, form)
    except msgspec.ValidationError as error:
        raise ValueError(_explain(str(error), form)) from None


def advice(name: str, known: Iterable[str]) -> str:
    """Advice on a name that is not known: the nearest known name, else all of them."""
    names = list(dict.fromkeys(known))
    near = nearest(name, names)
    return f"did you mean {near!r}?" if near else f"known: {', '.join(names)}"


def _explain(message: str, form: type) -> str:
    fault, place = message, ""
    if match := _PLACE.match(message):
        fault, place = match["fault"], match["place"]
    types = list(_types_at(place, form))
    where = f"{place.lstrip('.')}: " if place else ""
    if unknown := _UNKNOWN_FIELD.match(fault):
        known = [each.encode_name for kind in types for each in _fields(kind)]
        return f"{where}unknown field `{unknown[1]}` ({advice(unknown[1], known)})"
    if (invalid := _UNKNOWN_VALUE.match(fault)) and (known := list(_values(types))):
        return f"{where}unknown name {invalid[1]!r} ({advice(invalid[1], known)})"
    return where + fault


def _types_at(place: str, form: type) -> Iterator[msgspec.inspect.Type]:
    """Types that a value at a place of `form` may have, e.g. `.case.types[2]`."""
    types = list(_alternatives(msgspec.inspect.type_info(form)))
    for name, _ in _STEP.findall(place):
        types = [
            type_
            for kind in types
            for inner in (_field_types(kind, name) if name else _item_types(kind))
            for type_ in _alternatives(inner)
        ]
    yield from types


def _alternatives(kind: msgspec.inspect.Type) -> Iterator[msgspec.inspect.Type]:
    if isinstance(kind, msgspec.inspect.Metadata):
        yield from _alternatives(kind.type)
    elif isinstance(kind, msgspec.inspect.UnionType):
        for each in kind.types:
            yield from _alternatives(each)
    else:
        yield kind


def _fields(kind: msgspec.inspect.Type) -> tuple[msgspec.inspect.Field, ...]:
    return kind.fields if isinstance(kind, msgspec.inspect.StructType) else ()


def _field_types(kind: msgspec.inspect.Type, name: str) -> Iterator[msgspec.inspect.Type]:
    return (each.type for each in _fields(kind) if each.encode_name == name)


def _item_types(kind: msgspec.inspect.Type) -> Iterator[msgspec.inspect.Type]:
    if isinstance(kind, msgspec.inspect.DictType):
        yield kind.value_type
    elif isinstance(kind, msgspec.inspect.CollectionType):
        yield kind.item_type
    elif isinstance(kind, msgspec.inspect.TupleType):
        yield from kind.item_types


def _values(types: list[msgspec.inspect.Type]) -> Iterator[str]:
    for kind in types:
        if isinstance(kind, msgspec.inspect.LiteralType):
            yield from map(str, kind.values)
        elif isinstance(kind, msgspec.inspect.EnumType):
            yield from (str(each.value) for each in kind.cls)
