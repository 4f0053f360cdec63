"""The two formats of the specification: XML, and JSON mapped from it by the Spark convention.

A document is a list of rows, or a single row: a service definition, a discovery. A row holds text,
numbers, booleans, None, or lists of rows or of text. Read back, every value is text or None, as XML
has no other types.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

import msgspec
from lxml import etree

Format = Literal["xml", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
CONTENT_TYPES: dict[Format, str] = {
    "xml": "text/xml; charset=utf-8",
    "json": "application/json; charset=utf-8",
}
Kind = Literal["discovery", "services", "service_definition", "service_requests", "errors"]
Row = Mapping[str, Any]

#: Names of lists and their elements.
_ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
#: Documents with a single row.
_SINGLE = ("service_definition", "discovery")
#: Items of plain text.
_PLAIN = ("format",)
MOST_BYTES = 16 << 20
MOST_ROWS = 10_000
_DEPTH = 12


class MarkupError(ValueError):
    """A document that cannot be read; the message says why."""


def write(kind: Kind, document: Row | Sequence[Row], form: Format) -> bytes:
    """A document in one of the formats, UTF-8. Control characters that XML forbids are left out."""
    if form == "json":
        return msgspec.json.encode(document)
    root = etree.Element(kind)
    if isinstance(document, Mapping):
        _fill(root, document)
    else:
        _list(root, document)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _list(parent: Any, rows: Iterable[Row | str]) -> None:
    for row in rows:
        child = etree.SubElement(parent, _ITEMS[parent.tag])
        if isinstance(row, str):
            child.text = clean(row)
        else:
            _fill(child, row)


def _fill(parent: Any, row: Row) -> None:
    for name, value in row.items():
        child = etree.SubElement(parent, name)
        if isinstance(value, list | tuple):
            _list(child, value)
        elif value is not None:
            child.text = clean(_text(value))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def clean(text: str) -> str:
    """Text without characters that XML 1.0 excludes: control characters, lone surrogates."""
    return "".join(
        char
        for char in text
        if char in "\t\n\r"
        or " " <= char < "\ud800"
        or "\udfff" < char < "\ufffe"
        or char > "\uffff"
    )


def read(data: bytes, form: Format) -> list[dict[str, Any]]:
    """The rows of a document; a service definition is one row. Raises MarkupError."""
    if len(data) > MOST_BYTES:
        raise MarkupError(f"{len(data):,} bytes are too many, {MOST_BYTES:,} at most")
    rows = _read_xml(data) if form == "xml" else _read_json(data)
    if len(rows) > MOST_ROWS:
        raise MarkupError(f"{len(rows):,} entries are too many, {MOST_ROWS:,} at most")
    return rows


def _read_xml(data: bytes) -> list[dict[str, Any]]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MarkupError(f"no XML: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise MarkupError("a document type is not read; leave out DOCTYPE")
    if _name(root) not in (*_ITEMS, *_SINGLE):
        raise MarkupError(f"root is {_name(root)!r}; give {', '.join(get_args(Kind))}")
    read = _element(root, 0)
    return read if isinstance(read, list) else [read] if isinstance(read, dict) else []


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _element(element: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise MarkupError(f"nested deeper than {_DEPTH}")
    children = list(element)
    if any(not isinstance(child.tag, str) for child in children):
        raise MarkupError("entities are not read; write the characters")
    if _name(element) in _ITEMS and (children or depth == 0):
        return [_element(child, depth + 1) for child in children]
    is_row = _name(element) in _ITEMS.values() and _name(element) not in _PLAIN
    if not children and depth and not is_row:
        return element.text or None
    return {_name(child): _element(child, depth + 1) for child in children}


def _read_json(data: bytes) -> list[dict[str, Any]]:
    try:
        read = _plain(msgspec.json.decode(data), 0)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MarkupError(f"no JSON: {error}") from None
    rows = [read] if isinstance(read, dict) else read
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MarkupError("give a list of objects")
    return rows


def _plain(value: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise MarkupError(f"nested deeper than {_DEPTH}")
    if isinstance(value, dict):
        return {name: _plain(each, depth + 1) for name, each in value.items()}
    if isinstance(value, list):
        plain = [_plain(each, depth + 1) for each in value]
        return plain if plain or not depth else None  # a nested empty list is null, as in XML
    return None if value is None or value == "" else _text(value)
