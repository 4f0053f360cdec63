"""Reconsideration of an order to rectify: the redress of the chain, noted on the instruction."""

from typing import Any

from lianzhi.domains.oversight.desk.instructions import close_case
from lianzhi.domains.oversight.desk.office import (
    Office,
    desk_actor,
    load_instruction,
    put,
    reason_of,
)
from lianzhi.domains.oversight.rules.refusal import RefusedError
from lianzhi.office.complaints import Complaints
from lianzhi.office.redress import Redress


class InstructionRedress:
    """See module. Thread-safe; a step that is refused changes nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._redress = Redress(office.chain, Complaints(office.chain))

    def contest(self, identity: str, by: str, *, words: str) -> None:
        """The platform has asked the authority above for reconsideration of the order."""
        with self._office.ledger.batch() as batch:
            known = load_instruction(batch, identity, "contested")
            if not known.decision:
                raise RefusedError("instruction_no_order", f"{identity} is no order")
            if known.appeal:
                raise RefusedError("instruction_contested", "a reconsideration goes on already")
            case = self._office.chain.case(batch.connection, known.case)
            appeal = self._redress.file_in(
                batch, known.decision, "affected", case.about, reason_of(words), self._office.now(),
                route="reconsideration", desk="oversight", fields={"by": by},
            )  # fmt: skip
            put(self._office, batch, known, "contested", by, {"words": words}, appeal=appeal)

    def uphold(self, identity: str, by: str, *, words: str) -> None:
        """The authority above has left the order as it is."""
        self._answer(identity, "upheld", by, words)

    def overturn(self, identity: str, by: str, *, words: str) -> None:
        """The authority above has undone the order."""
        self._answer(identity, "overturned", by, words)

    def _answer(self, identity: str, outcome: Any, by: str, words: str) -> None:
        with self._office.ledger.batch() as batch:
            known = load_instruction(batch, identity, outcome)
            if not known.appeal:
                raise RefusedError("instruction_uncontested", "no reconsideration goes on")
            self._redress.record_answer_in(
                batch,
                known.appeal,
                outcome,
                reason_of(words),
                desk_actor(by),
                self._office.now(),
            )
            put(self._office, batch, known, outcome, by, {"words": words})
            if outcome == "overturned":
                close_case(self._office, batch, known, "false_positive", by, words)
