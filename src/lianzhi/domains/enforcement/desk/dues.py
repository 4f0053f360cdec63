"""Deferred payment and demand notices of fines after service."""

import datetime as dt
from collections.abc import Sequence

from lianzhi.domains.enforcement.desk.office import Office, RefusedError
from lianzhi.domains.enforcement.desk.penalty_steps import PenaltySteps, require_words
from lianzhi.domains.enforcement.law.money import account
from lianzhi.domains.enforcement.rulebook.facts import ProposedStep

#: Largest number of instalments.
MOST_INSTALMENTS = 36


class Dues:
    """Deferral and demand. Raises as `PenaltySteps` does."""

    def __init__(self, office: Office) -> None:
        self._office, self._steps = office, PenaltySteps(office)

    def defer(
        self, identity: str, parts: Sequence[tuple[dt.date, int]], by: str, words: str
    ) -> None:
        """Approve deferred payment or instalments (行政处罚法 66(2)).

        `parts`: days with the yuan due on each, which add up to the unpaid part of the fine. The
        surcharge then runs from the new days, so nothing may be overdue yet. `words`: the party's
        application and the reason.
        """
        require_words(words)
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
            self._steps.check(batch, penalty, ProposedStep("deferred", day, by))
            instalments = [{"due": due.isoformat(), "amount": amount} for due, amount in parts]
            payload = {"until": days[-1], "instalments": instalments}
            self._steps.append(batch, penalty, "deferred", by, day, payload, {"words": words})

    def demand(
        self, identity: str, by: str, words: str, receipt: str, day: dt.date | None = None
    ) -> None:
        """Record a written demand for overdue money 催告 (行政强制法 35, 54), served on `day`.

        Ten working days later the court may be asked to enforce it.
        """
        require_words(words)
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
            self._steps.check(batch, penalty, ProposedStep("demanded", served, by, more=facts))
            texts = {"words": words, "receipt": receipt}
            self._steps.append(batch, penalty, "demanded", by, served, {}, texts)
