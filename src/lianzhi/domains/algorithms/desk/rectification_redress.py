"""Reconsideration of an order to rectify: the redress of the chain, noted on the rectification."""

from typing import Any

from lianzhi.domains.algorithms.desk.office import Office, desk_actor, reason
from lianzhi.domains.algorithms.desk.rectification_entries import close_case, load, put
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.complaints import Complaints
from lianzhi.office.redress import Redress


class RectificationRedress:
    """See module. Thread-safe; a step that is refused changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._redress = Redress(office.chain, Complaints(office.chain))

    def contest(self, identity: str, by: str, *, words: str) -> None:
        """The provider has asked the authority above for reconsideration of the order."""
        with self._office.ledger.batch() as batch:
            file = load(batch, identity, "contested")
            if file.appeal:
                raise RefusedError("rectification_contested", "a reconsideration goes on already")
            case = self._office.chain.case(batch.connection, identity)
            appeal = self._redress.file_in(
                batch, file.decision, "affected", case.about, reason(words), self._office.now(),
                route="reconsideration", desk="algorithms", fields={"by": by},
            )  # fmt: skip
            put(self._office, batch, file, "contested", by, appeal=appeal)

    def uphold(self, identity: str, by: str, *, words: str) -> None:
        """The authority above has left the order as it is."""
        self._answer(identity, "upheld", by, words)

    def overturn(self, identity: str, by: str, *, words: str) -> None:
        """The authority above has undone the order; the case is closed without a fault found."""
        self._answer(identity, "overturned", by, words)

    def _answer(self, identity: str, outcome: Any, by: str, words: str) -> None:
        with self._office.ledger.batch() as batch:
            file = load(batch, identity, outcome)
            if not file.appeal:
                raise RefusedError("rectification_uncontested", "no reconsideration goes on")
            self._redress.record_answer_in(
                batch, file.appeal, outcome, reason(words), desk_actor(by), self._office.now()
            )
            put(self._office, batch, file, outcome, by, {"words": words})
            if outcome == "overturned":
                close_case(self._office, batch, identity, "false_positive", by, words)
