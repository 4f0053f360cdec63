"""Dues: what a fine comes to after it was served, where the party can't or does not pay in time."""

import datetime as dt
from collections.abc import Sequence

from lianzhi.domains.enforcement.desk.office import Office, RefusedError
from lianzhi.domains.enforcement.desk.stepping import Stepping, need
from lianzhi.domains.enforcement.law.money import account
from lianzhi.domains.enforcement.rulebook.facts import Taken

#: More would be a loan.
MOST_INSTALMENTS = 36


class Dues:
    """See module. Raises as `Stepping` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps = office, Stepping(office)

    def defer(
        self, identity: str, parts: Sequence[tuple[dt.date, int]], by: str, words: str
    ) -> None:
        """Approve payment later or by instalments (行政处罚法 66(2)): days, and yuan due on each.

        One part defers; several make instalments. They come to what is unpaid of the fine. The
        surcharge counts from the new days on, so it is approved while nothing is overdue: what has
        been added by then is not wiped out. `words`: the party's application, and why.
        """
        need(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            balance = account(penalty, day)
            unpaid = balance.fine - balance.paid
            if unpaid <= 0:
                raise RefusedError("nothing_owed", "nothing of the fine is unpaid")
            if balance.surcharge or (penalty.due is not None and penalty.due < day):
                raise RefusedError("overdue", f"it was due on {penalty.due}", day=penalty.due)
            days, sums = [due for due, _ in parts], [amount for _, amount in parts]
            for n, amount in enumerate(sums, 1):
                if not 0 < amount <= unpaid:
                    raise RefusedError(
                        "instalment_sum", f"amount {n} is {amount}; give 1 to {unpaid} yuan",
                        n=n, amount=amount, most=unpaid,
                    )  # fmt: skip
            if not 0 < len(parts) <= MOST_INSTALMENTS or sum(sums) != unpaid:
                raise RefusedError(
                    "instalments", f"instalments come to {sum(sums)} yuan, unpaid are {unpaid}",
                    total=sum(sums), unpaid=unpaid, most=MOST_INSTALMENTS,
                )  # fmt: skip
            if sorted({day, *days}) != [day, *days]:
                raise RefusedError("instalment_days", f"days are {days}; each after the one before")
            self._steps.hold(batch, penalty, Taken("deferred", day, by))
            instalments = [{"due": due.isoformat(), "amount": amount} for due, amount in parts]
            payload = {"until": days[-1], "instalments": instalments}
            self._steps.append(batch, penalty, "deferred", by, day, payload, {"words": words})

    def demand(
        self, identity: str, by: str, words: str, receipt: str, day: dt.date | None = None
    ) -> None:
        """Demand in writing what is overdue 催告 (行政强制法 35, 54); `day`: when it was served.

        Ten working days later the court may be asked to enforce it.
        """
        need(words)
        office, served = self._office, self._office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            balance = account(penalty, served)
            if not balance.owed:
                raise RefusedError("nothing_owed", "nothing is owed")
            if penalty.suspended:
                raise RefusedError("contested", "a reconsideration or a suit goes on")
            if not balance.surcharge and penalty.due is not None and served <= penalty.due:
                raise RefusedError("not_overdue", f"it is due on {penalty.due}", day=penalty.due)
            facts = {"receipt": bool(receipt.strip())}
            self._steps.hold(batch, penalty, Taken("demanded", served, by, more=facts))
            texts = {"words": words, "receipt": receipt}
            self._steps.append(batch, penalty, "demanded", by, served, {}, texts)
