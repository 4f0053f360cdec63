"""Co-action 协同行为: two accounts do the same to the same object within a time window.

Pairs and edges follow CooRTweet (Righetti and Balluff, R package 2.1.3, `detect_groups`), with two
corrections: contents are counted for the account that posted them, and two contents that meet on
several objects count once. A crowd on one object would give a quadratic number of pairs: where more
than `viral` accounts act within one window, they are reported as a burst and not paired.

The same SQL runs on every engine (`accounts.engine`); `accounts.kernel` does the same in NumPy.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol

#: Most accounts on one object in one time cell; a larger crowd yields no pairs.
VIRAL = 200


class Settings(NamedTuple):
    """Limits for acting together."""

    period: int = 60_000
    """Most milliseconds between the two actions of a pair."""
    least: int = 2
    """Least contents of an account, in all and in pairs."""
    viral: int | None = VIRAL
    """Most accounts in a cell of time; None: no limit."""

    @property
    def most(self) -> int:
        """`viral` as a number."""
        return (1 << 62) if self.viral is None else self.viral


class Engine(Protocol):
    """An SQL engine with named tables, `actions` among them."""

    def settings(self, values: Settings) -> None:
        """Store the settings as a table of one row, `settings`."""

    def keep(self, name: str, query: str, *, stored: bool) -> None:
        """Name the result of a query; `stored`: materialise it, since it is read more than once."""


#: The queries in order, and those whose result is read more than once.
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
    """Create the tables `kept` (pairs), `edges` and `viral` on an engine that has `actions`.

    `watch` is called with the name of each step before it runs.
    """
    engine.settings(settings)
    for name, stored in STEPS.items():
        watch(name)
        engine.keep(name, query(name), stored=stored)
