"""Effect of a note: how often its cause came up before and after, beside a control. Pure.

A note is written when a cause is high, and what is high falls back by itself. So the period from
which the cause was chosen is shown and never judged: "before" is the period ahead of it. What
changed everywhere cancels out against the control.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Literal, NamedTuple

from lianzhi.domains.mediation.nouns.note import Note
from lianzhi.domains.mediation.prevention_policy import PreventionPolicy
from lianzhi.stats.intervals import Interval, poisson_rate
from lianzhi.stats.rate_ratio import Rate, RateRatio, rate_ratio, ratio_of_rate_ratios
from lianzhi.stats.recurring import Handled, Seen

Verdict = Literal["early", "unknown", "alike", "fell", "rose"]
Unit = Literal["cases", "days"]


class Span(NamedTuple):
    """The addressed and the control in a period [since, until)."""

    since: dt.date
    until: dt.date
    addressed: Rate
    control: Rate

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return max(self.since, self.until - dt.timedelta(1))

    def limits(self, rate: Rate) -> Interval:
        """Garwood's interval of a rate (95 %)."""
        return poisson_rate(rate.events, rate.exposure)


class Effect(NamedTuple):
    """What a note changed."""

    spans: tuple[Span, Span, Span]
    """Before, the period from which the cause was chosen, and after."""
    unit: Unit
    """Exposure of the rates: cases handled, or days where cases are not known of all."""
    control: Literal["elsewhere", "other_causes"]
    """The same cause where the note addresses nobody; or other causes of the field."""
    addressed: RateRatio
    others: RateRatio
    ratio: RateRatio
    """Of both: what judges."""
    verdict: Verdict


def effect(
    note: Note,
    seen: Iterable[Seen],
    handled: Iterable[Handled],
    policy: PreventionPolicy,
    today: dt.date,
) -> Effect:
    """The effect of a note up to `today`; `early` until the follow-up of policy has passed,
    `unknown` where a group or a period has no dispute at all.

    Parties are counted once a period, see `stats/recurring`.
    """
    window = dt.timedelta(policy.window)
    ends = min(today, note.start + window, note.withdrawn or dt.date.max)
    bounds = (
        (note.chosen_since - window, note.chosen_since),
        (note.chosen_since, note.chosen_until),
        (note.start, max(ends, note.start)),
    )
    disputes = [each for each in seen if each.field == note.field]
    cases = [each for each in handled if each.field == note.field]
    split = _split(note)
    by_cases = [_cases(note, cases, *bound) for bound in bounds]
    unit: Unit = "cases" if all(map(all, by_cases)) else "days"
    spans = []
    for (since, until), base in zip(bounds, by_cases, strict=True):
        parties = {(each[:4], split(each)) for each in disputes if since <= each.day < until}
        counts = [sum(group == wanted for _, group in parties) for wanted in (True, False)]
        exposures = base if unit == "cases" else (max((until - since).days, 1),) * 2
        spans.append(Span(since, until, *map(Rate, counts, exposures)))
    before, chosen, after = spans
    ratio = ratio_of_rate_ratios(after.addressed, before.addressed, after.control, before.control)
    verdict: Verdict = "fell" if ratio.hi < 1 else "rose" if ratio.lo > 1 else "alike"
    if ratio.lo == 0 and ratio.hi == inf:
        verdict = "unknown"
    return Effect(
        (before, chosen, after),
        unit,
        "elsewhere" if note.is_partial else "other_causes",
        _change(after.addressed, before.addressed),
        _change(after.control, before.control),
        ratio,
        verdict if (ends - note.start).days >= policy.follow_up else "early",
    )


def _split(note: Note) -> Callable[[Seen], bool | None]:
    """Whether a dispute is among the addressed, the control, or neither (None)."""

    def group(seen: Seen) -> bool | None:
        if seen.cause != note.cause:
            return None if note.is_partial else False
        if not note.is_partial:
            return True
        return seen.office in note.offices or seen.party in note.enterprises

    return group


def _cases(
    note: Note, handled: Sequence[Handled], since: dt.date, until: dt.date
) -> tuple[int, int]:
    """Cases of the addressed and of the control; (0, 0) where enterprises are addressed, whose
    cases are not told apart."""
    offices = [each.office for each in handled if since <= each.day < until]
    if not note.is_partial:
        return len(offices), len(offices)
    if note.enterprises:
        return 0, 0
    inside = sum(office in note.offices for office in offices)
    return inside, len(offices) - inside


def _change(after: Rate, before: Rate) -> RateRatio:
    return rate_ratio(after.events, before.events, after.exposure, before.exposure)
