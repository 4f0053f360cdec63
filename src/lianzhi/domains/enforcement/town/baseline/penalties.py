"""Penalty files: cases from violations, with facts, decision, and the day of each step.

The order is filed, noticed, (hearing,) reviewed, decided, served, (paid,) published, closed. Steps
after the town's last day have not happened yet.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from lianzhi.domains.enforcement.town.baseline.chance import Chance
from lianzhi.domains.enforcement.town.baseline.people import Staff
from lianzhi.domains.enforcement.town.baseline.rows import (
    Enterprise,
    Facts,
    Grid,
    Inspection,
    List,
    Penalty,
)
from lianzhi.domains.enforcement.town.baseline.settings import Frame
from lianzhi.domains.enforcement.town.baseline.workdays import days

LADDER: tuple[List, ...] = ("no_penalty", "mitigated", "lighter", "ordinary", "heavier")
_HARMS = ("none", "minor", "grave")


def penalties(
    frame: Frame,
    enterprises: Sequence[Enterprise],
    all_grids: Sequence[Grid],
    staff: Staff,
    visits: Sequence[Inspection],
) -> tuple[Penalty, ...]:
    """The cases of the town's months, in order of filing."""
    chance = frame.chance("penalties")
    parties = {enterprise.id: enterprise for enterprise in enterprises}
    squads = {grid.id: grid.squad for grid in all_grids}
    filed: list[Penalty] = []
    for visit in visits:
        for item in visit.violations:
            if chance.happens(frame.settings.cases.filed):
                party = parties[visit.enterprise]
                filed.append(_file(frame, chance, party, item, visit.day, visit.officers, visit.id))
    worked = frame.calendar.between(frame.first, frame.last)
    for _ in range(int(len(filed) * frame.settings.cases.without_inspection)):
        party, day = chance.pick(enterprises), chance.pick(worked)
        pair = tuple(chance.sample(staff.field[squads[party.grid]], 2))
        item = chance.pick(tuple(frame.settings.industries[party.industry].items))
        if party.opened < day:
            filed.append(_file(frame, chance, party, item, day, pair, None))
    filed = [penalty for penalty in filed if penalty.filed <= frame.last]
    filed.sort(
        key=lambda penalty: (penalty.filed, penalty.act_day, penalty.enterprise, penalty.item)
    )
    return tuple(_decided(frame, chance, staff, filed))


def _file(
    frame: Frame,
    chance: Chance,
    party: Enterprise,
    item: str,
    day: dt.date,
    pair: tuple[str, ...],
    visit: str | None,
) -> Penalty:
    cases = frame.settings.cases
    act = day
    if chance.happens(cases.earlier_act):
        act -= dt.timedelta(chance.whole(*cases.earlier_days))
    if act < party.opened:
        act = day
    return Penalty(
        id="",
        enterprise=party.id,
        item=item,
        department=frame.settings.items[item].department,
        inspection=visit,
        officers=tuple(chance.order(pair)),
        facts=_facts(frame, chance, party, item),
        act_day=act,
        filed=frame.calendar.after(day, chance.whole(*cases.file_days)),
    )


def _facts(frame: Frame, chance: Chance, party: Enterprise, item: str) -> Facts:
    cases = frame.settings.cases
    part, money = chance.uniform(), chance.uniform()
    low, high = cases.amount
    small = party.staff < cases.person_staff and chance.happens(0.5)
    return Facts(
        harm=chance.weighted(_HARMS, [cases.harm[key] for key in _HARMS]),  # type: ignore[arg-type]
        first_time=not chance.happens(cases.prior),
        corrected=chance.happens(cases.corrected),
        subject="person" if small else "unit",
        days=1 + int(cases.lasted_days * part * part * part * part * part),
        fault=not chance.happens(cases.faultless),
        amount=low + int((high - low) * money * money * money * money)
        if frame.settings.items[item].money
        else None,
    )


def _decided(
    frame: Frame, chance: Chance, staff: Staff, filed: Sequence[Penalty]
) -> Iterator[Penalty]:
    """Decide cases in order of filing, so that repeat offences are recognised.

    An act that is filed twice on the same day is one case.
    """
    before: set[tuple[str, str]] = set()
    acts: set[tuple[str, str, dt.date]] = set()
    numbers: dict[dt.date, int] = {}
    for case in filed:
        act = case.enterprise, case.item, case.act_day
        if act in acts:
            continue
        acts.add(act)
        numbers[case.filed] = numbers.get(case.filed, 0) + 1
        facts = case.facts
        if act[:2] in before:
            facts = msgspec.structs.replace(facts, first_time=False)
        before.add(act[:2])
        name = f"P{case.filed:%Y%m%d}-{numbers[case.filed]:02}"
        ready = to_decision(frame, chance, msgspec.structs.replace(case, id=name, facts=facts))
        yield known(frame, after_decision(frame, chance, signed(chance, staff, ready)))


def grade(facts: Facts) -> List:
    """Discretion list for the facts, by the town's own rule of thumb."""
    if not facts.fault or (facts.harm == "none" and facts.corrected and facts.days <= 5):
        return "no_penalty"
    if facts.harm == "grave" or not (facts.first_time or facts.corrected):
        return "heavier"
    if facts.first_time and facts.corrected:
        return "mitigated" if facts.harm == "none" and facts.days <= 15 else "lighter"
    return "lighter" if facts.corrected and facts.harm == "none" else "ordinary"


