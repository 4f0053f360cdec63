"""Anomalies of penalty files. Each function plants one and returns the ids a monitor should
name.
"""

import datetime as dt
from collections import Counter
from typing import Any

from lianzhi.domains.enforcement.town.anomalies.planting import Planting
from lianzhi.domains.enforcement.town.baseline.penalties import (
    after_decision,
    after_service,
    amount,
    fined,
    known,
    signed,
    to_decision,
)
from lianzhi.domains.enforcement.town.baseline.rows import Penalty

_NINETY, _SEVEN = 90, 7
"""What the town's own law allows: days to decide; working days to serve and to publish."""


def harsh_finer(planting: Planting) -> list[str]:
    """An officer whose fines are `least` to `most` times as high, within the maximum."""
    officer = _leader(planting)
    for case in _led(planting, officer):
        factor = planting.chance.within(planting.plant.least, planting.plant.most)
        fine = min(planting.item(case).fine[1], int(case.fine * factor) // 50 * 50)
        _fine(planting, case, fine)
    planting.spend([officer])
    return [officer]


def favours(planting: Planting) -> list[str]:
    """An officer with `count` favoured enterprises, who pay a part of the usual fine."""
    officer = _leader(planting)
    cases = _led(planting, officer)
    friends = planting.chance.sample(sorted({case.enterprise for case in cases}), planting.count)
    for case in cases:
        if case.enterprise in friends:
            factor = planting.chance.within(planting.plant.least, planting.plant.most)
            _fine(planting, case, max(50, int(case.fine * factor) // 50 * 50), list="mitigated")
    planting.spend([officer])
    return [officer]


def no_legal_review(planting: Planting) -> list[str]:
    """Decisions without legal review, those with a hearing first."""
    able = planting.free("penalties", _finished)
    weighty = sorted(able, key=lambda penalty: (penalty.heard is None, -penalty.fine, penalty.id))
    chosen = planting.chance.sample(weighty[: planting.count * 3], planting.count)
    return [
        planting.change("penalties", penalty, reviewed=None, reviewed_by=None).id
        for penalty in sorted(chosen, key=lambda penalty: penalty.id)
    ]


def decided_early(planting: Planting) -> list[str]:
    """Decisions shortly after a notice given on the day of the review."""
    chosen = planting.draw(
        "penalties", lambda penalty: _finished(penalty) and penalty.heard is None
    )
    return [
        planting.change("penalties", penalty, noticed=penalty.reviewed).id for penalty in chosen
    ]


def decided_late(planting: Planting) -> list[str]:
    """Decisions `least` to `most` days after the period for a decision."""
    plant, frame = planting.plant, planting.frame
    room = dt.timedelta(_NINETY + int(plant.most) + 30)
    named = []
    for case in planting.draw(
        "penalties",
        lambda penalty: (
            _finished(penalty) and penalty.heard is None and penalty.filed + room <= frame.last
        ),
    ):
        over = planting.chance.whole(int(plant.least), int(plant.most))
        reviewed = frame.calendar.on_or_after(case.filed + dt.timedelta(_NINETY + over))
        decided = frame.calendar.after(reviewed, planting.chance.whole(0, 2))
        late = planting.change("penalties", case, reviewed=reviewed, decided=decided)
        named.append(_again(planting, after_decision(frame, planting.chance, late)))
    return named


def served_late(planting: Planting) -> list[str]:
    """Decisions served `least` to `most` working days late.

    Only decisions without a penalty: others must be published before that, and would have a second
    defect.
    """
    plant, frame = planting.plant, planting.frame
    room = _room(plant.most)
    named = []
    for case in planting.draw(
        "penalties",
        lambda penalty: (
            penalty.list == "no_penalty" and penalty.closed and penalty.decided + room <= frame.last
        ),
    ):
        days = _SEVEN + planting.chance.whole(int(plant.least), int(plant.most))
        late = planting.change("penalties", case, served=frame.calendar.after(case.decided, days))
        named.append(_again(planting, after_service(frame, planting.chance, late)))
    return named


def published_late(planting: Planting) -> list[str]:
    """Decisions published `least` to `most` working days late."""
    plant, after = planting.plant, planting.frame.calendar.after
    room = _room(plant.most)
    named = []
    for case in planting.draw(
        "penalties",
        lambda penalty: _finished(penalty) and penalty.decided + room <= planting.frame.last,
    ):
        days = _SEVEN + planting.chance.whole(int(plant.least), int(plant.most))
        published = after(case.decided, days)
        closed = max(case.closed, after(published, 1))
        named.append(_again(planting, planting.change(
            "penalties", case, published=published, closed=closed
        )))  # fmt: skip
    return named


def fine_above_most(planting: Planting) -> list[str]:
    """A fine `least` to `most` times the most that the item allows."""
    named = []
    for case in planting.draw(
        "penalties", lambda penalty: _finished(penalty) and penalty.list == "heavier"
    ):
        factor = planting.chance.within(planting.plant.least, planting.plant.most)
        fine = int(planting.item(case).fine[1] * factor) // 50 * 50
        named.append(_fine(planting, case, fine))
    return named


def limitation_over(planting: Planting) -> list[str]:
    """Acts that ended `least` to `most` days before the limitation period, without harm."""
    plant, parties = planting.plant, planting.bench.parties
    years = dt.timedelta(366 * planting.frame.settings.limitation_years)

    def old(penalty: Penalty) -> bool:
        long_ago = penalty.filed - years - dt.timedelta(int(plant.most))
        harmless = penalty.facts.harm == "none"
        return _finished(penalty) and harmless and parties[penalty.enterprise].opened < long_ago

    named = []
    for case in planting.draw("penalties", old):
        days = planting.chance.whole(int(plant.least), int(plant.most))
        act = case.filed - years - dt.timedelta(days)
        named.append(planting.change("penalties", case, act_day=act).id)
    return named


def double_fine(planting: Planting) -> list[str]:
    """A second fine by another department for the same act of the same enterprise."""
    frame, chance = planting.frame, planting.chance
    room = dt.timedelta(150)
    named = []
    for case in planting.draw(
        "penalties", lambda penalty: _finished(penalty) and penalty.filed + room <= frame.last
    ):
        filed = frame.calendar.after(case.filed, chance.whole(1, 12))
        others = [key for key in frame.settings.departments if key != case.department]
        squad = chance.pick(tuple(planting.bench.staff.field.values()))
        blank = Penalty(
            id=planting.number("penalties", "P", filed),
            enterprise=case.enterprise,
            item=case.item,
            department=chance.pick(others),
            inspection=None,
            officers=tuple(chance.sample(squad, 2)),
            facts=case.facts,
            act_day=case.act_day,
            filed=filed,
        )
        again = signed(chance, planting.bench.staff, to_decision(frame, chance, blank))
        if not again.fine:
            fine = fined(frame, chance, case.item, case.facts, "lighter")
            again = planting.change("penalties", again, list="lighter", fine=fine)
        planting.spend([case.id])
        named += [case.id, _again(planting, after_decision(frame, chance, again))]
    return named


def backdated_batch(planting: Planting) -> list[str]:
    """Files of one squad from `window` days, with the same day for every step."""
    plant, frame = planting.plant, planting.frame
    squads = {officer.id: officer.squad for officer in planting.bench.town.officers}
    able = planting.free("penalties", lambda penalty: _finished(penalty) and penalty.heard is None)
    able.sort(key=lambda penalty: (penalty.filed, penalty.id))
    batches = []
    for last in able:
        since = last.filed - dt.timedelta(plant.window)
        squad = squads[last.officers[0]]
        batch = [
            penalty
            for penalty in able
            if since <= penalty.filed <= last.filed and squads[penalty.officers[0]] == squad
        ]
        if last.decided + dt.timedelta(90) <= frame.last:
            batches.append((last, batch))
    if not batches:
        return []
    enough = [batch for batch in batches if len(batch[1]) >= planting.count]
    last, batch = planting.chance.pick(enough or [max(batches, key=lambda batch_: len(batch_[1]))])
    named = []
    for case in planting.chance.sample(batch, planting.count):
        steps = {name: getattr(last, name) for name in _WRITTEN_UP}
        named.append(_again(planting, after_service(
            frame, planting.chance, planting.change("penalties", case, **steps)
        )))  # fmt: skip
    return named


_WRITTEN_UP = ("filed", "noticed", "reviewed", "reviewed_by", "decided", "decided_by", "served")


def closed_unpaid(planting: Planting) -> list[str]:
    """Cases closed although the fine was never paid."""
    chosen = planting.draw("penalties", _finished)
    return [
        planting.change("penalties", penalty, paid=None, amount_paid=None).id for penalty in chosen
    ]


def _finished(case: Penalty) -> bool:
    """Whether a case was fined, paid and closed, and never contested."""
    return bool(case.fine and case.paid and case.closed) and not case.reconsideration


def _room(most: float) -> dt.timedelta:
    """Time for a number of late working days, beyond those allowed, to end within the files."""
    return dt.timedelta(2 * int(most) + 50)


def _again(planting: Planting, case: Penalty) -> str:
    """Store the case as the files would know it."""
    return str(planting.change("penalties", known(planting.frame, case)).id)


def _fine(planting: Planting, case: Penalty, fine: int, **fields: object) -> str:
    changed = planting.change("penalties", case, fine=fine, **fields)
    paid = amount(planting.frame, changed, changed.paid)
    return str(planting.change("penalties", changed, amount_paid=paid).id)


def _led(planting: Planting, officer: str) -> list[Any]:
    """The cases led by the officer that end in a fine."""
    return planting.free(
        "penalties", lambda penalty: penalty.fine and penalty.officers[0] == officer
    )


def _leader(planting: Planting) -> str:
    """An officer who leads many cases."""
    load = Counter(
        penalty.officers[0] for penalty in planting.free("penalties", lambda penalty: penalty.fine)
    )
    return planting.chance.pick(planting.officers(lambda officer_: load[officer_]))
