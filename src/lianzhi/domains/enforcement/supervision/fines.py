"""Monitors of fines 同案不同罚, over what `inspection.penalties` compares: each fine beside what is
usual for its item and facts.
"""

from collections.abc import Iterator
from math import log

from lianzhi.domains.enforcement.supervision.alert import Seen
from lianzhi.domains.enforcement.supervision.look import Found, Look, Unjudged
from lianzhi.domains.enforcement.supervision.reasons import why


def unlike_fines(look: Look) -> Found:
    """Officers whose fines are far higher or lower than is usual for like cases."""
    try:
        told = look.fines
    except ValueError as error:
        yield Unjudged("", why(error))
        return
    seen: set[str] = set()
    for one in (*told.levels["lead"], *told.levels["officer"]):
        if one.q <= look.policy.false and one.name not in seen:
            seen.add(one.name)
            figures = {"officer": one.name, "cases": one.cases, "times": f"{one.times:.2f}"}
            yield Seen((one.name,), None, figures, abs(one.z))


def far_below(look: Look) -> Iterator[Seen]:
    """Officers with more of the town's lowest fines than chance gives: a mean hides a few friends.

    Those whose fines are low altogether are told by `unlike_fines` already.
    """
    try:
        told = look.fines
    except ValueError:
        return
    low = {
        one.name
        for level in ("lead", "officer")
        for one in told.levels[level]
        if one.q <= look.policy.false and one.times < 1
    }
    for one in told.sparing:
        if one.q <= look.policy.false and one.officer not in low:
            figures = {
                "officer": one.officer,
                "cases": one.cases,
                "low": len(one.low),
                "expected": round(one.expected, 1),
                "files": ", ".join(each.case for each in one.low),
            }
            yield Seen((one.officer,), None, figures, -log(max(one.q, 1e-300)))
