"""Paper 文书: an official document as one value, which Word and PDF are both made from.

A paper is plain words in a few kinds of block. It holds no markup and no codes, so nothing that a
person typed can become more than words; what can't be seen is taken out when it is made.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

from lianzhi.documents.marks import point

MOST_CHARACTERS = 20_000
MOST_BLOCKS = 2_000
MOST_WORDS = 400_000
MOST_ROWS = 500
MOST_COLUMNS = 8

Layout = Literal["letter", "record", "form"]
"""A letter goes out to a party; a record is written down on the spot; a form is filled in."""


class PaperError(ValueError):
    """A paper that can't be made; the message names field, value and mend."""


class Text(msgspec.Struct, frozen=True, tag="text"):
    """One paragraph: body is indented by two characters, lead and note are not."""

    text: str
    role: Literal["body", "lead", "heading", "note"] = "body"


class Item(msgspec.Struct, frozen=True, tag="item"):
    """One numbered paragraph; its mark is the number as printed, `（一）`."""

    mark: str
    text: str


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Ruled rows. `widths` are parts of the line; without a head, odd columns are labels."""

    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.widths) <= MOST_COLUMNS or min(self.widths) < 1:
            raise PaperError(f"widths is {self.widths}; give 1 to {MOST_COLUMNS} whole parts")
        if len(self.rows) > MOST_ROWS:
            raise PaperError(f"rows are {len(self.rows)}; a table takes at most {MOST_ROWS}")
        for row in (self.rows, (self.head,) if self.head else ()):
            for cells in row:
                if len(cells) != len(self.widths):
                    raise PaperError(
                        f"row has {len(cells)} cells, {cells[:1]}; there are "
                        f"{len(self.widths)} widths"
                    )


class Signature(msgspec.Struct, frozen=True, tag="signature"):
    """Lines to be signed by hand: what stands before each."""

    labels: tuple[str, ...]
    hint: str = ""
    """Where it is given there are boxes for opinions, with this in the corner of each."""


class Closing(msgspec.Struct, frozen=True, tag="closing"):
    """Agency and day at the end on the right, and the word where the seal is set."""

    agency: str
    day: str
    seal: str


class Slip(msgspec.Struct, frozen=True, tag="slip"):
    """A part to be filled in by hand and given back: receipt of service, answer of a department."""

    title: str
    rows: tuple[str, ...]
    note: str = ""


Block: TypeAlias = Text | Item | Table | Signature | Closing | Slip


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One document in one language."""

    kind: str
    language: Literal["zh", "en"]
    layout: Layout
    agency: str
    """Letterhead."""
    title: str
    number: str
    """文号, as printed."""
    day: dt.date
    """Of the document; also the one date in the file's properties."""
    party: str
    """Whom it is about; in the file's properties only."""
    blocks: tuple[Block, ...]
    page: str
    """Foot of each page, with `{page}` and `{pages}`."""
    translation: "Paper | None" = None
    """The same in another language, on pages of its own after it."""

    def __post_init__(self) -> None:
        if len(self.blocks) > MOST_BLOCKS:
            raise PaperError(
                f"blocks of {self.kind} are {len(self.blocks)}; a paper takes at most {MOST_BLOCKS}"
            )
        if (characters := sum(map(len, self.words()))) > MOST_WORDS:
            raise PaperError(
                f"{self.kind} has {characters:,} characters; a paper takes at most {MOST_WORDS:,}: "
                "put what is long into an attachment"
            )
        for name in ("agency", "title", "number", "page"):
            if not getattr(self, name).strip():
                raise PaperError(f"{name} of {self.kind} is empty; give it")

    def parts(self) -> Iterator["Paper"]:
        """The paper, then its translation."""
        yield self
        if self.translation is not None:
            yield from self.translation.parts()

    def words(self) -> Iterator[str]:
        """All that is printed, in order, without what stands at the foot of pages."""
        for part in self.parts():
            yield from (part.agency, part.title, part.number)
            for block in part.blocks:
                yield from _words(block)


def _words(block: Block) -> Iterator[str]:
    match block:
        case Text():
            yield block.text
        case Item():
            yield block.mark
            yield block.text
        case Table():
            for row in (block.head, *block.rows):
                yield from row
        case Signature():
            for label in block.labels:
                yield from (label, block.hint)
        case Closing():
            yield from (block.agency, block.seal, block.day)
        case Slip():
            yield from (block.title, *block.rows, block.note)


#: Categories of characters that show nothing, or change how others show.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})


def plain(text: str) -> str:
    """Words as a paper may hold them: lines end with a line feed, nothing unseen is left.

    A character of private use, which shows differently everywhere, becomes its code point: it may
    belong to a name, and is not dropped.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return "".join(map(_plain, lines.replace("\u2029", "\n")))


def _plain(char: str) -> str:
    if (char.isascii() and char.isprintable()) or char == "\n":
        return char
    category = unicodedata.category(char)
    if category == "Co":
        return point(char)
    if (category == "Zs" and char != "\u3000") or char == "\t":
        return " "
    # A character that Unicode took in after this Python was made may stand in a name: it is kept.
    none = category == "Cn" and (ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF)
    return "" if none or category in _INVISIBLE else char
