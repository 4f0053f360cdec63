"""Rules: what may act by itself, in which mode, and how near its circuit breaker is."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.measure import MODES
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import done, or_missing, show
from lianzhi.office.automation import rules_of
from lianzhi.store import process_lookups as lookups
from lianzhi.web.console.page import Node, Reader, Ruler, actor
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/rules")


@router.get("")
def rules(request: Request, node: Node, user: Reader) -> Response:
    """Every rule, with what it did today."""
    now = node.now()
    policy = node.proceedings.office.policy(now)
    known = rules_of(policy)
    since = policy.automation.day_begins(now)
    with node.engine.connect() as connection:
        switches = lookups.rule_switches(connection)
        today = {rule: lookups.ordered_since(connection, rule, since) for rule in known}
        suppressed = {rule: lookups.suppressed_since(connection, rule, since) for rule in known}
        would = {
            name: lookups.proposed_for(connection, rule.kind, rule.proposal.key, rule.proposal.to)
            for name, rule in known.items()
        }
    return show(
        request,
        "rules.html",
        rules=known,
        switches=switches,
        today=today,
        held=suppressed,
        would=would,
        most=policy.automation.most_per_day,
        all_modes=MODES,
    )


@router.post("/switch")
def switch(
    *,
    node: Node,
    user: Ruler,
    rule: Annotated[str, Form(max_length=200)],
    mode: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)],
) -> Response:
    """Switch a rule, with the reason."""
    if mode not in MODES:
        raise Problem(422, "this mode is none", mend=f"use one of {', '.join(MODES)}")
    with or_missing():
        node.proceedings.automation.switch(rule, mode, reason.strip(), actor(user), node.now())
    return done("/rules", "switched")
