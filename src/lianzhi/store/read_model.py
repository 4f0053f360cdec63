"""The read model: every projection that a deployment keeps, in the order in which they are told."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from lianzhi.store.lexicon import Lexicons
from lianzhi.store.looks import Looks
from lianzhi.store.notices import Notices
from lianzhi.store.projections import Chain
from lianzhi.store.signals import Signals


class Model(NamedTuple):
    """Which projections a deployment keeps, and where the revisions of their tables lie."""

    make: Callable[[], Sequence[Any]]
    """Gives a fresh set of projections, each with its `tables`."""
    branches: tuple[str, ...] = ()
    """Folders of revisions besides the record's own, as `package:folder`; each starts a branch of
    its own, labelled with its domain's name, and may depend on a revision of the record's."""


def projections() -> list[Chain | Lexicons | Looks | Notices | Signals]:
    """A fresh set of those that every deployment keeps."""
    return [Chain(), Lexicons(), Looks(), Notices(), Signals()]


#: The chain without any domain's own tables.
CHAIN = Model(projections)
