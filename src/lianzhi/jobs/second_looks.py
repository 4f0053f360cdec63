"""Second looks: decisions that another person judges again without seeing them.

Some are drawn by lot, some are known to be right (golden). What comes of them measures agreement;
a second look changes no decision by itself.
"""

from lianzhi.jobs.office import Actor, Office
from lianzhi.record.entry import Draft
from lianzhi.store import process_lookups as lookups


class SecondLooks:
    """See module. Thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def hold(
        self, identity: str, restricts: bool, key: str, reason: str, by: Actor, at: int
    ) -> bool:
        """Judge a decision again: whether something is to be done, and with which measure.

        Returns whether both looks agree. KeyError: there is no such decision. Raises
        IllegalStepError for who decided it, or looks twice.
        """
        with self._office.ledger.batch() as batch:
            found = lookups.decision_by_id(batch.connection, identity)
            if found is None:
                raise KeyError(identity)
            row, decision = found
            case = self._office.case(batch.connection, decision.case)
            looked = lookups.lookers(batch.connection, identity)
            deciders = {decision.by, row["confirmed_by"], *looked} - {None}
            self._office.hold(
                batch.connection,
                "review.held",
                case,
                by,
                at,
                deciders=frozenset(str(one) for one in deciders),
            )
            keys = {order.key for order in decision.orders}
            agrees = restricts == decision.restricts and (not restricts or key in keys)
            said = {
                "decision": identity,
                "case": case.id,
                "by": by.name,
                "kind": "golden" if row["golden"] else "sample",
                "restricts": restricts,
                "key": key if restricts else "",
                "agrees": agrees,
            }
            texts = {"reason": (reason, (case.about,))} if reason.strip() else {}
            batch.append([Draft("review.held", identity, at, said, texts)])
        return agrees

    def mark(self, identity: str, golden: bool, by: Actor, at: int) -> None:
        """Say that a decision is known to be right, so that others may be measured by it."""
        with self._office.ledger.batch() as batch:
            found = lookups.decision_by_id(batch.connection, identity)
            if found is None:
                raise KeyError(identity)
            said = {"decision": identity, "case": found[1].case, "by": by.name, "golden": golden}
            batch.append([Draft("decision.marked", identity, at, said)])
