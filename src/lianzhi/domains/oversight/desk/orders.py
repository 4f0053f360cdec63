"""An order to rectify 责令整改 as a decision of the chain: its ground and its request."""

import datetime as dt
from collections.abc import Iterable

from lianzhi.chain.decision import Ground
from lianzhi.chain.measure import Order
from lianzhi.domains.oversight.nouns.instruction import Instruction
from lianzhi.domains.oversight.policy import Policy
from lianzhi.domains.oversight.rules.refusal import RefusedError
from lianzhi.law.basis import Bases, NotCitableError
from lianzhi.law.clock import midnight
from lianzhi.office.decisions import DecisionRequest

_CATEGORY = "STATEMENT_CATEGORY_CONSUMER_INFORMATION"


def ground_of(duties: Iterable[str], policy: Policy, bases: Bases, today: dt.date) -> Ground:
    """The article on which an order about these duties rests, with those of the others beside it.

    Raises RefusedError for a duty without a provision that was read and is in force: what nobody
    has read obliges nobody here.
    """
    keys = [_order_basis(name, policy, bases, today) for name in duties]
    first, *others = dict.fromkeys(keys)
    version = str(bases.citable(first, today).version)
    return Ground(kind="statute", key=first, version=version, context=tuple(others))


def _order_basis(name: str, policy: Policy, bases: Bases, today: dt.date) -> str:
    duty = policy.duty(name)
    text = duty.text if duty else name
    if duty is None or not duty.order:
        raise RefusedError("instruction_ground", f"{name} grounds no order", duty=text)
    try:
        bases.citable(duty.order, today)
    except NotCitableError as error:
        raise RefusedError("instruction_ground", str(error), duty=text) from None
    return duty.order


def order_request(
    known: Instruction, about: str, facts: str, ground: Ground, at: int
) -> DecisionRequest:
    """The decision of the chain that makes the order. `at`: when the breach was found (ms)."""
    order = Order(
        key="order_to_rectify", subjects=(about,), subject_type="enterprise", mode="authority",
        due_at=midnight(known.due + dt.timedelta(1)) - 1,
    )  # fmt: skip
    fields = {
        "until": known.due.isoformat(), "tolerance": known.tolerance, "duties": known.duties
    }  # fmt: skip
    return DecisionRequest(
        orders=(order,), facts=facts, ground=ground, category=_CATEGORY, acted={about: at},
        fields=fields,
    )  # fmt: skip
