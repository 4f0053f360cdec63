"""Adoption: how an imported file comes onto the chain, with the first step that is taken on it."""

from lianzhi.chain.decision import Decision, Ground, decision_id, making
from lianzhi.chain.measure import single
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.penal_orders import ground_of, order_on, penal_basis
from lianzhi.domains.enforcement.nouns import onchain
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.law.clock import midnight
from lianzhi.office.ports import Batch
from lianzhi.record.entry import Draft


def adopt(office: Office, batch: Batch, one: Penalty) -> Penalty:
    """The file, on the chain from now on: its finding and case and, where it was decided or closed
    elsewhere, that too, told as it was. Nothing happens where it is there already."""
    chain, at = office.chain, office.now()
    if not one.imported or chain.queries.cases.case_by_id(batch.connection, one.id):
        return one
    since = midnight(one.act_day or one.filed or office.today())
    policy = chain.policy(at)
    batch.append(onchain.opened(one.id, one.item, one.party, since, at, one.filed_by, policy))
    if one.decided is not None:
        batch.append(_decided(office, one, at))
    if one.closed is not None:
        payload = {"case": one.id, "by": one.filed_by, "outcome": "settled"}
        batch.append([Draft("case.closed", one.id, at, payload)])
    return office.penalty(batch.connection, one.id)


def _decided(office: Office, one: Penalty, at: int) -> list[Draft]:
    """The decision, and its fine."""
    orders = (order_on(one, "fine", amount=one.fine),) if one.fine else ()
    basis = penal_basis(office, one)
    decision = Decision(
        id=decision_id(one.id, one.decided_by, at, orders),
        case=one.id,
        by=one.decided_by,
        ground=ground_of(office, one, basis) or Ground(kind="statute", key=basis, version=""),
        orders=orders,
        automated_detection=False,
        fields={"adopted": True, "day": str(one.decided)},
    )
    drafts = [making(decision, "", (one.party,), at)]
    for order in orders:
        ordered = single("measure.ordered", decision.id, one.id, order, order.targets()[0], at)
        drafts.append(ordered)
        if one.paid >= one.fine:
            payload = {"measure": ordered.ref, "case": one.id, "by": one.decided_by}
            drafts.append(Draft("measure.applied", ordered.ref, at, payload))
    return drafts
