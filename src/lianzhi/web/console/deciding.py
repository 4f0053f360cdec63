"""Deciding: what the decision form offers for a case, and the orders that a sent form asks for."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Engine
from starlette.datastructures import FormData

from lianzhi.chain.measure import KINDS, OBJECT_PREFIXES, ON_ITEMS, ONCE, ONLY_ON, Order
from lianzhi.chain.policy import CasePolicy, CaseType, Proposal
from lianzhi.chain.views import CaseView, Part
from lianzhi.office.automation import orders_for
from lianzhi.store import process_lookups
from lianzhi.web.core.problems import Problem

#: Lengths that the form offers, in hours, where policy allows them.
HOURS = (1, 24, 72, 168, 720, 2160, 8760)
#: Longest text of a reason.
LONGEST = 4000
_MODES = ("queued", "manual", "shadow")


class Group(msgspec.Struct, frozen=True):
    """Those who played one part, and what policy proposes for them."""

    role: str
    people: tuple[Part, ...]
    measures: tuple[str, ...]
    """What may be ordered on them."""
    proposed: tuple[Order, ...]
    """What the ladder comes to, each account on its own rung; empty: policy proposes nothing."""


class Offer(msgspec.Struct, frozen=True):
    """What may be decided on a case."""

    groups: tuple[Group, ...]
    item_measures: tuple[str, ...]
    thing_measures: tuple[str, ...]
    """On the thing that the case is about."""
    may_transfer: bool
    owner: str
    """Account whose the thing is; empty: nobody known, or a case about a person."""


def _proposal(policy: CasePolicy, kind: CaseType, role: str) -> Proposal | None:
    """What policy proposes on accounts of a role in cases of a kind; None: nothing."""
    return next((p for p in policy.proposals_for(kind.kind) if p.to == role), None)


def offer(engine: Engine, view: CaseView, policy: CasePolicy, may_severe: bool, now: int) -> Offer:
    """What the form offers to a person who may, or may not, decide severe measures."""
    kind = policy.type_of(view.row.kind)

    def allowed(known: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(k for k in KINDS if k in known and _open(policy, k, may_severe))

    name, groups = view.row.account or "", []
    with engine.connect() as connection:
        for role in kind.answerable:
            people = tuple(p for p in view.parts if p.role == role and p.account and p.events)
            proposal = _proposal(policy, kind, role)
            if not people:
                continue
            tokens = [person.token for person in people]
            struck = process_lookups.strikes(connection, tokens) if proposal else {}
            orders = orders_for(struck, policy, proposal, tokens, "queued", now) if proposal else ()
            measures = tuple(k for k in allowed(kind.on(role)) if k not in ON_ITEMS | ONCE)
            groups.append(Group(role, people, measures, orders))
    return Offer(
        groups=tuple(groups),
        item_measures=tuple(k for k in allowed(kind.measures) if k in ON_ITEMS),
        thing_measures=tuple(
            k for k in allowed(kind.on_thing) if name.startswith(ONLY_ON.get(k, OBJECT_PREFIXES))
        ),
        may_transfer="transfer" in allowed(kind.measures),
        owner=next((p.account for p in view.parts if p.role == "owner" and p.account), ""),
    )


def _open(policy: CasePolicy, key: str, may_severe: bool) -> bool:
    rule = policy.measures.get(key)
    return rule is not None and (may_severe or rule.severe != "always")


def orders_of(
    form: FormData, view: CaseView, engine: Engine, policy: CasePolicy, now: int
) -> tuple[Order, ...]:
    """The orders that a form asks for. Raises Problem 422 where a field makes no sense."""
    kind, mode = policy.type_of(view.row.kind), _one_of(form, "mode", _MODES)
    orders: list[Order] = []
    for role in kind.answerable:
        orders += _for_role(form, role, engine, policy, kind, mode, now)
    key, items = str(form.get("do-items") or ""), _texts(form, "items")
    if key and items:
        _known(kind.measures, f"do-{key}", key)
        named = [item for group in items for item in group.split()]
        hours = _hours(form, "hours-items")
        orders.append(_order(key=key, items=named, hours=hours, mode=mode))
    if key := str(form.get("do-thing") or ""):
        _known(kind.on_thing, "do-thing", key)
        orders.append(
            _order(
                key=key,
                items=[view.row.about],
                # What has no length is done, and not kept up.
                hours=_hours(form, "hours-thing") if _lasts(policy, key) else 0,
                authority=str(form.get("authority-thing") or "").strip()[:200],
                mode="manual" if key in ONCE else mode,
            )
        )
    if form.get("transfer"):
        orders.append(
            _order(
                key="transfer",
                subjects=_texts(form, "who-transfer"),
                authority=str(form.get("authority") or "").strip()[:200],
                mode="manual",
            )
        )
    return tuple(orders)


def _for_role(
    form: FormData,
    role: str,
    engine: Engine,
    policy: CasePolicy,
    kind: CaseType,
    mode: str,
    now: int,
) -> Iterable[Order]:
    key, subjects = str(form.get(f"do-{role}") or ""), _texts(form, f"who-{role}")
    if not key or not subjects:
        return ()
    if key == "proposed":
        proposal = _proposal(policy, kind, role)
        if proposal is None:
            return ()
        with engine.connect() as connection:
            struck = process_lookups.strikes(connection, subjects)
        return orders_for(struck, policy, proposal, subjects, mode, now)
    _known(kind.on(role), f"do-{role}", key)
    hours = _hours(form, f"hours-{role}")
    return (_order(key=key, subjects=subjects, hours=hours, to=role, mode=mode),)


def _lasts(policy: CasePolicy, key: str) -> bool:
    rule = policy.measures.get(key)
    return rule is not None and rule.most_hours > 0


def _known(known: tuple[str, ...], field: str, key: str) -> None:
    if key not in known:
        mend = f"use one of {', '.join(known)}"
        raise Problem(422, "there is no such measure here", field=field, value=key, mend=mend)


def _order(**fields: Any) -> Order:
    return msgspec.convert(fields, Order)


def _hours(form: Mapping[str, Any], field: str) -> int:
    hours = str(form.get(field) or "")
    if not hours.isascii() or not hours.isdigit() or len(hours) > 6:
        raise Problem(
            422, "this is no length of time", field=field, value=hours, mend="give whole hours"
        )
    return int(hours)


def _texts(form: FormData, field: str) -> list[str]:
    return list(dict.fromkeys(str(text)[:20_000] for text in form.getlist(field)))[:2000]


def _one_of(form: Mapping[str, Any], field: str, choices: tuple[str, ...]) -> str:
    choice = str(form.get(field) or choices[0])
    if choice not in choices:
        mend = f"use one of {', '.join(choices)}"
        raise Problem(422, "this is none of the choices", field=field, value=choice, mend=mend)
    return choice
