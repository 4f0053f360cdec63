"""Monitors of penalty and permit files: each step is checked against gates, periods and tables."""

import datetime as dt
from collections.abc import Iterable

from lianzhi.domains.enforcement.importing.town_rows import Penalty, Permit
from lianzhi.domains.enforcement.supervision.alert import Figure, Seen
from lianzhi.domains.enforcement.supervision.look import Findings, Look, judge_rows


def _figures(**figures: object) -> dict[str, Figure]:
    """Figures as the texts need them; a missing day becomes a dash."""
    return {k: v if isinstance(v, int | float) else str(v or "—") for k, v in figures.items()}


def case_officers(look: Look) -> Findings:
    """Cases with fewer officers than the law requires."""

    def judge(row: Penalty) -> Seen | None:
        if row.id in look.rows.on_the_spot or "enough_officers" not in look.filing_gates(row):
            return None
        least = look.rules.gates.terms(row.filed).officers
        return Seen((row.id,), row.filed, _figures(officers=len({*row.officers}), least=least))

    return judge_rows(look.rows.penalties, judge)


def case_certificate(look: Look) -> Findings:
    """Cases with an officer whose certificate was not valid on filing or decision."""

    def judge(row: Penalty) -> Seen | None:
        for day in filter(None, (row.filed, row.decided)):
            officer, until = look.lapsed(row.officers, day)
            if officer:
                return Seen((row.id,), day, _figures(day=day, officer=officer, until=until))
        return None

    return judge_rows(look.rows.penalties, judge)


def no_notice(look: Look) -> Findings:
    """Penalties imposed without prior notice."""

    def judge(row: Penalty) -> Seen | None:
        if row.id in look.rows.on_the_spot or "notice_given" not in look.decision_gates(row):
            return None
        return Seen((row.id,), row.decided, _figures(day=row.decided))

    return judge_rows(look.rows.penalties, judge)


def decided_early(look: Look) -> Findings:
    """Cases decided before the period for the defence was over."""

    def judge(row: Penalty) -> Seen | None:
        spot = row.id in look.rows.on_the_spot or row.noticed is None
        if spot or "defence_completed" not in look.decision_gates(row) or row.decided is None:
            return None
        defence = look.rules.procedure(row.decided).defence
        until = row.noticed and look.last_day(defence, row.noticed)
        figures = _figures(noticed=row.noticed, until=until, day=row.decided)
        return Seen((row.id,), row.decided, figures)

    return judge_rows(look.rows.penalties, judge)


def no_hearing(look: Look) -> Findings:
    """Cases decided without the hearing that the party requested."""

    def judge(row: Penalty) -> Seen | None:
        if "hearing_held" not in look.decision_gates(row):
            return None
        return Seen((row.id,), row.decided, _figures(asked=row.hearing_requested, day=row.decided))

    return judge_rows(look.rows.penalties, judge)


def no_legal_review(look: Look) -> Findings:
    """Cases decided without the legal review that is required."""

    def judge(row: Penalty) -> Seen | None:
        if "legally_reviewed" not in look.decision_gates(row):
            return None
        fine = int(row.fine or 0)
        return Seen((row.id,), row.decided, _figures(day=row.decided, fine=fine), fine)

    return judge_rows(look.rows.penalties, judge)


def same_hands(look: Look) -> Findings:
    """Cases in which an investigator also reviewed or decided, or the reviewer decided."""

    def judge(row: Penalty) -> Seen | None:
        if row.id in look.rows.on_the_spot:
            return None
        if not look.decision_gates(row) & {"reviewer_separate", "decider_not_investigator"}:
            return None
        hands = [*{*row.officers}, *filter(None, (row.reviewed_by, row.decided_by))]
        twice = sorted({hand for hand in hands if hands.count(hand) > 1})
        return Seen((row.id,), row.decided, _figures(who=", ".join(twice)))

    return judge_rows(look.rows.penalties, judge)


def decided_late(look: Look) -> Findings:
    """Cases decided, or still open, after the period for a decision."""

    def judge(row: Penalty) -> Seen | None:
        if row.decided is None and row.closed is not None:
            return None  # dropped or handed over
        return _late(look, row.id, "penalty.decide", "filed", row.filed, row.decided)

    return judge_rows(look.rows.penalties, judge)


