"""Fills the demo's office."""

from collections.abc import Callable

from lianzhi.domains.mediation.demo import disputes, network
from lianzhi.domains.mediation.desk import Desk


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Put an invented office on the record."""
    network.fill(desk, by, echo)
    disputes.fill(desk, by, echo)
