"""What an order to rectify says: what is to be mended, by when, within which margin."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.chain.decision import Ground
from lianzhi.chain.measure import Order
from lianzhi.domains.algorithms.desk.recorded import usual_margin
from lianzhi.domains.algorithms.nouns.assessment import Assessment
from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.rectification import Kind
from lianzhi.domains.algorithms.policy import Policy
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.law.basis import Bases
from lianzhi.law.clock import midnight
from lianzhi.office.decisions import DecisionRequest

#: On which an order rests: the authority sets a limit within which problems are to be mended.
_BASIS = "algorithm_provisions.rectify"
_CATEGORY = "STATEMENT_CATEGORY_CONSUMER_INFORMATION"
Rests = Audit | Assessment
"""On which an order rests."""


class OrderTerms(NamedTuple):
    """The limits of an order."""

    scope: list[str]
    """Comparisons of the audits whose gap is confirmed or suspected; questions that are not met."""
    margin: float
    """Within which the gaps are to lie after it."""
    until: dt.date
    """The last day."""


def order_terms(
    kind: Kind, rests: Sequence[Rests], until: dt.date | None, margin: str, today: dt.date,
    policy: Policy,
) -> OrderTerms:  # fmt: skip
    """The limits that were chosen; an assessment has no margin.

    Raises RefusedError where the policy does not admit them.
    """
    limits = policy.rectification
    days = 0 if until is None else (until - today).days
    if until is None or not limits.least_days <= days <= limits.most_days:
        raise RefusedError(
            "rectification_until", f"until is {until}", until=until or "-",
            least=today + dt.timedelta(limits.least_days),
            most=today + dt.timedelta(limits.most_days),
        )  # fmt: skip
    scope = sorted({name for each in rests for name in each.gaps()})
    if kind == "assessment":
        return OrderTerms(scope, 0.0, until)
    return OrderTerms(scope, _margin(margin, usual_margin(kind, policy)), until)


def order_request(
    about: str, rests: Sequence[Rests], terms: OrderTerms, facts: str, ground: Ground
) -> DecisionRequest:
    """The decision of the chain that makes the order."""
    order = Order(
        key="order_to_rectify", subjects=(about,), subject_type="enterprise", mode="authority",
        due_at=midnight(terms.until + dt.timedelta(1)) - 1,
    )  # fmt: skip
    fields = {"until": terms.until.isoformat(), "margin": terms.margin, "scope": terms.scope}
    return DecisionRequest(
        orders=(order,),
        facts=facts,
        ground=ground,
        category=_CATEGORY,
        acted={about: min(each.at for each in rests)},
        fields=fields,
    )


def ground_of(bases: Bases, today: dt.date) -> Ground:
    """The article on which an order of this day rests."""
    basis = bases.citable(_BASIS, today)
    return Ground(kind="statute", key=_BASIS, version=str(basis.version))


def _margin(given: str, most: float) -> float:
    """The margin of an order, at most that of the policy. Raises RefusedError."""
    if not given.strip():
        return most
    try:
        margin = float(given)
    except ValueError:
        margin = math.nan
    if not 0 < margin <= most:
        raise RefusedError(
            "rectification_margin", f"margin is {given!r:.40}", margin=given[:40], most=f"{most:g}"
        )
    return margin
