"""Reprints held against lists: is the source listed, the licence wide enough, the credit whole?"""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import msgspec

from lianzhi.domains.dissemination.policy import SourcePolicy
from lianzhi.domains.dissemination.sources.lists import ValidRows
from lianzhi.domains.dissemination.titles.wording import folded

_Name = Annotated[str, msgspec.Meta(max_length=200)]


class ReprintRow(msgspec.Struct, frozen=True):
    """An article as an outlet published it."""

    id: _Name
    outlet: _Name
    day: dt.date
    source: _Name = ""
    author: _Name = ""
    editor: _Name = ""
    original_title: Annotated[str, msgspec.Meta(max_length=300)] = ""
    parent_outlet: _Name = ""
    """From whom matching says it was taken."""
    parent_title: Annotated[str, msgspec.Meta(max_length=300)] = ""
    own: bool = False
    """Published as the outlet's own work."""
    text: Annotated[str, msgspec.Meta(max_length=200_000)] = ""


class Lead(NamedTuple):
    """What a person should look at."""

    id: str
    rule: str
    value: str


def source_leads(
    row: ReprintRow, sources: ValidRows, outlets: ValidRows, policy: SourcePolicy
) -> Iterator[Lead]:
    """Leads about one article; a list that is empty leads to none."""
    scopes = outlets.scopes(row.outlet, row.day)
    if row.own:
        words = [word for word in policy.first_hand if word in row.text]
        # Whoever holds no licence is an ordinary user here, and nobody looks at what they write.
        if words and scopes and "gathering" not in scopes:
            yield Lead(row.id, "gathering_unlicensed", words[0])
        return
    if outlets and not scopes & {"reprint", "gathering"}:
        yield Lead(row.id, "reprint_unlicensed", row.outlet)
    if row.source and sources and sources.at(row.source, row.day) is None:
        rule = "source_lapsed" if sources.known(row.source) else "source_unlisted"
        yield Lead(row.id, rule, row.source)
    for name in ("source", "author", "editor", "original_title"):
        if not getattr(row, name):
            yield Lead(row.id, f"{name}_missing", "")
    if row.source and row.parent_outlet and not _same(row.source, row.parent_outlet, sources, row):
        yield Lead(row.id, "source_untrue", row.parent_outlet)
    credited, original = (folded(each).split() for each in (row.original_title, row.parent_title))
    if credited and original and credited != original:
        yield Lead(row.id, "original_title_untrue", row.parent_title)


def _same(name: str, other: str, sources: ValidRows, row: ReprintRow) -> bool:
    if folded(name).strip() == folded(other).strip():
        return True
    known = sources.at(name, row.day)
    return known is not None and known is sources.at(other, row.day)
