"""Fills the demo's office."""

from collections.abc import Callable

from lianzhi.domains.mediation.demo import disputes, guidance, office, questions
from lianzhi.domains.mediation.desk import Desk


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Put an invented office on the record."""
    questions.fill(desk.guidance, by, echo)
    guidance.fill(desk.guidance, by, desk.office.today(), echo)
    office.fill(desk, by, echo)
    disputes.fill(desk, by, echo)
