"""Parts that the act tables of the office's files share."""

from functools import partial
from typing import Any

from lianzhi.chain.roles import Permission
from lianzhi.domains.counsel.desk.office_files import Files
from lianzhi.office.acts import Act, Field, Take, method_of

ADVISE: tuple[Permission, ...] = ("advise", "counsel_lead")
LEAD: tuple[Permission, ...] = ("counsel_lead",)
"""For what a person responsible has to approve."""


def step_of(part: str, step: str) -> Take:
    """Takes a step of a file of a part of the desk, with the fields of its act."""
    return method_of(part, partial(_take, step))


def _take(step: str, files: Files[Any], identity: str, **given: Any) -> None:
    files.take(identity, step, **given)


def act(
    part: str, key: str, step: str, *fields: Field, needs: tuple[Permission, ...] = ADVISE
) -> Act:
    """An act that is no more than its step."""
    return Act(key, needs, (step,), step_of(part, step), fields)


def choice(name: str, label: str, choices: tuple[str, ...], family: str) -> Field:
    """A field with choices."""
    return Field(name, "choice", label, choices=choices, family=family)
