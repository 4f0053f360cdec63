"""Paper 文书: a document issued for a file, numbered without a gap by kind and year."""

import datetime as dt
from typing import Literal

import msgspec

from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry


class IssuedPaper(msgspec.Struct, frozen=True, kw_only=True):
    """An issued paper with its files."""

    id: str
    penalty: str
    kind: str
    year: int
    serial: int
    number: str
    """The number that is printed on it, with kind, year and serial."""
    day: dt.date
    """That it bears."""
    language: Literal["zh", "both"]
    docx: str
    """Id of the Word file."""
    pdf: str
    index: int
    """Entry that issued it."""


def _fold(before: IssuedPaper | None, entry: Entry, payload: Payload) -> IssuedPaper:
    fields = {"id": payload["paper"], "day": payload["bears"], "index": entry.index}
    return msgspec.convert({**payload, **fields}, IssuedPaper)


PAPER = Noun(
    "paper",
    IssuedPaper,
    {},
    _fold,
    columns=("penalty", "kind", "year", "serial", "index"),
    indexes=(("penalty", "index"),),
    unique=(("kind", "year", "serial"),),
    also_reads=frozenset({"enforcement.penalty"}),
    step_of=lambda kind, payload: "issued" if kind == "penalty.document_issued" else "",
    has_story=False,
)
