"""Fills the demo's legal office."""

from collections.abc import Callable

from lianzhi.domains.counsel.demo import guidance, office, questions
from lianzhi.domains.counsel.desk import Desk


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Put an invented office on the record."""
    questions.fill(desk.guidance, by, echo)
    guidance.fill(desk.guidance, by, desk.office.today(), echo)
    office.fill(desk, by, echo)
