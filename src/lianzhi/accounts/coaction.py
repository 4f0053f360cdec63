"""Co-action 协同行为: two accounts do the same to the same object within a time window.

Pairs and edges as CooRTweet has them (Righetti and Balluff, R package 2.1.3, `detect_groups`), with
two slips mended: contents are counted for the account that they are of, and two contents that
meet on several objects count once. An object on which a crowd acts within one window would give
pairs by the square of the crowd: where more than `viral` accounts do, they are told apart, as a
burst, and not paired.

The same SQL runs on every engine (`accounts.engine`), and `accounts.kernel` does the same in NumPy.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol

#: Accounts on one object in one cell of time, beyond which they are a crowd and no pairs.
VIRAL = 200


class Settings(NamedTuple):
    """What counts as acting together."""

    period: int = 60_000
    """Most milliseconds between two actions of a pair."""
    least: int = 2
    """Contents that an account must have acted with at all, and in pairs."""
    viral: int | None = VIRAL
    """Accounts in a cell; None: pair whatever there is."""

    @property
    def most(self) -> int:
        """`viral` as a number."""
        return (1 << 62) if self.viral is None else self.viral


class Engine(Protocol):
    """Something that runs SQL over named tables, `actions` among them."""

    def settings(self, values: Settings) -> None:
        """Make them a table of one row, `settings`."""

    def keep(self, name: str, query: str, *, stored: bool) -> None:
        """Name what a query gives; `stored`: work it out now, for it is read more than once."""


#: The queries in order, and which are read more than once.
STEPS = {
    "active": True,
    "near": True,
    "crowded": True,
    "viral": True,
    "calm": False,
    "pairs": True,
    "enough": True,
    "kept": False,
    "edges": True,
}


@cache
def query(name: str) -> str:
    """One of the shipped queries, the same text for every engine."""
    return (files("lianzhi.accounts") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run(
    engine: Engine, settings: Settings, watch: Callable[[str], None] = lambda step: None
) -> None:
    """Name the tables `kept` (pairs), `edges` and `viral` on an engine that has `actions`.

    `watch` is told each step before it is taken.
    """
    engine.settings(settings)
    for name, stored in STEPS.items():
        watch(name)
        engine.keep(name, query(name), stored=stored)
