"""Monitors of penalty and permit files: each step held against the gates, periods and tables."""

import datetime as dt
from collections.abc import Iterable

from lianzhi.domains.enforcement.importing.town_rows import Penalty, Permit
from lianzhi.domains.enforcement.supervision.alert import Figure, Seen
from lianzhi.domains.enforcement.supervision.look import Found, Look, each


def _say(**figures: object) -> dict[str, Figure]:
    """Figures as words need them; a day that is not there is a dash."""
    return {k: v if isinstance(v, int | float) else str(v or "—") for k, v in figures.items()}


def case_officers(look: Look) -> Found:
    """Fewer officers than the law asks for."""

    def judge(row: Penalty) -> Seen | None:
        if row.id in look.rows.on_the_spot or "enough_officers" not in look.filing_gates(row):
            return None
        least = look.rules.gates.terms(row.filed).officers
        return Seen((row.id,), row.filed, _say(officers=len({*row.officers}), least=least))

    return each(look.rows.penalties, judge)


def case_certificate(look: Look) -> Found:
    """An officer without a good certificate when the case was filed or decided."""

    def judge(row: Penalty) -> Seen | None:
        for day in filter(None, (row.filed, row.decided)):
            officer, until = look.lapsed(row.officers, day)
            if officer:
                return Seen((row.id,), day, _say(day=day, officer=officer, until=until))
        return None

    return each(look.rows.penalties, judge)


def no_notice(look: Look) -> Found:
    """A penalty without notice of it."""

    def judge(row: Penalty) -> Seen | None:
        if row.id in look.rows.on_the_spot or "notice_given" not in look.decision_gates(row):
            return None
        return Seen((row.id,), row.decided, _say(day=row.decided))

    return each(look.rows.penalties, judge)


def decided_early(look: Look) -> Found:
    """Decided while the party might still speak."""

    def judge(row: Penalty) -> Seen | None:
        spot = row.id in look.rows.on_the_spot or row.noticed is None
        if spot or "defence_completed" not in look.decision_gates(row) or row.decided is None:
            return None
        defence = look.rules.procedure(row.decided).defence
        until = row.noticed and look.last_day(defence, row.noticed)
        figures = _say(noticed=row.noticed, until=until, day=row.decided)
        return Seen((row.id,), row.decided, figures)

    return each(look.rows.penalties, judge)


def no_hearing(look: Look) -> Found:
    """A hearing was asked for, and the decision came without one."""

    def judge(row: Penalty) -> Seen | None:
        if "hearing_held" not in look.decision_gates(row):
            return None
        return Seen((row.id,), row.decided, _say(asked=row.hearing_requested, day=row.decided))

    return each(look.rows.penalties, judge)


def no_legal_review(look: Look) -> Found:
    """Decided without the legal review that is asked for."""

    def judge(row: Penalty) -> Seen | None:
        if "legally_reviewed" not in look.decision_gates(row):
            return None
        fine = int(row.fine or 0)
        return Seen((row.id,), row.decided, _say(day=row.decided, fine=fine), fine)

    return each(look.rows.penalties, judge)


def same_hands(look: Look) -> Found:
    """Who investigated also reviewed or decided, or who reviewed decided."""

    def judge(row: Penalty) -> Seen | None:
        if row.id in look.rows.on_the_spot:
            return None
        if not look.decision_gates(row) & {"reviewer_separate", "decider_not_investigator"}:
            return None
        hands = [*{*row.officers}, *filter(None, (row.reviewed_by, row.decided_by))]
        twice = sorted({one for one in hands if hands.count(one) > 1})
        return Seen((row.id,), row.decided, _say(who=", ".join(twice)))

    return each(look.rows.penalties, judge)


def decided_late(look: Look) -> Found:
    """Decided, or still open, after the days for a decision."""

    def judge(row: Penalty) -> Seen | None:
        if row.decided is None and row.closed is not None:
            return None  # dropped, or handed to others
        return _late(look, row.id, "penalty.decide", "filed", row.filed, row.decided)

    return each(look.rows.penalties, judge)


