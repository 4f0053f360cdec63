"""The whole chains of harm, read from the tables: the cases that links join, and what stands there.

Links are read level by level from the cases asked for, so the work grows with their chains and not
with the record. Cases of kinds that show no tier, and false positives, are in no chain.
"""

from collections.abc import Collection, Iterable, Iterator

import msgspec
from sqlalchemy import Connection, func, select

from lianzhi.chain.harm_chain import HarmChain, Seen, Standing, build, components
from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.signal import Signal
from lianzhi.store.db import chunks
from lianzhi.store.process_tables import measure
from lianzhi.store.signals import find, signal
from lianzhi.store.tables import payload
from lianzhi.store.views_tables import case, finding

#: Most cases of one chain that a page tells; the nearest by links.
MOST = 200
#: Statuses of measures that stand.
STANDS = ("ordered", "applied")


class _Linked(msgspec.Struct):
    """What of a case's state a chain needs."""

    links: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    found_at: int = 0
    looked: dict[str, bool] = {}


class _Named(msgspec.Struct):
    """What of a finding tells its signal."""

    signal: str = ""


_LINKED, _NAMED = msgspec.json.Decoder(_Linked), msgspec.json.Decoder(_Named)
#: Kind of a finding that another platform's signal fits an account here.
RECEIVED = "signal.received"


def chain_of(
    connection: Connection, start: str, policy: CasePolicy, most: int = MOST
) -> HarmChain | None:
    """The chain that this case belongs to, of at most about `most` cases; None: it is in none."""
    cases, _ = _reached(connection, [start], policy, most)
    if start not in cases:
        return None
    return build(cases.values(), _standing(connection, cases), policy)


def chains(
    connection: Connection, since: int, until: int, policy: CasePolicy
) -> Iterator[HarmChain]:
    """Chains whose first case was opened in [since, until): the most cases, then the latest,
    first."""
    kinds = _kinds(policy)
    opened = select(case.c.id).where(
        case.c.opened_at >= since, case.c.opened_at < until, case.c.kind.in_(kinds), _NOT_FALSE
    )
    cases, links = _reached(connection, connection.scalars(opened).all(), policy)
    standing: dict[str, list[Standing]] = {}
    for each in _standing(connection, cases):
        standing.setdefault(each.case, []).append(each)
    groups = [
        (len(group), min(cases[each].opened_at for each in group), group)
        for group in components(cases, links)
    ]
    for _, began, group in sorted(groups, reverse=True):
        if since <= began < until:
            measures = [done for each in group for done in standing.get(each, ())]
            yield build((cases[each] for each in group), measures, policy)


def signals_of(connection: Connection, cases: Iterable[str]) -> list[Signal]:
    """Signals of these cases: those that we shared, and those of others that opened one."""
    signals: dict[str, Signal] = {}
    for chunk in chunks(cases):
        states = connection.scalars(select(signal.c.state).where(signal.c.case.in_(chunk)))
        ours = (msgspec.json.decode(state, type=Signal) for state in states)
        received = (
            select(payload.c.body)
            .join(finding, finding.c.index == payload.c.index)
            .where(finding.c.case.in_(chunk), finding.c.kind == RECEIVED)
        )
        names = {_NAMED.decode(body).signal for body in connection.scalars(received)}
        theirs = (find(connection, name) for name in sorted(names))
        signals |= {each.id: each for each in (*ours, *theirs) if each is not None}
    return [*signals.values()]


_NOT_FALSE = func.coalesce(case.c.outcome, "") != "false_positive"


def _kinds(policy: CasePolicy) -> list[str]:
    return [kind.kind for kind in policy.types if kind.tiers]


def _reached(
    connection: Connection, start: Collection[str], policy: CasePolicy, most: int | None = None
) -> tuple[dict[str, Seen], list[tuple[str, str]]]:
    """The cases that links lead to from these, and those links."""
    kinds = _kinds(policy)
    seen: dict[str, Seen] = {}
    read: set[str] = set()
    links: list[tuple[str, str]] = []
    level = set(start)
    while level and (most is None or len(seen) < most):
        nearest = sorted(level)[: None if most is None else most - len(seen)]
        read.update(nearest)
        following: set[str] = set()
        for linked, names in _cases(connection, nearest, kinds):
            seen[linked.id] = linked
            links += [(linked.id, name) for name in names]
            following.update(names)
        level = following - read
    return seen, links


def _cases(
    connection: Connection, ids: Iterable[str], kinds: list[str]
) -> Iterator[tuple[Seen, tuple[str, ...]]]:
    names = ("id", "kind", "about", "opened_at", "status", "state")
    columns = [case.c[name] for name in names]
    for chunk in chunks(ids):
        query = select(*columns).where(case.c.id.in_(chunk), case.c.kind.in_(kinds), _NOT_FALSE)
        for row in connection.execute(query):
            state = _LINKED.decode(row.state)
            linked = Seen(
                id=row.id,
                kind=row.kind,
                about=row.about,
                opened_at=row.opened_at,
                status=row.status,
                roles=frozenset(state.roles),
                found_at=state.found_at or row.opened_at,
                looked=state.looked,
            )
            yield linked, state.links


def _standing(connection: Connection, cases: Iterable[str]) -> Iterator[Standing]:
    names = ("case", "key", "role", "subject_type", "item", "ordered_at")
    columns = [measure.c[name] for name in (*names, "status", "undone_at")]
    for chunk in chunks(cases):
        # Held against `STANDS` here: asked for by status, SQLite reads all that stand anywhere.
        for row in connection.execute(select(*columns).where(measure.c.case.in_(chunk))).all():
            if row.status in STANDS and row.undone_at is None:
                values = dict(zip(names, row, strict=False))
                yield Standing(**values | {"item": row.item or ""})
