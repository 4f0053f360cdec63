"""Money: what is owed on a fine, surcharge included, on a day."""

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from lianzhi.domains.enforcement.law.statutes import late_fines
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.law import surcharge
from lianzhi.law.surcharge_rules import NoRuleError


class Account(NamedTuple):
    """How a fine stands; whole yuan."""

    fine: int
    surcharge: int
    paid: int

    @property
    def owed(self) -> int:
        """What is still to be paid."""
        return max(0, self.fine + self.surcharge - self.paid)


def account(one: Penalty, day: dt.date) -> Account:
    """How the fine of a file stands by the evening of a day; before service nothing is late."""
    if not one.fine or one.served is None:
        return Account(one.fine, 0, one.paid)
    try:
        rule = late_fines().on(one.decided or one.served)
    except NoRuleError:  # imported, from before the statute: nothing is added
        return Account(one.fine, 0, one.paid)
    added = surcharge.surcharge(
        _parts(one, one.due or rule.due(one.served)),
        list(_towards_the_fine(one, day)),
        day,
        rule,
        [surcharge.Suspension(s.since, s.until) for s in one.suspensions],
    )
    # Fractions of a yuan are let go, for the party.
    return Account(one.fine, int(added.amount.to_integral_value(ROUND_FLOOR)), one.paid)


def _parts(one: Penalty, due: dt.date) -> list[surcharge.Part]:
    """What of the fine is due when. What had been paid before instalments were approved is due
    with the first of them, for money goes to what is due first."""
    if not one.instalments:
        return [surcharge.Part(due, Decimal(one.fine))]
    parts = [surcharge.Part(each.due, Decimal(each.amount)) for each in one.instalments]
    before = one.fine - sum(each.amount for each in one.instalments)
    return [surcharge.Part(parts[0].due, Decimal(before)), *parts] if before > 0 else parts


def _towards_the_fine(one: Penalty, day: dt.date) -> Iterator[surcharge.Payment]:
    """Payments as far as they go to the fine: what comes after is for the surcharge."""
    left = one.fine
    for each in one.payments:
        if each.day <= day and (part := min(each.amount, left)) > 0:
            yield surcharge.Payment(each.day, Decimal(part))
            left -= part


def owed(one: Penalty, day: dt.date) -> int:
    """What is still to be paid on a day, in whole yuan."""
    return account(one, day).owed
