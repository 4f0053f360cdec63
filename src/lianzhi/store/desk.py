"""Leases of work items, and each person's amount of work. Leases are not on the record.

A lease locks a case, an appeal or a decision for second review for one person for a while, so that
no two people judge the same item. It expires by itself, and a person holds only a handful. A lease
that ends later than any can was set by a clock that has since been set back, and locks nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Select,
    Table,
    Text,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy import delete as delete_from

from lianzhi.chain.policy import LONGEST_LEASE_MINUTES, MOST_LEASES, DeskPolicy
from lianzhi.prepared import Prepared
from lianzhi.store.db import writing
from lianzhi.store.judgements import judged
from lianzhi.store.process_tables import (
    BY_HAND,
    OURS,
    appeal,
    decision,
    look_due,
    measure,
    not_by,
    report,
    review,
)
from lianzhi.store.tables import metadata
from lianzhi.store.views_tables import case

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
LONGEST_MS = LONGEST_LEASE_MINUTES * MINUTE_MS

lease_table = Table(
    "lease",
    metadata,
    Column("item", Text, primary_key=True),
    Column("user", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index("lease_user", "user"),
    Index("lease_until", "until"),
)
_OF = lease_table.c
_USER: BindParameter[str] = bindparam("user")
_SINCE: BindParameter[int] = bindparam("since")
_NOW: BindParameter[int] = bindparam("now")
_HOLDER = Prepared(
    select(_OF.user).where(
        _OF.item == bindparam("of"),
        _OF.until > bindparam("now"),
        _OF.until <= bindparam("latest"),
    )
)
_DONE = Prepared(
    select(func.count()).where(judged.c.by == _USER, judged.c.at >= _SINCE, judged.c.at <= _NOW)
)
_LAST = Prepared(
    select(judged.c.at)
    .where(judged.c.by == _USER, judged.c.at <= _NOW)
    .order_by(judged.c.at.desc())
    .limit(bindparam("most"))
)


def _runs(now: int) -> ColumnElement[bool]:
    return (_OF.until > now) & (_OF.until <= now + LONGEST_MS)


def take(engine: Engine, item: str, user: str, now: int, until: int) -> str:
    """Lease an item; returns its holder: `user`, or another user who was faster.

    The person's oldest leases are returned once there are more than a handful.
    """
    with writing(engine) as connection:
        holder_ = connection.execute(select(lease_table).where(_OF.item == item)).first()
        runs = holder_ is not None and now < holder_.until <= now + LONGEST_MS
        if holder_ is not None and holder_.user != user and runs:
            return str(holder_.user)
        row = {"item": item, "user": user, "until": until}
        if holder_ is None:
            connection.execute(delete_from(lease_table).where(_OF.until <= now - DAY_MS))
            connection.execute(insert(lease_table), row)
        else:
            connection.execute(update(lease_table).where(_OF.item == item).values(row))
        others = (_OF.user == user) & (_OF.item != item)
        newest = select(_OF.item).where(others, _runs(now)).order_by(_OF.until.desc(), _OF.item)
        kept = newest.limit(MOST_LEASES - 1)
        connection.execute(delete_from(lease_table).where(others, _OF.item.not_in(kept)))
    return user


def give_back(engine: Engine, item: str, user: str) -> None:
    """End the user's lease of an item."""
    with writing(engine) as connection:
        connection.execute(delete_from(lease_table).where(_OF.item == item, _OF.user == user))


def holder(connection: Connection, item: str, now: int) -> str | None:
    """Holder of an item at this time."""
    params = {"of": item, "now": now, "latest": now + LONGEST_MS}
    user: str | None = _HOLDER.scalar(connection, params)
    return user


def holders(engine: Engine, items: Sequence[str], now: int) -> dict[str, str]:
    """Holders of these items; unleased ones are missing."""
    query = select(lease_table).where(_OF.item.in_(items), _runs(now))
    with engine.connect() as connection:
        return {row.item: row.user for row in connection.execute(query)}


def done_between(connection: Connection, user: str, since: int, now: int) -> int:
    """Number of a person's judgements from a time on, see `judgements`.

    Those later than now were dated by a clock that has since been set back.
    """
    done: int = _DONE.scalar(connection, {"user": user, "since": since, "now": now})
    return done


def rest_until(
    connection: Connection, user: str, now: int, policy: DeskPolicy, utc_offset_hours: float
) -> int | None:
    """Until when a person may not judge: midnight once the day's judgements are used up, or the end
    of a rest after many in a row; None: no restriction.
    """
    shift = int(utc_offset_hours * HOUR_MS)
    midnight = (now + shift) // DAY_MS * DAY_MS - shift
    if done_between(connection, user, midnight, now) >= policy.cases_per_day:
        return midnight + DAY_MS
    last = _LAST.scalars(connection, {"user": user, "now": now, "most": policy.rest_after})
    pause = policy.rest_minutes * MINUTE_MS
    if len(last) < policy.rest_after or now - last[0] >= pause:
        return None
    in_a_row = all(late - early < pause for late, early in pairwise(last))
    return last[0] + pause if in_a_row else None


