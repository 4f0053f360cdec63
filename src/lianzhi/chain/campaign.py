"""Campaign 专项行动: what is to be done about some kinds of harm, where and until when, put down
before it starts; and the tasks that bodies get in it.

Nothing that happens in a campaign is tied to it: findings, cases and measures are counted under it
by kind and time, so that its totals can't be chosen afterwards. A change of its terms is an entry
of its own, which keeps what was before.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, IllegalStepError, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.law.clock import china_day, midnight
from lianzhi.record.entry import Entry

#: First part of the kinds of its entries.
CAMPAIGN = "campaign"
#: What a weekly series is for: what the harm is divided by; what should not have changed; where the
#: harm may have gone to.
Purpose = Literal["denominator", "control", "neighbour"]
Body = Literal["department", "platform", "squad"]
BODIES: tuple[Body, ...] = get_args(Body)
#: Days that a campaign may last, and weeks that it may be watched.
MOST_DAYS, MOST_WATCH_WEEKS = 366, 104

PLAN_STEPS: Steps = {
    "plan.opened": (frozenset({START}), "planned"),
    "plan.changed": (frozenset({"planned"}), None),
    "plan.withdrawn": (frozenset({"planned"}), "withdrawn"),
    "plan.rebounded": (frozenset({"planned"}), "to_revisit"),
    "plan.revisited": (frozenset({"to_revisit"}), "revisited"),
}
TASK_STEPS: Steps = {
    "task.assigned": (frozenset({START}), "open"),
    "task.urged": (frozenset({"open", "late"}), None),
    "task.overdue": (frozenset({"open"}), "late"),
    "task.replied": (frozenset({"open", "late"}), "replied"),
    "task.returned": (frozenset({"replied"}), "open"),
    "task.accepted": (frozenset({"replied"}), "done"),
}


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is put down before a campaign starts. It names nobody."""

    title: str
    kinds: tuple[str, ...]
    """Kinds of finding that it is about; the name of a domain stands for all of its kinds."""
    first: dt.date
    last: dt.date
    """Its days, in China; both belong to it."""
    outcome: str
    """What is to change, and how that is measured."""
    denominator: str
    """What the harm is divided by: items posted, orders, visits."""
    controls: tuple[str, ...] = ()
    """Kinds that it does not touch, to compare with."""
    neighbours: tuple[str, ...] = ()
    """Kinds to which the harm may move."""
    places: tuple[str, ...] = ()
    """Platforms or places where it is carried out. Nothing is counted by them: findings name
    none."""
    watch_weeks: int = 12
    """How long after its end a rebound is watched for."""
    effort: str = ""
    """People, hours and means that are planned."""

    def covers(self, kind: str, at: int) -> bool:
        """Whether a finding or case of this kind and time is counted under it."""
        return self.since <= at < self.until and includes(self.kinds, kind)

    @property
    def since(self) -> int:
        """When it starts, Unix ms."""
        return midnight(self.first)

    @property
    def until(self) -> int:
        """When its last day has passed, Unix ms."""
        return midnight(self.last + dt.timedelta(days=1))

    @property
    def watched_until(self) -> int:
        """When the watch for a rebound ends, Unix ms."""
        return midnight(self.last + dt.timedelta(days=1, weeks=self.watch_weeks))


def includes(selection: Iterable[str], kind: str) -> bool:
    """Whether a selection of kinds and names of domains includes a kind."""
    return any(kind == each or kind.startswith(f"{each}.") for each in selection)


class Change(msgspec.Struct, frozen=True):
    """One change of the terms: who, when, and by field what was before."""

    index: int
    at: int
    by: str
    before: dict[str, Any]
    after: dict[str, Any]