def served_late(look: Look) -> Findings:
    """Decisions served, or still unserved, after the period for service."""

    def judge(row: Penalty) -> Seen | None:
        if row.decided is None or (row.served is None and row.closed is not None):
            return None
        return _late(look, row.id, "penalty.serve", "decided", row.decided, row.served)

    return judge_rows(look.rows.penalties, judge)


def published_late(look: Look) -> Findings:
    """Decisions published late, and fines in force that were not published in time."""

    def judge(row: Penalty) -> Seen | None:
        stands = row.fine and row.list != "no_penalty" and not row.overturned
        if row.decided is None or (row.published is None and not stands):
            return None
        return _late(look, row.id, "penalty.publish", "decided", row.decided, row.published)

    return judge_rows(look.rows.penalties, judge)


def permit_published_late(look: Look) -> Findings:
    """Permit decisions published after the period for publication."""

    def judge(row: Permit) -> Seen | None:
        if row.decided is None:
            return None
        return _late(look, row.id, "permit.publish", "decided", row.decided, row.published)

    return judge_rows(look.rows.permits, judge)


def _late(
    look: Look, identity: str, period: str, since: str, start: dt.date, done: dt.date | None
) -> Seen | None:
    until = look.last_day(period, start)
    days = ((done or look.day) - until).days
    if days <= 0:
        return None
    return Seen(
        (identity,), until, {since: f"{start}"} | _figures(until=until, done=done, days=days), days
    )


def fine_above_most(look: Look) -> Findings:
    """Fines above the maximum that the item allows."""

    def judge(row: Penalty) -> Seen | None:
        allowed, fine = look.range_of(row), int(row.fine or 0)
        if allowed is None or fine <= allowed.most:
            return None
        figures = _figures(fine=fine, item=row.item, most=allowed.most)
        return Seen((row.id,), row.decided, figures, fine / max(allowed.most, 1))

    return judge_rows(_decided(look), judge)


def fine_below_least(look: Look) -> Findings:
    """Fines below the minimum that the item allows, in cases that are not mitigated."""

    def judge(row: Penalty) -> Seen | None:
        allowed, fine = look.range_of(row), int(row.fine or 0)
        if allowed is None or not fine or row.overturned or fine >= allowed.least:
            return None
        if "within_statutory_range" not in look.decision_gates(row):
            return None
        return Seen((row.id,), row.decided, _figures(fine=fine, item=row.item, least=allowed.least))

    return judge_rows(_decided(look), judge)


def outside_table(look: Look) -> Findings:
    """Fines outside the discretion table's row for the facts."""

    def judge(row: Penalty) -> Seen | None:
        ruling, fine = look.tabled(row), int(row.fine or 0)
        if ruling is None or row.overturned or ruling.fine_from <= fine <= ruling.fine_to:
            return None
        figures = _figures(fine=fine, row=ruling.row, low=ruling.fine_from, high=ruling.fine_to)
        return Seen((row.id,), row.decided, figures, abs(fine - ruling.fine_to))

    return judge_rows(_decided(look), judge)


def limitation_over(look: Look) -> Findings:
    """Penalties for acts discovered after the limitation period."""

    def judge(row: Penalty) -> Seen | None:
        if "limitation" not in look.decision_gates(row):
            return None
        figures = _figures(act=row.act_day, until=look.limit_day(row), day=look.discovery_day(row))
        return Seen((row.id,), row.decided, figures)

    return judge_rows(look.rows.penalties, judge)


def double_fine(look: Look) -> Findings:
    """Parties fined more than once for the same item and day of the act."""
    for (_, _, act), files in sorted(look.fined_acts.items()):
        if len(files) > 1:
            ids = tuple(sorted(row.id for row in files))
            yield Seen(ids, act, _figures(act=act, files=len(files)), len(files))


def closed_owing(look: Look) -> Findings:
    """Cases closed while money was owed."""

    def judge(row: Penalty) -> Seen | None:
        if row.closed is None or not row.fine or row.overturned:
            return None
        account = look.account(row, row.closed)
        if account.owed <= 0:
            return None
        figures = _figures(day=row.closed, owed=int(account.owed), fine=int(account.fine))
        figures |= _figures(surcharge=int(account.surcharge), paid=int(account.paid))
        return Seen((row.id,), row.closed, figures, float(account.owed))

    return judge_rows(look.rows.penalties, judge)


def _decided(look: Look) -> Iterable[Penalty]:
    return (row for row in look.rows.penalties if row.decided is not None)
