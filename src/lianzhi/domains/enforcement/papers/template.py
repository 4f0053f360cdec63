"""Templates: the wording of a kind in one language, as data that a lawyer edits.

A template is a list of blocks in TOML; where words stand, Jinja fills in fields. It prints every
field that its kind needs and no other: what differs is found when it is loaded, not in court.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
from jinja2 import DictLoader, StrictUndefined, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from lianzhi.documents.paper import PaperError
from lianzhi.documents.paper_filters import filters
from lianzhi.domains.enforcement.papers.kinds import kind_of

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_CONTENTS = ("heading", "lead", "body", "note", "items", "form", "head", "sign", "closing", "slip")
#: Names that a row of a table sees: the entry, and its number from 1.
_IN_ROWS = frozenset({"one", "n"})
_MOST_BYTES = 200_000


class BlockSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One block to be filled in; exactly one of its contents is given."""

    heading: str = ""
    lead: str = ""
    body: str = ""
    """Each line is a paragraph."""
    note: str = ""
    items: str = ""
    """A list: each entry is a numbered paragraph."""
    form: tuple[tuple[str, ...], ...] = ()
    """Labels and values by turns."""
    head: tuple[str, ...] = ()
    each: str = ""
    """A list: each entry is a row under `head`."""
    row: tuple[str, ...] = ()
    sign: tuple[str, ...] = ()
    hint: str = ""
    """Of `sign`: boxes in place of lines, with this in each."""
    closing: bool = False
    slip: str = ""
    rows: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    when: str = ""
    """Only where this flag is set, or with `not ` before it, where it is not."""

    def __post_init__(self) -> None:
        given = [name for name in _CONTENTS if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"a block has {' and '.join(given) or 'no content'}; give one")
        if self.head and not (self.each and self.row):
            raise ValueError("head is given without each and row; give the list and its cells")
        if (self.head or self.form) and not self.widths:
            raise ValueError("widths is missing; give the parts of the line")

    def texts(self) -> Iterator[str]:
        """All words with places to fill in."""
        yield from (self.heading, self.lead, self.body, self.note, self.slip, self.hint)
        for some in (*self.form, self.head, self.row, self.sign, self.rows):
            yield from some

    def names(self) -> Iterator[str]:
        """Fields that it takes without Jinja."""
        yield from filter(None, (self.items, self.each, self.when.removeprefix("not ")))


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wording of a kind in one language."""

    title: str
    block: tuple[BlockSpec, ...]


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the templates of a language share."""

    page: str
    """Foot of each page."""
    seal: str
    item: str
    """Mark of a numbered paragraph, of `{n}`."""
    unit: dict[str, str]
    """How a length of time is said, of `{n}`."""
    reference: str
    """What a translation says of itself."""
    part: dict[str, str]
    """Wording that several templates include."""


def load(key: str, language: Language, folder: Path | None = None) -> Template:
    """The template of a kind: that in `folder` where there is one, else the shipped one.

    Raises PaperError where it can't be read, asks for a field that the kind does not declare, or
    leaves one out.
    """
    kind_of(key)
    name = f"{key}.{language}.toml"
    own = folder / name if folder is not None and (folder / name).is_file() else None
    if own is None:
        return _shipped(key, language)
    if own.stat().st_size > _MOST_BYTES:
        raise PaperError(f"{name}: over {_MOST_BYTES:,} bytes; shorten it")
    return _checked(key, language, own.read_bytes(), name)


@cache
def _shipped(key: str, language: Language) -> Template:
    name = f"{key}.{language}.toml"
    return _checked(key, language, _HERE.joinpath(name).read_bytes(), name)


def _checked(key: str, language: Language, text: bytes, name: str) -> Template:
    try:
        found = msgspec.convert(tomllib.loads(text.decode()), Template)
        used = set(_used(found, language))
    except (ValueError, msgspec.ValidationError, TemplateError) as error:
        raise PaperError(f"{name}: {error}; mend the template") from None
    declared = set(kind_of(key).every())
    if unknown := used - declared:
        raise PaperError(
            f"{name}: prints {', '.join(sorted(unknown))}, which {key} does not declare; add it to "
            "kinds.toml or take it out"
        )
    # Title, number and letterhead are set by the layout.
    if unused := declared - used - {"agency", "number", "day"}:
        raise PaperError(
            f"{name}: leaves out {', '.join(sorted(unused))}, which {key} must state; print it"
        )
    return found


def _used(template: Template, language: Language) -> Iterator[str]:
    seen: set[str] = set()
    for block in template.block:
        yield from block.names()
        for text in block.texts():
            yield from _variables(text, language, seen)


def _variables(text: str, language: Language, seen: set[str]) -> Iterator[str]:
    tree = environment(language).parse(text)
    yield from meta.find_undeclared_variables(tree) - _IN_ROWS
    for part in meta.find_referenced_templates(tree):
        if part is None or part not in parts(language).part:
            raise ValueError(f"includes {part!r}, which parts.{language}.toml lacks")
        if part not in seen:
            seen.add(part)
            yield from _variables(parts(language).part[part], language, seen)


@cache
def parts(language: Language) -> Parts:
    """What the templates of a language share."""
    return msgspec.toml.decode(_HERE.joinpath(f"parts.{language}.toml").read_bytes(), type=Parts)


@cache
def environment(language: Language) -> SandboxedEnvironment:
    """Jinja for plain text: what is missing fails, and nothing that is filled in is evaluated."""
    made = SandboxedEnvironment(
        loader=DictLoader(parts(language).part),
        autoescape=False,
        undefined=StrictUndefined,
    )
    made.filters |= filters(language, parts(language).unit)
    return made


_HERE: Any = files(__package__).joinpath("templates")