def fined(frame: Frame, chance: Chance, item: str, facts: Facts, outcome: List) -> int:
    """Fine in yuan, by the list, the facts, and some of the officers' own judgement."""
    if outcome == "no_penalty":
        return 0
    least, most = frame.settings.items[item].fine
    low, high = frame.settings.lists[outcome]
    weight = (
        0.35 * _HARMS.index(facts.harm) / 2.0 + 0.25 * facts.days / frame.settings.cases.lasted_days
    )
    weight += 0.15 * (not facts.first_time) + 0.25 * chance.uniform()
    place = low + (high - low) * min(1.0, weight)
    if place < 0.0:
        return max(50, int(least * (1.0 + place)) // 50 * 50)
    if facts.subject == "person":
        place *= 0.5
    return min(most, max(least, int(least + (most - least) * place) // 100 * 100))


def to_decision(frame: Frame, chance: Chance, case: Penalty) -> Penalty:
    """The case with its notice, hearing, review and decision."""
    cases, after = frame.settings.cases, frame.calendar.after
    outcome = grade(case.facts)
    if chance.happens(cases.strange):
        place = LADDER.index(outcome) + (1 if chance.happens(0.5) else -1)
        outcome = LADDER[max(0, min(len(LADDER) - 1, place))]
    fine = fined(frame, chance, case.item, case.facts, outcome)
    noticed = after(case.filed, chance.whole(*cases.notice_days))
    hearing_requested = hearing = None
    if fine >= cases.hearing_fine[case.facts.subject] and chance.happens(cases.hearing_asked):
        hearing_requested = after(noticed, chance.whole(*cases.hearing_ask_days))
        hearing = after(hearing_requested, chance.whole(*cases.hearing_days))
        reviewed = after(hearing, chance.whole(*cases.review_after_hearing))
    else:
        reviewed = after(noticed, chance.whole(*cases.review_days))
    return msgspec.structs.replace(
        case,
        noticed=noticed,
        hearing_requested=hearing_requested,
        heard=hearing,
        reviewed=reviewed,
        decided=after(reviewed, chance.whole(*cases.decide_days)),
        list=outcome,
        fine=fine,
    )


def signed(chance: Chance, staff: Staff, case: Penalty) -> Penalty:
    """The case with a reviewer and a decider who do not handle it."""
    return msgspec.structs.replace(
        case, reviewed_by=chance.pick(staff.reviewers), decided_by=chance.pick(staff.deciders)
    )


def after_decision(frame: Frame, chance: Chance, case: Penalty) -> Penalty:
    """The case with its service and the steps after it."""
    served = frame.calendar.after(
        _day(case.decided), chance.whole(*frame.settings.cases.serve_days)
    )
    return after_service(frame, chance, msgspec.structs.replace(case, served=served))


def after_service(frame: Frame, chance: Chance, case: Penalty) -> Penalty:
    """The case with publication, reconsideration, payment and closure."""
    cases, after, served = frame.settings.cases, frame.calendar.after, _day(case.served)
    published = max(served, after(_day(case.decided), chance.whole(*cases.publish_days)))
    ready = served
    requested, overturned = None, None
    if case.fine:
        ready = published
        if chance.happens(cases.reconsidered):
            requested = served + dt.timedelta(chance.whole(*cases.reconsider_days))
            ready = after(requested, 0) + dt.timedelta(chance.whole(*cases.reconsider_takes))
            overturned = chance.happens(cases.overturned)
            if ready > frame.last:
                overturned = None
    paid = None if overturned else paying(frame, chance, case, in_time=requested is not None)
    closed = None
    if overturned or not case.fine or paid:
        closed = after(max(ready, paid or ready), chance.whole(*cases.close_days))
    return msgspec.structs.replace(
        case,
        paid=paid,
        amount_paid=amount(frame, case, paid),
        published=published if case.fine else None,
        closed=closed,
        reconsideration=requested,
        overturned=overturned,
    )


def paying(frame: Frame, chance: Chance, case: Penalty, *, in_time: bool) -> dt.date | None:
    """The day on which the fine is paid: in time, late, or never."""
    cases = frame.settings.cases
    if not case.fine or case.served is None:
        return None
    last = pay_by(frame, case.served)
    fate = 1.0 if in_time else chance.uniform()
    if fate < cases.never:
        return None
    if fate < cases.never + cases.late:
        return last + dt.timedelta(chance.whole(*cases.late_days))
    return chance.pick(days(case.served, last))


def pay_by(frame: Frame, served: dt.date) -> dt.date:
    """The last day to pay without surcharge."""
    return frame.calendar.on_or_after(served + dt.timedelta(frame.settings.cases.pay_days))


def amount(frame: Frame, case: Penalty, paid: dt.date | None) -> int | None:
    """The fine, and for each day late the surcharge, which never exceeds the fine."""
    if not case.fine or paid is None or case.served is None:
        return None
    late = max(0, (paid - pay_by(frame, case.served)).days)
    return case.fine + min(case.fine, round(case.fine * frame.settings.surcharge * late))


def known(frame: Frame, case: Penalty) -> Penalty:
    """The case as the files show it on the town's last day."""
    names = ("noticed", "hearing_requested", "heard", "reviewed", "decided", "served", "paid")
    seen: Mapping[str, object] = {
        name: frame.known(getattr(case, name))
        for name in (*names, "published", "closed", "reconsideration")
    }
    lost: dict[str, object] = {}
    if not seen["reviewed"]:
        lost["reviewed_by"] = None
    if not seen["decided"]:
        lost |= {"decided_by": None, "list": None, "fine": None}
    if not seen["paid"]:
        lost["amount_paid"] = None
    return msgspec.structs.replace(case, **seen, **lost)


def _day(day: dt.date | None) -> dt.date:
    if day is None:
        raise ValueError("this step comes after one that was not taken")
    return day
