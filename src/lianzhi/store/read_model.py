"""The read model: every projection of a deployment, in the order of application."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from lianzhi.kit.noun_tables import NounProjection
from lianzhi.store import campaigns
from lianzhi.store.lexicon import Lexicons
from lianzhi.store.looks import Looks
from lianzhi.store.notices import Notices
from lianzhi.store.projections import Chain
from lianzhi.store.signals import Signals


class Model(NamedTuple):
    """Projections of a deployment, and the revisions of their tables."""

    make: Callable[[], Sequence[Any]]
    """Returns new instances of the projections, each with its `tables`."""
    branches: tuple[str, ...] = ()
    """Folders of revisions besides the record's own, as `package:folder`; each starts a branch of
    its own, labelled with its domain's name, and may depend on a revision of the record's."""


def projections() -> list[Chain | Lexicons | Looks | Notices | Signals | NounProjection]:
    """New instances of the projections that every deployment has."""
    return [Chain(), Lexicons(), Looks(), Notices(), Signals(), campaigns.projection()]


#: The chain without the domains' tables.
CHAIN = Model(projections)
