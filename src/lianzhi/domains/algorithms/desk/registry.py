"""The registry: algorithms, their filing, and the check that the number is shown."""

import datetime as dt
import re
from typing import Any

from lianzhi.chain.life import START, next_status
from lianzhi.domains.algorithms.desk.office import Office, draft, reason
from lianzhi.domains.algorithms.importing.rows import AlgorithmRow
from lianzhi.domains.algorithms.nouns.algorithm import STEPS, Algorithm
from lianzhi.domains.algorithms.queries import tables
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.ports import Batch

#: 网信算备 and a number of letters, digits and hyphens.
_NUMBER = re.compile(r"[\w〔〕()（）-]{4,80}")


class Registry:
    """Takes the steps of a filing. A step that is refused changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def register(
        self, by: str, *, category: Any, opinion: bool, launched: dt.date | None, release: str,
        **lines: str,
    ) -> str:  # fmt: skip
        """Register an algorithm whose filing is not known yet; returns its id. `lines`: provider,
        product, name, service and field."""
        stripped: dict[str, Any] = {name: text.strip() for name, text in lines.items()}
        row = AlgorithmRow(
            **stripped,
            type=category, launched=self._office.dated(launched), opinion=opinion,
            version=release.strip(),
        )  # fmt: skip
        with self._office.ledger.batch() as batch:
            self.put(batch, row, by)
        return row.id

    def put(self, batch: Batch, row: AlgorithmRow, by: str) -> None:
        """Register a row within a batch. Raises RefusedError where it is there, or incomplete."""
        for field in ("provider", "product", "name", "service", "field"):
            if not getattr(row, field):
                raise RefusedError("algorithm_empty", f"{field} is empty", field=field)
        if tables.algorithm.get(batch.connection, row.id) is not None:
            raise RefusedError("algorithm_known", f"{row.name} is registered", name=row.name)
        payload = {"algorithm": row.id, "by": by, **row.filled()}
        batch.append([draft("algorithm.registered", row.id, self._office.now(), payload)])

    def submit(self, identity: str, by: str, *, day: dt.date | None) -> None:
        """The provider has sent complete papers: the authority's period begins."""
        self._step(identity, "submitted", by, day)

    def number(self, identity: str, by: str, *, number: str, day: dt.date | None) -> None:
        """The authority has filed it under a number (article 25)."""
        if not _NUMBER.fullmatch(number.strip()):
            raise RefusedError("algorithm_number", f"number is {number!r:.80}", number=number[:80])
        self._step(identity, "numbered", by, day, number=number.strip())

    def refuse(self, identity: str, by: str, *, words: str, day: dt.date | None) -> None:
        """The authority has refused to file it, with reasons (article 25)."""
        self._step(identity, "refused", by, day, words=reason(words))

    def check(self, identity: str, by: str, *, shown: bool, words: str) -> None:
        """Note whether the number is shown prominently, with a link (article 26)."""
        self._step(identity, "checked", by, None, words=words, shown=shown)

    def change(
        self, identity: str, by: str, *, release: str, words: str, day: dt.date | None
    ) -> None:
        """What was filed has changed: the period for filing the change begins."""
        self._step(identity, "changed", by, day, words=reason(words), version=release.strip())

    def file_change(self, identity: str, by: str, *, day: dt.date | None) -> None:
        """The provider has filed the change."""
        algorithm = self._algorithm(identity)
        if algorithm.changed is None or algorithm.change_filed is not None:
            raise RefusedError("algorithm_unchanged", "no change waits to be filed")
        self._step(identity, "change_filed", by, day, since=algorithm.changed)

    def end(self, identity: str, by: str, *, day: dt.date | None) -> None:
        """The service has ended: the period for cancelling the filing begins."""
        self._step(identity, "ended", by, day)

    def cancel(self, identity: str, by: str, *, day: dt.date | None) -> None:
        """The provider has cancelled the filing."""
        self._step(identity, "cancelled", by, day, since=self._algorithm(identity).ended)

    def revoke(self, identity: str, by: str, *, words: str) -> None:
        """The authority revokes a filing that was got by false papers (article 33(1))."""
        self._step(identity, "revoked", by, None, words=reason(words))

    def strike_off(self, identity: str, by: str, *, words: str) -> None:
        """The authority cancels the filing itself: the service has ended and the provider has not
        cancelled in time, or it was closed or lost its licence (article 33(2))."""
        algorithm = self._algorithm(identity)
        if algorithm.ended is not None:
            clocks = {clock.step: clock for clock in algorithm.clocks(self._office.law)}
            clock = clocks.get("cancel")
            if clock is not None and clock.state(self._office.today()) != "overdue":
                last = clock.last_day.isoformat()
                raise RefusedError("algorithm_cancel_time", f"in time until {last}", day=last)
        self._step(identity, "struck_off", by, None, words=reason(words))

    def _algorithm(self, identity: str) -> Algorithm:
        with self._office.reading() as connection:
            return tables.algorithm.load(connection, identity)

    def _step(
        self,
        identity: str,
        step: str,
        by: str,
        day: dt.date | None,
        *,
        words: str = "",
        since: dt.date | None = None,
        **more: Any,
    ) -> None:
        office = self._office
        when = office.dated(day)
        with office.ledger.batch() as batch:
            algorithm = tables.algorithm.load(batch.connection, identity)
            next_status(STEPS, f"algorithm.{step}", algorithm.status or START)
            earliest = max(filter(None, (algorithm.launched, since, _before(algorithm, step))))
            if when < earliest:
                message = f"day is {when}; give one from {earliest} on"
                raise RefusedError("algorithm_order", message, day=when, since=earliest)
            payload = {"algorithm": identity, "by": by, "day": when, **more}
            batch.append(
                [draft(f"algorithm.{step}", identity, office.now(), payload, {"words": words})]
            )


def _before(algorithm: Algorithm, step: str) -> dt.date | None:
    """The day before which a step cannot have been taken."""
    return algorithm.submitted if step in ("numbered", "refused") else None
