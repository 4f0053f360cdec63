"""When a rectification may be closed: a re-audit shows what the order asked for. Pure."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.stats.verdict import Verdict


class Obstacle(NamedTuple):
    """Why a re-audit does not show it, as a rule's name, and what the rule is told with."""

    rule: str
    detail: str = ""


def comparable(
    rectification: Rectification, first: Iterable[Audit], audit: Audit
) -> Obstacle | None:
    """What keeps an audit from being a re-audit of this order, whatever its verdict; None: nothing.

    `first`: the audits on which the order rests.
    """
    return next(_obstacles(rectification, first, audit), None)


def _obstacles(
    rectification: Rectification, first: Iterable[Audit], audit: Audit
) -> Iterator[Obstacle]:
    if audit.algorithm != rectification.algorithm:
        yield Obstacle("reaudit_algorithm", audit.algorithm)
    if audit.kind != rectification.kind:
        yield Obstacle("reaudit_kind", audit.kind)
    if any(audit.file == each.file for each in first):
        yield Obstacle("reaudit_file", audit.name)
    replied = rectification.replied
    if replied is None:
        yield Obstacle("reaudit_reply")
    elif audit.first is None:
        yield Obstacle("reaudit_days", audit.name)
    elif audit.first <= replied:
        yield Obstacle("reaudit_early", audit.first.isoformat())
    if audit.margin > rectification.margin:
        yield Obstacle("reaudit_margin", f"{audit.margin:g}")
    named = {figure.name for figure in audit.figures}
    for name in rectification.scope:
        if name not in named:
            yield Obstacle("reaudit_scope", name)


def shows_equivalence(audit: Audit) -> Obstacle | None:
    """What keeps the verdict of a re-audit from closing the order; None: equivalence is shown for
    everything that was compared."""
    if audit.verdict == Verdict.NONE_FOUND:
        return None
    return Obstacle(f"reaudit_{audit.verdict.value}", audit.name)


def obstacle(
    rectification: Rectification, first: Iterable[Audit], reaudit: Audit | None
) -> Obstacle | None:
    """What keeps a rectification from being closed by its latest re-audit; None: nothing."""
    if rectification.appeal:
        return Obstacle("rectification_contested")
    if reaudit is None:
        return Obstacle("reaudit_none")
    return comparable(rectification, first, reaudit) or shows_equivalence(reaudit)
