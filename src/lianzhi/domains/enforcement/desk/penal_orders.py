"""What decisions on a penalty file order, and the version of the law on which they rest."""

import datetime as dt
from typing import Any

from lianzhi.chain.decision import Ground
from lianzhi.chain.measure import Order, SubjectType
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.law.basis import NotCitableError


def order_on(penalty: Penalty, kind: Any, **more: Any) -> Order:
    """One kind of measure on the party, carried out by the authority."""
    subject: SubjectType = "enterprise" if penalty.unit else "person"
    fields = {"mode": "authority", **more}
    return Order(key=kind, subjects=(penalty.party,), subject_type=subject, **fields)


def penal_basis(office: Office, penalty: Penalty) -> str:
    """Key of the basis that gives the power to punish; empty where the list has no such item."""
    item = office.rules.named(penalty.item, penalty.act_day or office.today())
    return "" if item is None else item.penal.basis


def ground_on(office: Office, basis: str, *days: dt.date | None) -> Ground | None:
    """A legal basis in the version that may be cited on the first of these days on which one may;
    None: on none."""
    for day in filter(None, days):
        try:
            version = office.rules.bases.citable(basis, day).version
        except NotCitableError:
            continue
        return Ground(kind="statute", key=basis, version=str(version))
    return None
