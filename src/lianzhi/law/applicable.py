"""Which version of a text applies to an act when it changed before the decision: 从旧兼从轻.

A penalty follows the law in force at the act. Only where the text was amended or repealed before
the decision, and the new one is more lenient or no longer makes the act unlawful, the new one
applies (行政处罚法 37). Whether a text is more lenient is read from its sanctions and fines, and
only where these leave no doubt; otherwise a person compares the two.
"""

import datetime as dt
from typing import Literal, NamedTuple

from lianzhi.law.basis import Bases, Basis, Fine, Subject

Why = Literal["same", "older", "lighter", "repealed", "not_yet", "unread", "compare"]


class Applicable(NamedTuple):
    """The version that applies to an act, and why."""

    why: Why
    """A catalogue key. `same`: the text did not change. `older`: it changed, and is not more
    lenient. `lighter`: the new one is more lenient. `repealed`: none is in force at the decision,
    so no penalty, unless the matter continues under another key. `not_yet`: none was in force at
    the act, so no penalty. `unread`: a text was not read. `compare`: a person must decide which is
    more lenient."""
    basis: Basis | None
    """The applicable version; None where there is none, or a person must decide."""
    at_act: Basis | None
    at_decision: Basis | None


def applicable(
    bases: Bases, key: str, acted: dt.date, decided: dt.date, subject: Subject | None = None
) -> Applicable:
    """The version of a basis that applies to an act.

    `acted` is the day of the act, or the last day of a continuous act (行政处罚法 36); `subject`
    narrows the comparison to one kind of subject. Raises ValueError where the decision precedes the
    act or the key is unknown.
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
    """Negative where the new text is more lenient, positive where stricter; None where
    undecided.
    """
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
    """Change of each end of the range: -1 down, 0 none, 1 up."""
    ends = ((old.least, new.least), (old.most, new.most))
    return {(after > before) - (after < before) for before, after in ends}
