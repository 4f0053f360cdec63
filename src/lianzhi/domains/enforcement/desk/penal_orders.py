"""What decisions on a penalty file order, and the version of the law on which they rest."""

from typing import Any

from lianzhi.chain.decision import Ground
from lianzhi.chain.measure import Order, SubjectType
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.nouns.penalty import Penalty


def order_on(one: Penalty, kind: Any, **more: Any) -> Order:
    """One kind of measure on the party, carried out by the authority."""
    subject: SubjectType = "enterprise" if one.unit else "person"
    fields = {"mode": "authority", **more}
    return Order(key=kind, subjects=(one.party,), subject_type=subject, **fields)


def penal_basis(office: Office, one: Penalty) -> str:
    """Key of the basis that gives the power to punish; empty where the list has no such item."""
    item = office.rules.named(one.item, one.act_day or office.today())
    return "" if item is None else item.penal.basis


def ground_of(office: Office, one: Penalty, basis: str) -> Ground | None:
    """A legal basis in its version of the day of the act, or of today where it came later; None:
    there is none."""
    bases, today = office.rules.bases, office.today()
    found = bases.get(basis, one.act_day or today) or bases.get(basis, today)
    if found is None:
        return None
    return Ground(kind="statute", key=basis, version=str(found.version))
