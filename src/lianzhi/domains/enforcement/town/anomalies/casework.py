"""Anomalies of penalty files. Each plants, and returns what a monitor should name."""

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
    """An officer whose cases end with `least` to `most` times the fine, up to what is allowed."""
    officer = _leader(planting)
    for case in _led(planting, officer):
        factor = planting.chance.within(planting.plant.least, planting.plant.most)
        fine = min(planting.item(case).fine[1], int(case.fine * factor) // 50 * 50)
        _fine(planting, case, fine)
    planting.spend([officer])
    return [officer]


def favours(planting: Planting) -> list[str]:
    """An officer who has `count` friends, and fines them a part of what others pay."""
    officer = _leader(planting)
    cases = _led(planting, officer)
    friends = planting.chance.some(sorted({one.enterprise for one in cases}), planting.count)
    for case in cases:
        if case.enterprise in friends:
            factor = planting.chance.within(planting.plant.least, planting.plant.most)
            _fine(planting, case, max(50, int(case.fine * factor) // 50 * 50), list="mitigated")
    planting.spend([officer])
    return [officer]


def no_legal_review(planting: Planting) -> list[str]:
    """Decisions that nobody reviewed, those that had a hearing first."""
    able = planting.free("penalties", _finished)
    weighty = sorted(able, key=lambda one: (one.heard is None, -one.fine, one.id))
    some = planting.chance.some(weighty[: planting.count * 3], planting.count)
    return [
        planting.change("penalties", one, reviewed=None, reviewed_by=None).id
        for one in sorted(some, key=lambda one: one.id)
    ]


def decided_early(planting: Planting) -> list[str]:
    """The notice came on the day of the review, shortly before the decision."""
    some = planting.draw("penalties", lambda one: _finished(one) and one.heard is None)
    return [planting.change("penalties", one, noticed=one.reviewed).id for one in some]


def decided_late(planting: Planting) -> list[str]:
    """Decided `least` to `most` days after the days for a decision ran out."""
    plant, frame = planting.plant, planting.frame
    room = dt.timedelta(_NINETY + int(plant.most) + 30)
    named = []
    for case in planting.draw(
        "penalties",
        lambda one: _finished(one) and one.heard is None and one.filed + room <= frame.last,
    ):
        over = planting.chance.whole(int(plant.least), int(plant.most))
        reviewed = frame.calendar.on_or_after(case.filed + dt.timedelta(_NINETY + over))
        decided = frame.calendar.after(reviewed, planting.chance.whole(0, 2))
        late = planting.change("penalties", case, reviewed=reviewed, decided=decided)
        named.append(_again(planting, after_decision(frame, planting.chance, late)))
    return named


def served_late(planting: Planting) -> list[str]:
    """Served `least` to `most` working days late. Of decisions without a penalty: others must be
    published before that, and would have a second defect.
    """
    plant, frame = planting.plant, planting.frame
    room = _room(plant.most)
    named = []
    for case in planting.draw(
        "penalties",
        lambda one: one.list == "no_penalty" and one.closed and one.decided + room <= frame.last,
    ):
        days = _SEVEN + planting.chance.whole(int(plant.least), int(plant.most))
        late = planting.change("penalties", case, served=frame.calendar.after(case.decided, days))
        named.append(_again(planting, after_service(frame, planting.chance, late)))
    return named


def published_late(planting: Planting) -> list[str]:
    """Published `least` to `most` working days late."""
    plant, after = planting.plant, planting.frame.calendar.after
    room = _room(plant.most)
    named = []
    for case in planting.draw(
        "penalties", lambda one: _finished(one) and one.decided + room <= planting.frame.last
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
    for case in planting.draw("penalties", lambda one: _finished(one) and one.list == "heavier"):
        factor = planting.chance.within(planting.plant.least, planting.plant.most)
        fine = int(planting.item(case).fine[1] * factor) // 50 * 50
        named.append(_fine(planting, case, fine))
    return named


def limitation_over(planting: Planting) -> list[str]:
    """The act ended `least` to `most` days before the limitation period, and harmed nobody."""
    plant, parties = planting.plant, planting.bench.parties
    years = dt.timedelta(366 * planting.frame.settings.limitation_years)

    def old(one: Penalty) -> bool:
        long_ago = one.filed - years - dt.timedelta(int(plant.most))
        harmless = one.facts.harm == "none"
        return _finished(one) and harmless and parties[one.enterprise].opened < long_ago

    named = []
    for case in planting.draw("penalties", old):
        days = planting.chance.whole(int(plant.least), int(plant.most))
        act = case.filed - years - dt.timedelta(days)
        named.append(planting.change("penalties", case, act_day=act).id)
    return named


def double_fine(planting: Planting) -> list[str]:
    """Another department fines the same enterprise for the same act once more."""
    frame, chance = planting.frame, planting.chance
    room = dt.timedelta(150)
    named = []
    for case in planting.draw(
        "penalties", lambda one: _finished(one) and one.filed + room <= frame.last
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
            officers=tuple(chance.some(squad, 2)),
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
    """One squad's files of `window` days, written up in one go: every step has the same day."""
    plant, frame = planting.plant, planting.frame
    squads = {one.id: one.squad for one in planting.bench.town.officers}
    able = planting.free("penalties", lambda one: _finished(one) and one.heard is None)
    able.sort(key=lambda one: (one.filed, one.id))
    batches = []
    for last in able:
        since = last.filed - dt.timedelta(plant.window)
        squad = squads[last.officers[0]]
        batch = [
            one
            for one in able
            if since <= one.filed <= last.filed and squads[one.officers[0]] == squad
        ]
        if last.decided + dt.timedelta(90) <= frame.last:
            batches.append((last, batch))
    if not batches:
        return []
    enough = [one for one in batches if len(one[1]) >= planting.count]
    last, batch = planting.chance.pick(enough or [max(batches, key=lambda one: len(one[1]))])
    named = []
    for case in planting.chance.some(batch, planting.count):
        steps = {name: getattr(last, name) for name in _WRITTEN_UP}
        named.append(_again(planting, after_service(
            frame, planting.chance, planting.change("penalties", case, **steps)
        )))  # fmt: skip
    return named


_WRITTEN_UP = ("filed", "noticed", "reviewed", "reviewed_by", "decided", "decided_by", "served")


def closed_unpaid(planting: Planting) -> list[str]:
    """Closed although the fine was never paid."""
    some = planting.draw("penalties", _finished)
    return [planting.change("penalties", one, paid=None, amount_paid=None).id for one in some]


def _finished(case: Penalty) -> bool:
    """Fined, paid and closed, and never contested."""
    return bool(case.fine and case.paid and case.closed) and not case.reconsideration


def _room(most: float) -> dt.timedelta:
    """Time enough for so many working days beyond those allowed to end within the town's files."""
    return dt.timedelta(2 * int(most) + 50)


def _again(planting: Planting, case: Penalty) -> str:
    """Keep the case as the files would know it."""
    return str(planting.change("penalties", known(planting.frame, case)).id)


def _fine(planting: Planting, case: Penalty, fine: int, **fields: object) -> str:
    """Another fine, and what was paid accordingly."""
    changed = planting.change("penalties", case, fine=fine, **fields)
    paid = amount(planting.frame, changed, changed.paid)
    return str(planting.change("penalties", changed, amount_paid=paid).id)


def _led(planting: Planting, officer: str) -> list[Any]:
    """The cases that the officer leads and that end in a fine."""
    return planting.free("penalties", lambda one: one.fine and one.officers[0] == officer)


def _leader(planting: Planting) -> str:
    """One of those who lead many cases."""
    load = Counter(one.officers[0] for one in planting.free("penalties", lambda one: one.fine))
    return planting.chance.pick(planting.officers(lambda one: load[one]))
