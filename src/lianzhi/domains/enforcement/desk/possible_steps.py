"""Whether the status of a penalty file allows a step that is an entry of the chain."""

from lianzhi.chain.life import next_status
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.nouns.penalty import STEPS, Penalty


def check_possible(penalty: Penalty, step: str) -> None:
    """Raise IllegalStepError where the file's status forbids a step, RefusedError where it needs a
    decision and there is none."""
    next_status(STEPS, f"penalty.{step}", penalty.status)
    if step in ("contested", "overturned") and penalty.decided is None:
        raise RefusedError("undecided", "nothing has been decided yet")
