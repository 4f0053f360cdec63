"""Checks of a row against the legal bases: existence of its articles, and the highest fine."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from lianzhi.law.basis import Bases, Basis


class Most(NamedTuple):
    """The highest fine allowed by a row's citations, with its statute and article."""

    yuan: Decimal
    article: str


def most(bases: Bases, keys: Sequence[str], article: str, day: dt.date | None) -> Most | None:
    """The highest fine by the bases and articles that a row cites; None where unknown.

    It is unknown where nothing cited provides a fine, or an unknown statute is cited. Of several
    bases and subjects the highest counts, the aggravated case included.
    """
    bases_ = [basis for basis in (_on(bases, key, day) for key in keys) if basis is not None]
    for cited in bases.statutes.cited(article):
        if bases.statutes.at(cited.statute, day) is None:
            return None
        bases_ += _citing(bases, cited.statute, cited.place, day)
    fines = [
        Most(
            Decimal(fine.highest),
            basis.title.zh.partition("：")[0],
        )
        for basis in bases_
        for fine in basis.fines
    ]
    return max(fines, key=lambda each: each.yuan, default=None)


def _on(bases: Bases, key: str, day: dt.date | None) -> Basis | None:
    if day is not None:
        return bases.get(key, day)
    versions = bases.versions(key)
    return versions[-1] if versions else None


def _citing(bases: Bases, statute: str, place: str, day: dt.date | None) -> Iterator[Basis]:
    """The bases of an article, paragraph or item, or of a part of it."""
    for key in bases.of_statute(statute):
        basis = _on(bases, key, day)
        if basis is None or basis.statute != statute:
            continue
        if any(each == place or each.startswith(f"{place}(") for each in basis.articles):
            yield basis
