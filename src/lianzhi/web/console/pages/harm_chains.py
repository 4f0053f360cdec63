"""The whole chains of harm: all of a period, one by its tiers, and what people found who looked."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from lianzhi.chain.harm_chain import STATES, HarmChain
from lianzhi.chain.policy import Tier
from lianzhi.kit.form_values import Typed
from lianzhi.kit.page import QueryText, done, missing, show
from lianzhi.kit.periods import LAST_DAYS, LONGEST_MS, Period, last_days
from lianzhi.store import harm_chains
from lianzhi.store.db import snapshot
from lianzhi.web.console.page import Node, Reader, Worker
from lianzhi.web.core.problems import Problem

router = APIRouter(prefix="/chains")

#: Most chains in the list, those with the most cases.
LISTED = 100
USUAL_DAYS = LAST_DAYS[-1]
Moment = Annotated[int | None, Query(ge=0, le=10**14)]


@router.get("")
def chains(
    *,
    request: Request,
    node: Node,
    user: Reader,
    state: QueryText = "",
    since: Moment = None,
    until: Moment = None,
) -> Response:
    """Chains that began in a period, by state; by default in the last 90 days."""
    now = node.now()
    period = _period(now, since, until)
    with snapshot(node.engine) as connection:
        policy = node.proceedings.office.policy(now)
        listed = [*harm_chains.chains(connection, period.since, period.until, policy)]
    counts: dict[str, int] = {each: sum(chain.state == each for chain in listed) for each in STATES}
    wanted = _states(state)
    chosen = [chain for chain in listed if chain.state in wanted]
    context = {
        "chains": chosen[:LISTED],
        "left": max(0, len(chosen) - LISTED),
        "state": state,
        "states": ["", *STATES],
        "counts": counts | {"": len(listed)},
        "period": period,
        "kept": {"since": since, "until": until},
    }
    return show(request, "harm_chains.html", **context)


@router.get("/{case}")
def chain(request: Request, node: Node, user: Reader, case: str) -> Response:
    """The chain that a case belongs to."""
    now = node.now()
    policy = node.proceedings.office.policy(now)
    with snapshot(node.engine) as connection:
        whole = harm_chains.chain_of(connection, case, policy)
        if whole is None:
            raise missing()
        signals = harm_chains.signals_of(connection, [each.id for each in whole.cases])
    context: dict[str, Any] = {
        "chain": whole,
        "asked_case": case,
        "signals": signals,
        "most": harm_chains.MOST,
        "shown_by": _shown_by(whole),
    }
    return show(request, "harm_chain.html", **context)


@router.post("/{case}/look")
def look(
    *,
    node: Node,
    user: Worker,
    case: str,
    tier: Annotated[str, Form(max_length=40)],
    hit: Annotated[bool, Form()],
    text: Annotated[str, Typed, Form(pattern=r"\S", max_length=2000)],
) -> Response:
    """Say what was found at a tier."""
    try:
        node.casework.look_at_tier(case, tier, hit, text.strip(), user.name, node.now())
    except KeyError:
        raise missing() from None
    except ValueError as error:
        raise Problem(422, str(error), mend="choose a tier of the page") from None
    return done(f"/chains/{case}", "tier_looked")


def _states(named: str) -> tuple[str, ...]:
    """The states that the address names, with commas between them; all where it names none."""
    wanted = tuple(filter(None, named.split(",")))
    if unknown := [each for each in wanted if each not in STATES]:
        raise Problem(
            422,
            "this is no state of a chain",
            field="query.state",
            value=unknown[0],
            mend=f"choose among {', '.join(STATES)}",
        )
    return wanted or STATES


def _shown_by(chain: HarmChain) -> dict[str, list[Tier]]:
    """Case -> the tiers that it shows."""
    return {case.id: [at.tier for at in chain.tiers if case.id in at.seen] for case in chain.cases}


def _period(now: int, since: int | None, until: int | None) -> Period:
    usual = last_days(USUAL_DAYS, now)
    if since is None and until is None:
        return usual
    end = usual.until if until is None else until
    begin = end - (usual.until - usual.since) if since is None else since
    if not begin < end <= begin + LONGEST_MS:
        raise Problem(
            422,
            "this is no period of chains",
            field="query.since, query.until",
            value=f"{begin}, {end}",
            mend="give times in order, at most 366 days apart",
        )
    return Period("", begin, end)
