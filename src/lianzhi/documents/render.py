"""Renders a document as HTML for the screen and as PDF for print, from the same page.

The PDF is PDF/A-2a, for archives, and PDF/UA-1, for screen readers. The font is embedded, see
tools/document_font.py, so that it looks the same everywhere. A character that the font lacks is
printed as its code point and name, never left out.
"""

import datetime as dt
import hashlib
import json
import struct
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import typst
from jinja2 import Environment, PackageLoader, StrictUndefined

from lianzhi.documents.marks import point
from lianzhi.documents.page import Page

_HERE = files(__package__)
_SHAPES = ("\ufe0e", "\ufe0f")  # variation selectors for emoji or text; a print has no emoji
_KNOWN = "\n⟨⟩"  # escapes are written between these, which the second font has
_SMALL = ".py", ".html", ".typ", ".txt", ".po"


def html(page: Page, template: str = "summary") -> bytes:
    """A self-contained HTML file without scripts; the same page gives the same bytes."""
    return _templates().get_template(f"{template}.html").render(page).encode()


def pdf(page: Page, made_at: int, template: str = "summary") -> bytes:
    """The page as PDF; `made_at` (Unix milliseconds) is its date of creation."""
    data = json.dumps(_printable(page), ensure_ascii=False)
    source = _HERE.joinpath("templates", f"{template}.typ").read_bytes()
    with as_file(_HERE.joinpath("fonts")) as fonts:
        rendered: bytes = typst.compile(  # type: ignore[misc]  # its stub can't tell bytes from paths
            source,
            root=str(fonts),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            sys_inputs={"page": data},
            timestamp=dt.datetime.fromtimestamp(made_at // 1000, dt.UTC),
            pdf_standards=["a-2a", "ua-1"],
        )
    return rendered


def readme(template: str = "readme") -> bytes:
    """The pack's description, and how to verify it with and without Lianzhi."""
    return _HERE.joinpath("templates", f"{template}.txt").read_bytes()


@cache
def recipe() -> str:
    """Digest of the code and templates that make a summary."""
    digest = hashlib.sha256()
    for folder in (_HERE, _HERE.joinpath("templates"), _HERE.joinpath("words")):
        for path in sorted(folder.iterdir(), key=lambda item: item.name):
            if path.name.endswith(_SMALL):
                body = path.read_bytes()
                digest.update(f"{path.name}\n{len(body)}\n".encode() + body)
    return digest.hexdigest()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("lianzhi.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def _printable(value: Any) -> Any:
    """The page with characters missing from the font written out."""
    if isinstance(value, str):
        return value if value.isascii() else "".join(map(_shown, value))
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value]


def _shown(char: str) -> str:
    if char in _KNOWN or ord(char) in _covered():
        return char
    return "" if char in _SHAPES else point(char, name=True)


@cache
def _covered() -> frozenset[int]:
    """Code points of the font, read from its table `cmap`, format 12 (OpenType 1.9)."""
    return frozenset(_points(_HERE.joinpath("fonts", "lianzhi-sans.otf").read_bytes()))


def _points(font: bytes) -> Iterator[int]:
    (tables,) = struct.unpack_from(">H", font, 4)
    at = next(
        offset
        for tag, _, offset, _ in struct.iter_unpack(">4sIII", font[12 : 12 + 16 * tables])
        if tag == b"cmap"
    )
    (count,) = struct.unpack_from(">H", font, at + 2)
    for _, _, offset in struct.iter_unpack(">HHI", font[at + 4 : at + 4 + 8 * count]):
        here = at + offset
        form, _, _, _, groups = struct.unpack_from(">HHIII", font, here)
        if form == 12:
            body = font[here + 16 : here + 16 + 12 * groups]
            for first, last, _ in struct.iter_unpack(">III", body):
                yield from range(first, last + 1)