def served_late(look: Look) -> Found:
    """Served, or still to be served, after the days for it."""

    def judge(row: Penalty) -> Seen | None:
        if row.decided is None or (row.served is None and row.closed is not None):
            return None
        return _late(look, row.id, "penalty.serve", "decided", row.decided, row.served)

    return each(look.rows.penalties, judge)


def published_late(look: Look) -> Found:
    """A decision published after the days for it; or a fine that stands, and is not."""

    def judge(row: Penalty) -> Seen | None:
        stands = row.fine and row.list != "no_penalty" and not row.overturned
        if row.decided is None or (row.published is None and not stands):
            return None
        return _late(look, row.id, "penalty.publish", "decided", row.decided, row.published)

    return each(look.rows.penalties, judge)


def permit_published_late(look: Look) -> Found:
    """A decision on a permit published after the days for it."""

    def judge(row: Permit) -> Seen | None:
        if row.decided is None:
            return None
        return _late(look, row.id, "permit.publish", "decided", row.decided, row.published)

    return each(look.rows.permits, judge)


def _late(
    look: Look, identity: str, period: str, since: str, start: dt.date, done: dt.date | None
) -> Seen | None:
    until = look.last_day(period, start)
    days = ((done or look.day) - until).days
    if days <= 0:
        return None
    return Seen(
        (identity,), until, {since: f"{start}"} | _say(until=until, done=done, days=days), days
    )


def fine_above_most(look: Look) -> Found:
    """A fine above what the item allows."""

    def judge(row: Penalty) -> Seen | None:
        allowed, fine = look.range_of(row), int(row.fine or 0)
        if allowed is None or fine <= allowed.most:
            return None
        figures = _say(fine=fine, item=row.item, most=allowed.most)
        return Seen((row.id,), row.decided, figures, fine / max(allowed.most, 1))

    return each(_decided(look), judge)


def fine_below_least(look: Look) -> Found:
    """A fine below what the item allows, in a case that is not a mitigated one."""

    def judge(row: Penalty) -> Seen | None:
        allowed, fine = look.range_of(row), int(row.fine or 0)
        if allowed is None or not fine or row.overturned or fine >= allowed.least:
            return None
        if "within_statutory_range" not in look.decision_gates(row):
            return None
        return Seen((row.id,), row.decided, _say(fine=fine, item=row.item, least=allowed.least))

    return each(_decided(look), judge)


def outside_table(look: Look) -> Found:
    """A fine outside the row of the discretion table, where the facts name one."""

    def judge(row: Penalty) -> Seen | None:
        found, fine = look.tabled(row), int(row.fine or 0)
        if found is None or row.overturned or found.fine_from <= fine <= found.fine_to:
            return None
        figures = _say(fine=fine, row=found.row, low=found.fine_from, high=found.fine_to)
        return Seen((row.id,), row.decided, figures, abs(fine - found.fine_to))

    return each(_decided(look), judge)


def limitation_over(look: Look) -> Found:
    """A penalty for an act that was found out after the limitation period."""

    def judge(row: Penalty) -> Seen | None:
        if "limitation" not in look.decision_gates(row):
            return None
        figures = _say(act=row.act_day, until=look.limit_day(row), day=look.found(row))
        return Seen((row.id,), row.decided, figures)

    return each(look.rows.penalties, judge)


def double_fine(look: Look) -> Found:
    """More than one fine for the same party, item and day of the act."""
    for (_, _, act), files in sorted(look.fined_acts.items()):
        if len(files) > 1:
            ids = tuple(sorted(row.id for row in files))
            yield Seen(ids, act, _say(act=act, files=len(files)), len(files))


def closed_owing(look: Look) -> Found:
    """Closed while money was owed."""

    def judge(row: Penalty) -> Seen | None:
        if row.closed is None or not row.fine or row.overturned:
            return None
        found = look.account(row, row.closed)
        if found.owed <= 0:
            return None
        figures = _say(day=row.closed, owed=int(found.owed), fine=int(found.fine))
        figures |= _say(surcharge=int(found.surcharge), paid=int(found.paid))
        return Seen((row.id,), row.closed, figures, float(found.owed))

    return each(look.rows.penalties, judge)


def _decided(look: Look) -> Iterable[Penalty]:
    return (row for row in look.rows.penalties if row.decided is not None)
