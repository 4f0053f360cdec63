"""Lists of the record: outlets with their licences 许可, and sources of the white list 稿源单位.

Both are names with times of validity. A later entry about the same first day takes the place of
the earlier one; what held on a day is a question to the times, never to the order of entries.
"""

import datetime as dt
import hashlib
from typing import Any

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.domains.dissemination.titles.wording import folded
from lianzhi.record.entry import Entry

_KEPT = frozenset({"kept"})


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """Valid from a day until the day before another."""

    valid_from: dt.date
    valid_until: dt.date | None = None
    scopes: tuple[str, ...] = ()
    """Of a licence: `gathering`, `reprint`, `platform`."""

    def holds(self, day: dt.date) -> bool:
        """Whether it is valid on a day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class Listed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An outlet, or a source."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    """In the order of their first days."""
    status: str = "kept"
    index: int = 0
    """Entry that last changed it."""

    def at(self, day: dt.date) -> Span | None:
        """What is valid on a day, the latest first; None: nothing."""
        return next((span for span in reversed(self.spans) if span.holds(day)), None)

    @property
    def open(self) -> Span | None:
        """The latest span, where it has no end."""
        return self.spans[-1] if self.spans and self.spans[-1].valid_until is None else None


def listed_id(name: str) -> str:
    """Id of a name: the same for every way to write it."""
    key = " ".join(folded(name).split())
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()


def steps_of(noun: str) -> Steps:
    """Steps of a list: imported or listed, ended on a day, another name added."""
    both = frozenset({START, "kept"})
    return {
        f"{noun}.imported": (both, "kept"),
        f"{noun}.listed": (both, "kept"),
        f"{noun}.ended": (_KEPT, None),
        f"{noun}.renamed": (_KEPT, None),
    }


def _fold(steps: Steps, before: Listed | None, entry: Entry, payload: Payload) -> Listed:
    next_status(steps, entry.kind, before.status if before else START)
    if before is None:
        before = Listed(id=payload["id"], name=payload["name"])
    changes: dict[str, Any] = {"index": entry.index}
    if aliases := payload.get("aliases"):
        changes["aliases"] = tuple(dict.fromkeys((*before.aliases, *aliases)))
    if "span" in payload:
        span = msgspec.convert(payload["span"], Span)
        others = (each for each in before.spans if each.valid_from != span.valid_from)
        changes["spans"] = tuple(sorted((*others, span), key=lambda each: each.valid_from))
    return msgspec.structs.replace(before, **changes)


def _noun(name: str) -> Noun[Listed]:
    steps = steps_of(name)
    return Noun(
        name,
        Listed,
        steps,
        lambda before, entry, payload: _fold(steps, before, entry, payload),
        columns=("name", "index"),
        identity=lambda payload: payload["id"],
        bulk={"imported": "rows"},
    )


OUTLET, SOURCE = _noun("outlet"), _noun("source")
