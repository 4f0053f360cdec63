"""Second looks: decisions that another person judges again without seeing them.

Some are drawn by lot, some are known to be right (golden). What comes of them measures agreement;
a second look changes no decision by itself. Nobody picks what is looked at: a decision that was
not drawn, or that somebody has looked at since, is judged again only where its answer is known.
"""

from typing import Literal

from lianzhi.chain.life import IllegalStepError
from lianzhi.office.actor import Actor
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.office.queries import Queries, Row
from lianzhi.record.entry import Draft

Kind = Literal["sample", "golden"]

_EFFECTIVE = frozenset({"effective"})


class SecondLooks:
    """See module. Thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office, self._queries = office, office.queries

    def hold(
        self, identity: str, restricts: bool, key: str, reason: str, by: Actor, at: int
    ) -> bool:
        """Judge a decision again: whether something is to be done, and with which measure.

        Returns whether both looks agree. KeyError: there is no such decision. Raises
        IllegalStepError for who decided it, or looks twice, and where no look is due.
        """
        with self._office.ledger.batch() as batch:
            row, decision = self._office.decision(batch.connection, identity)
            case = self._office.case(batch.connection, decision.case)
            looked = self._queries.reviews.lookers(batch.connection, identity)
            self._office.check_step(
                batch.connection,
                "review.held",
                case,
                by,
                at,
                leased=identity,
                deciders=_deciders(row) | looked,
            )
            kind = _kind(self._queries, batch, row)
            if kind is None:
                raise IllegalStepError("review.held", row["status"], rule="look_due")
            keys = {order.key for order in decision.orders}
            agrees = restricts == decision.restricts and (not restricts or key in keys)
            payload = {
                "decision": identity,
                "case": case.id,
                "by": by.name,
                "kind": kind,
                "restricts": restricts,
                "key": key if restricts else "",
                "agrees": agrees,
            }
            texts = {"reason": (reason, (case.about,))} if reason.strip() else {}
            batch.append([Draft("review.held", identity, at, payload, texts)])
        return agrees

    def mark(self, identity: str, golden: bool, by: Actor, at: int) -> None:
        """Say that a decision is known to be right, so that others may be measured by it.

        Raises IllegalStepError for who decided it, and where it is not in effect as it was made.
        """
        with self._office.ledger.batch() as batch:
            row, decision = self._office.decision(batch.connection, identity)
            if not by.person or by.name in _deciders(row):
                raise IllegalStepError("decision.marked", row["status"], rule="another_person")
            if golden and row["status"] not in _EFFECTIVE:
                raise IllegalStepError("decision.marked", row["status"], _EFFECTIVE)
            payload = {"decision": identity, "case": decision.case, "by": by.name, "golden": golden}
            batch.append([Draft("decision.marked", identity, at, payload)])


def _deciders(row: Row) -> frozenset[str]:
    return frozenset(str(name) for name in (row["by"], row["confirmed_by"]) if name)


def _kind(queries: Queries, batch: Batch, row: Row) -> Kind | None:
    """What a look at a decision would measure; None: nobody is to look at it."""
    if row["golden"] and row["status"] in _EFFECTIVE:
        return "golden"
    return "sample" if queries.reviews.look_due_at(batch.connection, row["id"]) else None
