"""Adoption: puts an imported file on the chain with the first step taken on it.

What was decided, contested, reversed or closed elsewhere is recorded by entries marked as adopted,
so that it is not taken as a further step of the file.
"""

from typing import Any

from lianzhi.chain.appeal import appeal_id
from lianzhi.chain.decision import Decision, Ground, decision_id, making
from lianzhi.chain.measure import single
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.penal_orders import order_on, penal_basis
from lianzhi.domains.enforcement.nouns import case_entries
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.law.clock import midnight
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft


def adopt(office: Office, batch: Batch, penalty: Penalty) -> Penalty:
    """The file, after recording its finding, case and decision on the chain unless they exist."""
    chain, at = office.chain, office.now()
    if not penalty.imported or chain.queries.cases.case_by_id(batch.connection, penalty.id):
        return penalty
    batch.append(
        case_entries.opening_entries(
            penalty.id,
            penalty.item,
            penalty.party,
            midnight(penalty.act_day or penalty.filed or office.today()),
            at,
            penalty.filed_by,
            chain.policy(at),
        )
    )
    if penalty.decided is not None:
        batch.append(_decided(office, penalty, at))
    if penalty.closed is not None:
        payload = {"case": penalty.id, "by": penalty.filed_by, "outcome": "settled"}
        batch.append([Draft("case.closed", penalty.id, at, payload)])
    return office.penalty(batch.connection, penalty.id)


def _decided(office: Office, penalty: Penalty, at: int) -> list[Draft]:
    """Entries of the decision, its fine, payment, reversal and reconsideration."""
    orders = (order_on(penalty, "fine", amount=penalty.fine),) if penalty.fine else ()
    decision = Decision(
        id=decision_id(penalty.id, penalty.decided_by, at, orders),
        case=penalty.id,
        by=penalty.decided_by,
        ground=_ground(office, penalty),
        orders=orders,
        automated_detection=False,
        fields=_marks(penalty),
    )
    step: dict[str, Any] = {"decision": decision.id, "case": penalty.id, "by": penalty.decided_by}
    drafts = [making(decision, "", (penalty.party,), at)]
    fines = [
        single("measure.ordered", decision.id, penalty.id, order, order.targets()[0], at)
        for order in orders
    ]
    drafts += fines
    if penalty.paid >= penalty.fine:
        drafts += [
            Draft("measure.applied", fine.ref, at, step | {"measure": fine.ref}) for fine in fines
        ]
    if penalty.overturned is not None:
        refs = [fine.ref for fine in fines]
        undoing = {"appeal": None, "measures": refs, "fields": _marks(penalty)}
        drafts.append(Draft("decision.reversed", decision.id, at, step | undoing))
        drafts += [
            Draft("measure.lifted", ref, at, step | {"measure": ref, "why": "reversal"})
            for ref in refs
        ]
    if penalty.suspended:
        drafts.append(_contested(office, penalty, decision.id, at))
    return drafts


def _contested(office: Office, penalty: Penalty, decision: str, at: int) -> Draft:
    """Entry of a pending reconsideration from the imported row."""
    identity = appeal_id(decision, penalty.party, "reconsideration", office.ledger.size)
    payload = {
        "appeal": identity,
        "decision": decision,
        "case": penalty.id,
        "party": "affected",
        "person": penalty.party,
        "route": "reconsideration",
        "due_at": at,
        "fields": _marks(penalty),
    }
    return Draft("appeal.filed", identity, at, payload)


def _marks(penalty: Penalty) -> dict[str, Any]:
    return {"adopted": True, "day": str(penalty.decided)}


def _ground(office: Office, penalty: Penalty) -> Ground:
    """The basis in its version of the day of the act; version empty if it is unknown."""
    key = penal_basis(office, penalty)
    basis = office.rules.bases.get(key, penalty.act_day or office.today())
    return Ground(kind="statute", key=key, version="" if basis is None else str(basis.version))
