"""The read model: every projection that a deployment keeps, in the order in which they are told."""

from lianzhi.store.lexicon import Lexicons
from lianzhi.store.looks import Looks
from lianzhi.store.notices import Notices
from lianzhi.store.projections import Chain
from lianzhi.store.remembered import Remembered
from lianzhi.store.signals import Signals


def projections() -> list[Chain | Lexicons | Looks | Notices | Remembered | Signals]:
    """A fresh set of them."""
    return [Chain(), Lexicons(), Looks(), Notices(), Remembered(), Signals()]
