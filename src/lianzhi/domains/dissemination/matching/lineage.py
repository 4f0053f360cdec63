"""Lineage: which article each was taken from, by time and by how much of it stands there."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import msgspec

from lianzhi.domains.dissemination.matching.candidates import candidates
from lianzhi.domains.dissemination.matching.sketches import estimated, exact, sketch

#: How far from the limit an estimate decides by itself; nearer, all shingles are compared.
_MARGIN = 0.15
#: Pairs that are compared at once.
_PAIRS = 4096
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Article(msgspec.Struct, frozen=True):
    """An article as an outlet published it."""

    id: _Id
    text: Annotated[str, msgspec.Meta(max_length=200_000)]
    time: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Unix milliseconds UTC."""
    outlet: Annotated[str, msgspec.Meta(max_length=200)] = ""
    title: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Link(NamedTuple):
    """Where an article stands in the lineage of a text."""

    id: str
    root: str
    """The earliest article of its text; its own id where it is the first."""
    parent: str
    """The article that it was most likely taken from; empty: from none."""
    share: float
    """Share of it that stands in the parent; 0 where there is none."""
    kept: float
    """Share of the parent that it keeps."""


def lineage(articles: Sequence[Article], least: float) -> list[Link]:
    """The lineage of articles, in order of time.

    A parent is the earlier article with which it has most in common: `least` or more of one of the
    two stands in the other. Of equals, the earliest.
    """
    ordered = sorted(articles, key=lambda article: article.time)
    sketches = sketch([article.text for article in ordered])
    later, earlier = candidates(sketches.least)
    parents: dict[int, tuple[float, int, tuple[float, float]]] = {}
    for start in range(0, later.size, _PAIRS):
        pairs = later[start : start + _PAIRS], earlier[start : start + _PAIRS]
        shares = estimated(sketches, *pairs)
        for at, source, share, kept in zip(
            *(each.tolist() for each in (*pairs, *shares)), strict=True
        ):
            overlap = share, kept
            if abs(max(overlap) - least) < _MARGIN:
                overlap = exact(ordered[at].text, ordered[source].text)
            if max(overlap) >= least:
                rank = (sum(overlap), -source, overlap)
                parents[at] = max(parents.get(at, rank), rank)
    links: list[Link] = []
    for place, article in enumerate(ordered):
        if place not in parents:
            links.append(Link(article.id, article.id, "", 0.0, 0.0))
            continue
        _, at, overlap = parents[place]
        links.append(Link(article.id, links[-at].root, ordered[-at].id, *overlap))
    return links
