"""Monitors of unlike fines 同案不同罚, from the comparison in `inspection.penalties`."""

from collections.abc import Iterator
from math import log

from lianzhi.domains.enforcement.supervision.alert import Seen
from lianzhi.domains.enforcement.supervision.look import Findings, Look, Unjudged
from lianzhi.domains.enforcement.supervision.reasons import why


def unlike_fines(look: Look) -> Findings:
    """Officers whose fines are far above or below the usual ones for like cases."""
    try:
        compared = look.fines
    except ValueError as error:
        yield Unjudged("", why(error))
        return
    seen: set[str] = set()
    for level in (*compared.levels["lead"], *compared.levels["officer"]):
        if level.q <= look.policy.false and level.name not in seen:
            seen.add(level.name)
            figures = {"officer": level.name, "cases": level.cases, "times": f"{level.times:.2f}"}
            yield Seen((level.name,), None, figures, abs(level.z))


def far_below(look: Look) -> Iterator[Seen]:
    """Officers with more of the town's lowest fines than expected by chance.

    A mean hides a few favoured parties. Officers whose fines are low altogether are reported by
    `unlike_fines`.
    """
    try:
        compared = look.fines
    except ValueError:
        return
    low = {
        group.name
        for level in ("lead", "officer")
        for group in compared.levels[level]
        if group.q <= look.policy.false and group.times < 1
    }
    for sparing in compared.sparing:
        if sparing.q <= look.policy.false and sparing.officer not in low:
            figures = {
                "officer": sparing.officer,
                "cases": sparing.cases,
                "low": len(sparing.low),
                "expected": round(sparing.expected, 1),
                "files": ", ".join(low.case for low in sparing.low),
            }
            yield Seen((sparing.officer,), None, figures, -log(max(sparing.q, 1e-300)))
