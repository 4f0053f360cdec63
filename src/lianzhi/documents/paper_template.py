"""Templates of papers: the wording of a kind in one language, as data that a lawyer edits.

A template is a list of blocks in TOML; where words stand, Jinja fills in fields. It prints every
field that its kind needs and no other: what differs is found when it is loaded, not in court.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec
from jinja2 import DictLoader, StrictUndefined, meta
from jinja2.sandbox import SandboxedEnvironment

from lianzhi.documents.paper_filters import filters

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_CONTENTS = ("heading", "lead", "body", "note", "items", "form", "head", "sign", "closing", "slip")
#: Names that a row of a table sees: the entry, and its number from 1.
_IN_ROWS = frozenset({"one", "n"})


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
        for texts in (*self.form, self.head, self.row, self.sign, self.rows):
            yield from texts

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


def environment(language: Language, parts: Parts) -> SandboxedEnvironment:
    """Jinja for plain text: what is missing fails, and nothing that is filled in is evaluated."""
    jinja = SandboxedEnvironment(
        loader=DictLoader(parts.part), autoescape=False, undefined=StrictUndefined
    )
    jinja.filters |= filters(language, parts.unit)
    return jinja


def used_fields(template: Template, parts: Parts, jinja: SandboxedEnvironment) -> set[str]:
    """The fields that a template prints.

    Raises ValueError for a part that `parts` lacks, jinja2.TemplateError for what is no template.
    """
    seen: set[str] = set()

    def variables(text: str) -> Iterator[str]:
        tree = jinja.parse(text)
        yield from meta.find_undeclared_variables(tree) - _IN_ROWS
        for part in meta.find_referenced_templates(tree):
            if part is None or part not in parts.part:
                raise ValueError(f"includes {part!r}, which its shared parts lack")
            if part not in seen:
                seen.add(part)
                yield from variables(parts.part[part])

    names = {name for block in template.block for name in block.names()}
    texts = (text for block in template.block for text in block.texts())
    return names | {name for text in texts for name in variables(text)}
