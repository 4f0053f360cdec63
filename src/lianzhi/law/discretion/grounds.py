"""What the legal bases say of a row: is there such an article, and how high may the fine be?"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from lianzhi.law.basis import Bases, Basis


class Most(NamedTuple):
    """The highest fine that what a row cites allows, and by which statute and article."""

    yuan: Decimal
    article: str


def most(bases: Bases, keys: Sequence[str], article: str, day: dt.date | None) -> Most | None:
    """The highest fine by the bases and articles that a row cites; None where it is not known.

    It is not known where nothing cited gives a fine, or a statute is cited of which nothing is
    known here. Of several bases and subjects the highest counts, the graver limb included.
    """
    found = [one for one in (_on(bases, key, day) for key in keys) if one is not None]
    for cited in bases.statutes.cited(article):
        if bases.statutes.at(cited.statute, day) is None:
            return None
        found += _citing(bases, cited.statute, cited.place, day)
    fines = [
        Most(
            Decimal(fine.highest),
            one.title.zh.partition("：")[0],
        )
        for one in found
        for fine in one.fines
    ]
    return max(fines, key=lambda each: each.yuan, default=None)


def _on(bases: Bases, key: str, day: dt.date | None) -> Basis | None:
    if day is not None:
        return bases.get(key, day)
    versions = bases.versions(key)
    return versions[-1] if versions else None


def _citing(bases: Bases, statute: str, place: str, day: dt.date | None) -> Iterator[Basis]:
    """The bases of an article, paragraph or item, or of one below it."""
    for key in bases.of_statute(statute):
        one = _on(bases, key, day)
        if one is None or one.statute != statute:
            continue
        if any(each == place or each.startswith(f"{place}(") for each in one.articles):
            yield one
