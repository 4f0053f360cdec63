"""Which papers may be issued for a file, and the date of each."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import NamedTuple

from lianzhi.domains.enforcement.nouns.penalty import Penalty


def _always(penalty: Penalty) -> bool:
    return True


class Rule(NamedTuple):
    """Condition for issuing a kind of paper."""

    after: str
    """Field of the file with the day of a step that must have been taken."""
    bears: bool = False
    """Whether the paper is dated with the day of that step and issued once for it. Others are dated
    with the day of issue and may be issued repeatedly."""
    where: Callable[[Penalty], bool] = _always


def _open(penalty: Penalty) -> bool:
    return penalty.status in ("filed", "noticed")


def _reviewed(penalty: Penalty) -> bool:
    return penalty.closed is not None and penalty.marks is not None


RULES: dict[str, Rule] = {
    "filing": Rule("filed", bears=True),
    "inspection_record": Rule("filed", where=_open),
    "interview_record": Rule("filed", where=_open),
    "preservation": Rule("preserved", bears=True),
    "rectification": Rule(
        "filed", where=lambda penalty: penalty.rectified is None and _open(penalty)
    ),
    "advance_notice": Rule("noticed", bears=True),
    "hearing_rights": Rule("noticed", bears=True, where=lambda penalty: penalty.told_hearing),
    "hearing_notice": Rule("hearing_told", bears=True),
    "defence_review": Rule(
        "considered", bears=True, where=lambda penalty: penalty.defended is not None
    ),
    "legal_review": Rule("reviewed", bears=True),
    "discussion": Rule("discussed", bears=True),
    "decision": Rule(
        "decided",
        bears=True,
        where=lambda penalty: penalty.list != "no_penalty" and not penalty.on_the_spot,
    ),
    "no_penalty": Rule("decided", bears=True, where=lambda penalty: penalty.list == "no_penalty"),
    "spot_decision": Rule("decided", bears=True, where=lambda penalty: penalty.on_the_spot),
    "service_proof": Rule("served"),
    "demand": Rule("demanded", bears=True, where=lambda penalty: penalty.fine > penalty.paid),
    "closing": Rule("closed", where=lambda penalty: penalty.decided is not None),
    "transfer": Rule("closed", bears=True, where=lambda penalty: penalty.outcome == "transferred"),
    "assistance": Rule("filed", where=_open),
    "supervision_opinion": Rule("filed", where=_reviewed),
    "supervision_advice": Rule("filed", where=_reviewed),
    "file": Rule("archived"),
}


def issuable_kinds(
    penalty: Penalty,
    issued: Collection[tuple[str, dt.date]] = (),
    written: Collection[str] = (),
) -> list[str]:
    """Kinds of papers that may be issued now, in the order of a case; none for an imported file.

    `issued`: kind and date of issued papers; `written`: kinds of supervision letters sent about the
    file, which may be printed.
    """
    if penalty.imported:
        return []
    return [
        kind
        for kind, rule in RULES.items()
        if (day := getattr(penalty, rule.after)) is not None
        and (rule.where(penalty) or kind in written)
        and not (rule.bears and (kind, day) in issued)
    ]


def day_of(penalty: Penalty, kind: str, today: dt.date) -> dt.date:
    """Date of a paper of a kind."""
    rule = RULES[kind]
    day: dt.date = getattr(penalty, rule.after) if rule.bears else today
    return day
