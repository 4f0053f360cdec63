"""Many events as columns: what the simulator computes with; events are made at the edge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from lianzhi.chain.event import CONTACT_KINDS, KINDS, Event

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NONE = -1
#: Actors are numbers below this; crowds and ordinary people are drawn from the same range.
ACTORS = 10**9

KIND_CODES: dict[str, int] = {kind: code for code, kind in enumerate(KINDS)}
IS_CONTACT: Bools = np.array([kind in CONTACT_KINDS for kind in KINDS])
#: Kinds that bring a text here; private messages are metadata only.
HAS_TEXT: Bools = np.array([kind in {"comment", "danmaku", "repost", "mention"} for kind in KINDS])


@dataclass(frozen=True)
class Columns:
    """One value per event in each array; NONE (-1) where an event has none.

    `key` is unique and random: it is the event's id and breaks ties in time. `text` indexes a
    table of texts, `reply` holds the key of the event answered, times are Unix milliseconds.
    """

    key: Ints
    time: Ints
    kind: Ints
    actor: Ints
    created: Ints
    target: Ints
    object: Ints
    group: Ints
    reply: Ints
    text: Ints

    def __len__(self) -> int:
        return len(self.key)

    def take(self, rows: Ints | Bools | slice) -> "Columns":
        """Return the chosen rows."""
        return Columns(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def by_time(self) -> "Columns":
        """Return the rows in event-time order, ties by key."""
        return self.take(np.lexsort((self.key, self.time)))

    def aimed_at(self, target: int) -> "Columns":
        """Return the same events with another target."""
        return replace(self, target=np.full(len(self), target, dtype=np.int64))


def make(
    rng: np.random.Generator, time: Ints, kind: Ints, actor: Ints, target: Ints, **others: Ints
) -> Columns:
    """Columns with fresh keys; what is not given is NONE."""
    size = len(time)
    none = np.full(size, NONE, dtype=np.int64)
    rest = {name: others.get(name, none) for name in ("created", "object", "group", "reply")}
    key = rng.integers(0, 2**62, size)
    text = others.get("text", none)
    return Columns(key=key, time=time, kind=kind, actor=actor, target=target, text=text, **rest)


def concat(parts: Sequence[Columns]) -> Columns:
    """All rows of all parts, unsorted."""
    return Columns(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Columns)}
    )


def first_contacts(columns: Columns, forget_days: float = 90.0) -> Bools:
    """Which events are a stranger's: a contact with no earlier one to that target in 90 days.

    The definition of the task itself, computed from the whole log; events sorted by time.
    """
    rows = np.flatnonzero(IS_CONTACT[columns.kind])
    actor, target, time = columns.actor[rows], columns.target[rows], columns.time[rows]
    order = np.lexsort((np.arange(len(rows)), actor, target))
    same = (actor[order][1:] == actor[order][:-1]) & (target[order][1:] == target[order][:-1])
    near = same & (np.diff(time[order]) <= forget_days * DAY)
    stranger = np.zeros(len(columns), dtype=np.bool_)
    stranger[rows[order]] = ~np.concatenate([np.zeros(min(1, len(rows)), dtype=np.bool_), near])
    return stranger


def to_events(columns: Columns, texts: Sequence[str], prefix: str = "") -> Iterator[Event]:
    """Events in the order of the rows. `prefix` keeps ids and targets of replicas apart."""
    names = (f.name for f in fields(Columns))
    for row in zip(*(getattr(columns, name).tolist() for name in names), strict=True):
        key, time, kind, actor, created, target, about, group, reply, text = row
        yield Event(
            id=f"{prefix}{key:016x}",
            source="simulated",
            kind=KINDS[kind],
            time=time,
            actor=f"u{actor}",
            target=f"{prefix}t{target}",
            object=f"p{about}" if about >= 0 else None,
            text=texts[text] if text >= 0 else None,
            in_reply_to=f"{prefix}{reply:016x}" if reply >= 0 else None,
            group=f"g{group}" if group >= 0 else None,
            actor_created=created if created >= 0 else None,
        )
