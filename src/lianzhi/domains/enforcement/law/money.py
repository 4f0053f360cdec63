"""Amount owed on a fine on a day, surcharge included."""

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from lianzhi.domains.enforcement.law.statutes import late_fines
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.law import surcharge
from lianzhi.law.surcharge_rules import NoRuleError


class Account(NamedTuple):
    """Fine, surcharge and payments; whole yuan."""

    fine: int
    surcharge: int
    paid: int

    @property
    def owed(self) -> int:
        """Amount still to be paid."""
        return max(0, self.fine + self.surcharge - self.paid)


def account(penalty: Penalty, day: dt.date) -> Account:
    """Account of a file's fine at the end of a day; before service nothing is late."""
    if not penalty.fine or penalty.served is None:
        return Account(penalty.fine, 0, penalty.paid)
    try:
        rule = late_fines().on(penalty.decided or penalty.served)
    except NoRuleError:  # imported from before the statute was in force: no surcharge
        return Account(penalty.fine, 0, penalty.paid)
    added = surcharge.surcharge(
        _parts(penalty, penalty.due or rule.due(penalty.served)),
        list(_towards_the_fine(penalty, day)),
        day,
        rule,
        [surcharge.Suspension(s.since, s.until) for s in penalty.suspensions],
    )
    # Rounded down to whole yuan, in favour of the party.
    return Account(penalty.fine, int(added.amount.to_integral_value(ROUND_FLOOR)), penalty.paid)


def _parts(penalty: Penalty, due: dt.date) -> list[surcharge.Part]:
    """Parts of the fine with their due days. Payments made before instalments were approved are due
    with the first of them, since money goes to what is due first.
    """
    if not penalty.instalments:
        return [surcharge.Part(due, Decimal(penalty.fine))]
    parts = [surcharge.Part(each.due, Decimal(each.amount)) for each in penalty.instalments]
    before = penalty.fine - sum(each.amount for each in penalty.instalments)
    return [surcharge.Part(parts[0].due, Decimal(before)), *parts] if before > 0 else parts


def _towards_the_fine(penalty: Penalty, day: dt.date) -> Iterator[surcharge.Payment]:
    left = penalty.fine
    for each in penalty.payments:
        if each.day <= day and (part := min(each.amount, left)) > 0:
            yield surcharge.Payment(each.day, Decimal(part))
            left -= part


def owed(penalty: Penalty, day: dt.date) -> int:
    """Amount still to be paid on a day, in whole yuan."""
    return account(penalty, day).owed
