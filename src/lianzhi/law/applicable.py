"""Which version of a text judges an act when it changed before the decision: 从旧兼从轻.

A penalty follows the law at the act. Only where the text was amended or repealed before the
decision, and the new one is lighter or no longer calls the act unlawful, the new one applies
(行政处罚法 37). Whether a text is lighter is read from its sanctions and fines, and only where
these leave no doubt; else a person compares the two.
"""

import datetime as dt
from typing import Literal, NamedTuple

from lianzhi.law.basis import Bases, Basis, Fine, Subject

Why = Literal["same", "older", "lighter", "repealed", "not_yet", "unread", "compare"]


class Applicable(NamedTuple):
    """Which version judges an act, and why."""

    why: Why
    """A catalogue key. `same`: the text did not change. `older`: it did, and is not lighter.
    `lighter`: the new one is. `repealed`: none is in force at the decision, so no penalty, unless
    the matter went on under another key. `not_yet`: none was at the act, so no penalty.
    `unread`: a text was not read. `compare`: a person must say which is lighter."""
    basis: Basis | None
    """The version to judge by; None where there is none, or a person must choose."""
    at_act: Basis | None
    at_decision: Basis | None


def applicable(
    bases: Bases, key: str, acted: dt.date, decided: dt.date, subject: Subject | None = None
) -> Applicable:
    """The version of a basis by which an act is judged.

    `acted` is the day of the act, or the day on which an act that went on ended (行政处罚法 36);
    `subject` narrows the comparison to whom it is about. Raises ValueError where the decision comes
    before the act or the key is unknown.
    """
    if decided < acted:
        raise ValueError(f"decided is {decided}, before the act on {acted}; mend either day")
    if not bases.versions(key):
        raise ValueError(f"key is {key!r}: no basis has this key")
    old, new = bases.get(key, acted), bases.get(key, decided)
    if old is None:
        return Applicable("not_yet", None, old, new)
    if not old.verified or (new is not None and not new.verified):
        return Applicable("unread", None, old, new)
    if new is old:
        return Applicable("same", old, old, new)
    if new is None:
        return Applicable("repealed", None, old, new)
    order = _order(old, new, subject)
    if order is None:
        return Applicable("compare", None, old, new)
    return Applicable("lighter", new, old, new) if order < 0 else Applicable("older", old, old, new)


def _order(old: Basis, new: Basis, subject: Subject | None) -> int | None:
    """Below 0 where the new one is lighter, above where heavier; None where it is not plain."""
    if set(old.sanctions) != set(new.sanctions):
        return None
    subjects = {subject} if subject else {fine.subject for fine in (*old.fines, *new.fines)}
    signs: set[int] = set()
    for each in subjects:
        before, after = old.fine(each), new.fine(each)
        if before is None or after is None:
            return None
        signs |= _signs(before, after)
    signs -= {0}
    if not subjects or len(signs) > 1:
        return None
    return signs.pop() if signs else 0


def _signs(old: Fine, new: Fine) -> set[int]:
    """Where each end of the range moved: -1 down, 0 nowhere, 1 up."""
    ends = ((old.least, new.least), (old.most, new.most))
    return {(after > before) - (after < before) for before, after in ends}
