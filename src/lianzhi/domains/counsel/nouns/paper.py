"""Paper 文书: a document issued on a file, numbered without a gap by kind and year."""

import datetime as dt
from typing import Literal

import msgspec

from lianzhi.chain.life import START
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry


class IssuedPaper(msgspec.Struct, frozen=True, kw_only=True):
    """An issued paper with its files."""

    id: str
    file: str
    """Id of the review or matter."""
    person: str
    """Token of the vault: whom it is about."""
    kind: str
    year: int
    serial: int
    number: str
    """文号, as printed."""
    day: dt.date
    """That it bears."""
    language: Literal["zh", "both"]
    docx: str
    """Id of the Word file."""
    pdf: str
    step: int
    """Entry of the step that it is about."""
    index: int
    """Entry that issued it."""


def _fold(before: IssuedPaper | None, entry: Entry, payload: Payload) -> IssuedPaper:
    return msgspec.convert({**payload, "id": payload["paper"], "index": entry.index}, IssuedPaper)


PAPER = Noun(
    "paper",
    IssuedPaper,
    {"paper.issued": (frozenset({START}), "issued")},
    _fold,
    columns=("file", "person", "kind", "year", "serial", "index"),
    indexes=(("file", "index"), ("person",)),
    unique=(("kind", "year", "serial"),),
    has_story=False,
)