class Rebounded(msgspec.Struct, frozen=True):
    """An alarm of the watch: findings came back up by a week after the end, counted from 1."""

    at: int
    week: int
    count: int
    """Findings of that week."""
    confirmed: bool | None = None
    """What the revisit concluded; None: it is to be held."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as it stands. Why it was begun, and each reason, are texts of its entries."""

    id: str
    terms: Terms
    opened_at: int
    opened_by: str
    index: int
    status: str = "planned"
    changes: tuple[Change, ...] = ()
    rebound: Rebounded | None = None
    """Set by the watch, once; then somebody has to look again."""

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return self.terms.first

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.terms.last

    def phase(self, now: int) -> Literal["withdrawn", "planned", "running", "watched", "over"]:
        """Where it is at a time."""
        if self.status == "withdrawn":
            return "withdrawn"
        if now < self.terms.since:
            return "planned"
        if now < self.terms.until:
            return "running"
        return "watched" if now < self.terms.watched_until else "over"


def changed(terms: Terms, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Which of some fields differ from the terms: by field, what is there and what is wanted."""
    there, wanted = msgspec.to_builtins(terms), msgspec.to_builtins(fields)
    names = [name for name in fields if _plain(there[name]) != _plain(wanted[name])]
    return {name: there[name] for name in names}, {name: wanted[name] for name in names}


def _plain(value: Any) -> Any:
    return [*value] if isinstance(value, list | tuple) else value


def _fold_plan(before: Plan | None, entry: Entry, payload: Payload) -> Plan:
    status = next_status(PLAN_STEPS, entry.kind, before.status if before else START)
    if before is None:
        terms = msgspec.convert(payload["terms"], Terms)
        if china_day(entry.at) > terms.first:
            raise IllegalStepError(entry.kind, START, rule="campaign_started")
        return Plan(
            id=payload["plan"],
            terms=terms,
            opened_at=entry.at,
            opened_by=payload["by"],
            index=entry.index,
        )
    if entry.kind == "plan.rebounded":
        alarm = Rebounded(entry.at, payload["week"], payload["count"])
        return msgspec.structs.replace(before, status=status, rebound=alarm)
    if entry.kind == "plan.revisited" and before.rebound is not None:
        alarm = msgspec.structs.replace(before.rebound, confirmed=payload["rebound"])
        return msgspec.structs.replace(before, status=status, rebound=alarm)
    if entry.kind != "plan.changed":
        return msgspec.structs.replace(before, status=status)
    fields = msgspec.to_builtins(before.terms) | payload["after"]
    change = Change(entry.index, entry.at, payload["by"], payload["before"], payload["after"])
    terms = msgspec.convert(fields, Terms)
    return msgspec.structs.replace(before, terms=terms, changes=(*before.changes, change))


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a body in a campaign. What is to be done and the replies are texts."""

    id: str
    plan: str
    body: Body
    name: str
    """Of the department, platform or squad."""
    due: dt.date
    """Last day to reply."""
    assigned_at: int
    by: str
    index: int
    status: str = "open"
    urged: tuple[int, ...] = ()
    """When it was urged 督办, by hand or by the clock, Unix ms."""
    replied_at: int | None = None
    draw: str = ""
    """The draw by which it came about; empty: somebody gave it."""


def _fold_task(before: Task | None, entry: Entry, payload: Payload) -> Task:
    status = next_status(TASK_STEPS, entry.kind, before.status if before else START)
    if before is None:
        fields = {"assigned_at": entry.at, "index": entry.index, "status": status}
        return msgspec.convert({**payload, **fields, "id": payload["task"]}, Task)
    more: dict[str, Any] = {"status": status}
    match entry.kind:
        case "task.urged" | "task.overdue":
            more["urged"] = (*before.urged, entry.at)
        case "task.replied":
            more["replied_at"] = entry.at
        case "task.returned":
            more |= {"due": dt.date.fromisoformat(payload["due"]), "replied_at": None}
    return msgspec.structs.replace(before, **more)


PLAN = Noun(
    "plan", Plan, PLAN_STEPS, _fold_plan, columns=("status", "first", "last"), indexes=(("first",),)
)
TASK = Noun(
    *("task", Task, TASK_STEPS, _fold_task),
    columns=("plan", "status", "due"),
    indexes=(("plan", "due"), ("status", "due")),
)