def next_case(engine: Engine, user: str, now: int) -> str | None:
    """The most urgent case to judge that nobody else holds: the user's own, or unassigned."""
    leased = select(_OF.item).where(_runs(now), _OF.user != user)
    query = (
        select(case.c.id)
        .where(case.c.to_judge, or_(case.c.assignee.is_(None), case.c.assignee == user))
        .where(case.c.id.not_in(leased))
        .order_by(case.c.urgency.desc(), case.c.id.desc())
        .limit(1)
    )
    with engine.connect() as connection:
        return connection.scalar(query)


def next_appeal(engine: Engine, user: str, now: int) -> str | None:
    """The appeal due first among those that this person may answer."""
    leased = select(_OF.item).where(_runs(now), _OF.user != user)
    query = (
        select(appeal.c.id)
        .join(decision, decision.c.id == appeal.c.decision)
        .where(appeal.c.status == "waiting", OURS, not_by(decision, user))
        .where(appeal.c.id.not_in(leased))
        .order_by(appeal.c.due_at, appeal.c.id)
        .limit(1)
    )
    with engine.connect() as connection:
        return connection.scalar(query)


def next_look(engine: Engine, user: str, now: int, golden: bool) -> str | None:
    """A decision for this person's blind second review: one of the sample without review, or with
    `golden` one whose answer is known.
    """
    of, query = _looks(user, golden)
    leased = select(_OF.item).where(_runs(now), _OF.user != user)
    with engine.connect() as connection:
        item: str | None = connection.scalar(query.where(of.not_in(leased)).limit(1))
    return item


def may_look(engine: Engine, user: str, identity: str) -> bool:
    """Whether this person may review this decision."""
    with engine.connect() as connection:
        return any(
            connection.scalar(query.where(of == identity)) is not None
            for of, query in (_looks(user, golden) for golden in (True, False))
        )


def _looks(user: str, golden: bool) -> tuple[Column[str], Select[Any]]:
    """The column of decisions, and those that this person may review, the oldest first."""
    if not golden:
        of = look_due.c.decision
        query = select(of).where(not_by(look_due, user)).order_by(look_due.c.made_at, of)
        return of, query
    looked = select(review.c.decision).where(review.c.by == user)
    of, known = decision.c.id, decision.c.golden & (decision.c.status == "effective")
    query = select(of).where(known, not_by(decision, user), of.not_in(looked))
    return of, query.order_by(decision.c.made_at, of)


def leased(engine: Engine, user: str, now: int) -> dict[str, int]:
    """Items that a person holds, and until when; the latest first."""
    query = select(_OF.item, _OF.until).where(_OF.user == user, _runs(now))
    with engine.connect() as connection:
        return {row.item: row.until for row in connection.execute(query.order_by(_OF.until.desc()))}


def waiting(engine: Engine, user: str, now: int, names: Collection[str]) -> dict[str, int]:
    """Number of items in each of these lists that wait for this person: cases of their own and
    unassigned ones, decisions for a second person, second reviews, appeals, reports, measures to
    carry out by hand, revisits that are due.
    """
    decided = select(decision.c.id).where(decision.c.id == appeal.c.decision)
    mine = (appeal.c.status == "waiting") & OURS & decided.where(not_by(decision, user)).exists()
    counts = {
        "mine": (case, case.c.waiting & (case.c.assignee == user)),
        "unassigned": (case, case.c.waiting & case.c.assignee.is_(None)),
        "second": (decision, (decision.c.status == "awaiting") & not_by(decision, user)),
        "looks": (look_due, not_by(look_due, user)),
        "appeals": (appeal, mine),
        "overdue": (appeal, mine & (appeal.c.due_at < now)),
        "reports": (report, report.c.status == "waiting"),
        "by_hand": (measure, BY_HAND),
        "revisits": (case, case.c.revisit_at <= now),
    }
    return _counted(engine, {name: counts[name] for name in names})


def backlog(engine: Engine) -> dict[str, int]:
    """Number of unassigned items: decisions for a second person, appeals, reports."""
    return _counted(
        engine,
        {
            "second": (decision, decision.c.status == "awaiting"),
            "appeals": (appeal, (appeal.c.status == "waiting") & OURS),
            "reports": (report, report.c.status == "waiting"),
        },
    )


def _counted(
    engine: Engine, counts: Mapping[str, tuple[Table, ColumnElement[bool]]]
) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table).where(condition)) or 0
            for name, (table, condition) in counts.items()
        }


def answered_appeals(engine: Engine, since: int) -> dict[str, int]:
    """Number of appeals `answered` since a time, and of those that `overturned` a decision."""
    turned = appeal.c.status != "upheld"
    query = select(func.count(), func.count().filter(turned)).where(appeal.c.answered_at >= since)
    with engine.connect() as connection:
        answered, overturned = connection.execute(query).one()
    return {"answered": answered, "overturned": overturned}
