"""Surcharge 加处罚款: what a fine costs that is paid late, exact to the fen.

Each late day adds a part of the fine, up to a cap; no day of reconsideration or suit counts; an
approved instalment has a due day of its own. Rate, cap and articles are data, as
`surcharge_rules.py` reads them.

How such articles are read here, where they leave it open:

- The day of receipt does not count. Paying on the due day costs nothing; each later day up to and
  with that of payment counts once, so whoever pays a day late owes one day.
- After part has been paid, the rate is taken of what is unpaid and due. The article speaks of "the
  fine"; to charge for money already in the treasury would punish twice, so the reading that is
  milder for the party is taken.
- Money goes to the instalment that was due first, and to the fine before its surcharge.
- A sum that is no whole fen at the end is rounded down, for the party.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

import msgspec

from lianzhi.law.surcharge_rules import Rule, SurchargeError

_FEN = Decimal("0.01")
_MOST_DAYS = 36_525
_MOST_PARTS = 120
_MOST_YUAN = Decimal(1_000_000_000_000)


class Part(msgspec.Struct, frozen=True):
    """The whole fine, or an approved instalment of it, with its due day."""

    due: dt.date
    amount: Decimal
    """Yuan."""


class Payment(msgspec.Struct, frozen=True):
    """A payment towards the fine on a day."""

    day: dt.date
    amount: Decimal
    """Yuan."""


class Suspension(msgspec.Struct, frozen=True):
    """Days of reconsideration or suit, both ends included."""

    first: dt.date
    last: dt.date | None = None
    """None while it continues."""


class Interval(msgspec.Struct, frozen=True):
    """Consecutive days on which the same amount was overdue; yuan."""

    first: dt.date
    last: dt.date
    days: int
    unpaid: Decimal
    """Due and unpaid part of the fine on the morning of each day."""
    suspended: bool
    added: Decimal
    """Before the cap, unrounded."""


class Surcharge(msgspec.Struct, frozen=True, kw_only=True):
    """The surcharge accrued by the end of a day, with its course; yuan."""

    until: dt.date
    amount: Decimal
    """Rounded down to the fen."""
    unpaid: Decimal
    """Unpaid part of the fine, due or not."""
    late_days: int
    """Days on which an amount was overdue and the surcharge ran."""
    suspended_days: int
    """Days on which an amount was overdue and the surcharge was suspended."""
    capped_on: dt.date | None
    """First day on which the cap was reached."""
    intervals: tuple[Interval, ...]


def surcharge(
    parts: Sequence[Part],
    payments: Sequence[Payment],
    until: dt.date,
    rule: Rule,
    suspensions: Sequence[Suspension] = (),
) -> Surcharge:
    """The surcharge on a fine by the end of `until`.

    `parts` make up the fine: one, or the approved instalments. Payments after `until` don't count.
    Raises SurchargeError for sums that are no positive whole fen, payments above the fine, a
    suspension that ends before it begins, or more than a century of days.
    """
    fine = _checked(parts, payments, until, suspensions)
    cap = Fraction(fine) * Fraction(rule.cap)
    total, capped = Fraction(0), None
    intervals: list[Interval] = []
    days = _days(parts, payments, until, suspensions)
    for (owed, stopped), run in groupby(days, key=itemgetter(1, 2)):
        if not owed:
            continue
        during = [day for day, _, _ in run]
        added = 0 if stopped else len(during) * owed * Fraction(rule.daily_rate)
        if capped is None and total + added >= cap:
            daily = owed * Fraction(rule.daily_rate)
            capped = during[-((total - cap) // daily) - 1]
        total += added
        intervals.append(
            Interval(
                during[0], during[-1], len(during), _yuan(owed), stopped, _yuan(Fraction(added))
            )
        )
    paid = sum((each.amount for each in payments if each.day <= until), Decimal(0))
    return Surcharge(
        until=until,
        amount=Decimal(min(total, cap) * 100 // 1) * _FEN,
        unpaid=fine - paid,
        late_days=sum(each.days for each in intervals if not each.suspended),
        suspended_days=sum(each.days for each in intervals if each.suspended),
        capped_on=capped,
        intervals=tuple(intervals),
    )


def _days(
    parts: Sequence[Part],
    payments: Sequence[Payment],
    until: dt.date,
    suspensions: Sequence[Suspension],
) -> Iterator[tuple[dt.date, Fraction, bool]]:
    """Each day after the first due day: the amount overdue in its morning, and whether it is
    suspended.
    """
    for ordinal in range(min(part.due for part in parts).toordinal() + 1, until.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        due = sum(Fraction(part.amount) for part in parts if part.due < day)
        owed = due - sum(Fraction(each.amount) for each in payments if each.day < day)
        yield day, Fraction(max(owed, 0)), any(_covers(each, day) for each in suspensions)


def _covers(suspension: Suspension, day: dt.date) -> bool:
    return suspension.first <= day <= (suspension.last or dt.date.max)


def _checked(
    parts: Sequence[Part],
    payments: Sequence[Payment],
    until: dt.date,
    suspensions: Sequence[Suspension],
) -> Decimal:
    """The whole fine. Raises SurchargeError for amounts or days that cannot be used."""
    if not parts or max(len(parts), len(payments), len(suspensions)) > _MOST_PARTS:
        raise SurchargeError(
            f"parts, payments and suspensions are {len(parts)}, {len(payments)} and "
            f"{len(suspensions)}; give one part at least, and at most {_MOST_PARTS} of each"
        )
    for name, sums in (("part", parts), ("payment", payments)):
        for each in sums:
            _sum(name, each.amount)
    fine = sum((part.amount for part in parts), Decimal(0))
    paid = sum((each.amount for each in payments), Decimal(0))
    if paid > fine:
        raise SurchargeError(
            f"payments are {paid} yuan in all, more than the fine of {fine}; leave out what was "
            "paid towards the surcharge"
        )
    for suspension in suspensions:
        if suspension.last is not None and suspension.last < suspension.first:
            raise SurchargeError(
                f"suspension is {suspension.first}..{suspension.last}: it ends before it begins; "
                "mend either"
            )
    first = min(part.due for part in parts)
    if (until - first).days > _MOST_DAYS:
        raise SurchargeError(
            f"until is {until}, over {_MOST_DAYS:,} days after {first}; mend the year"
        )
    return fine


def _sum(name: str, amount: Decimal) -> None:
    # The range first: quantize of a huge number raises an error of its own.
    if not (amount.is_finite() and 0 < amount < _MOST_YUAN and amount == amount.quantize(_FEN)):
        raise SurchargeError(
            f"amount of a {name} is {amount}; give yuan above 0 and below {_MOST_YUAN:,}, with at "
            "most two decimals"
        )


def _yuan(amount: Fraction) -> Decimal:
    """Exact conversion: sums and rates have few decimals, so their products have too."""
    return Decimal(amount.numerator) / Decimal(amount.denominator)
