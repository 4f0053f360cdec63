"""Life of a noun: which entry may follow in which status, as data.

A table of steps maps the kind of an entry to the statuses in which it may happen and the status
afterwards. Folding a history asks this table only, so that a record stays readable whatever policy
says later; what policy asks beyond it is held by `guards` when a step is taken.
"""

from collections.abc import Mapping

#: Entry kind -> (statuses in which it may happen, status afterwards; None keeps it).
Steps = Mapping[str, tuple[frozenset[str], str | None]]

#: Status before the first entry: a step allowed from it creates the noun.
START = ""


class IllegalStepError(ValueError):
    """A step that is refused; `step`, `status`, `allowed` and `rule` say by what.

    `rule` is the key of the guard that refused it, or `status`: the status does not allow it.
    """

    def __init__(
        self, step: str, status: str, allowed: frozenset[str] = frozenset(), rule: str = "status"
    ) -> None:
        self.step, self.status, self.allowed, self.rule = step, status, allowed, rule
        if rule == "status":
            where = ", ".join(sorted(allowed - {START})) or "never"
            state = status or "not there"
            message = f"{step} is not possible when it is {state}; only when: {where}"
        else:
            message = f"{step} is refused by the rule {rule}"
        super().__init__(message)


def next_status(steps: Steps, kind: str, status: str) -> str:
    """The status after an entry. Raises IllegalStepError where the table does not allow it."""
    allowed, after = steps.get(kind, (frozenset[str](), None))
    if status not in allowed:
        raise IllegalStepError(kind, status, allowed)
    return status if after is None else after
