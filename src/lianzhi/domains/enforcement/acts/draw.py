"""Acts on a draw of enterprises and officers. See `office.acts`."""

import datetime as dt
import re

from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.draws import Draws
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.nouns.draw import STEPS
from lianzhi.office.acts import Act, ActTable, Field, Opening, method_of
from lianzhi.record.lots import Public

_MOST_DRAWN = 100_000


def _plan(
    desk: Desk,
    by: str,
    *,
    name: str,
    total: int,
    by_risk: bool,
    source: str,
    public_on: dt.date,
    reveal_until: dt.date,
    until: dt.date,
    conflicts: str,
) -> str:
    if not 1 <= total <= _MOST_DRAWN:
        message = f"total is {total}; give 1 to {_MOST_DRAWN}"
        raise RefusedError("draw", message, why=f"total: 1-{_MOST_DRAWN}")
    public, apart = Public(source=source, on=public_on), conflicts_of(conflicts)
    desk.draws.plan(name, total, until, public, reveal_until, by, by_risk=by_risk, conflicts=apart)
    return name


def conflicts_of(lines: str) -> dict[str, set[str]]:
    """Where officers may not go, from lines of an officer and numbers of enterprises, by blanks or
    commas. Raises RefusedError for a line without an enterprise."""
    conflicts: dict[str, set[str]] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        officer, *numbers = filter(None, re.split(r"[\s,，、;；:：]+", line))
        if not numbers:
            raise RefusedError("draw_conflict", f"{line[:80]}: no enterprise", line=line[:80])
        conflicts.setdefault(officer, set()).update(numbers)
    return conflicts


_OPENING = Opening(
    *("plan", ("lead",), "planned", _plan),
    (
        Field("name", "text", "draw.name"),
        Field("total", "number", "draw.total"),
        Field("by_risk", "flag", "draw.by_risk"),
        Field("source", "text", "draw.source"),
        Field("public_on", "until", "draw.public_on"),
        Field("reveal_until", "until", "draw.reveal_until"),
        Field("until", "until", "draw.until"),
        Field("conflicts", "words", "draw.conflicts", required=False),
    ),
)
_REVEAL = Act(
    *("reveal", ("lead",), ("revealed",), method_of("draws", Draws.reveal)),
    (Field("public", "text", "draw.source"),),
    lambda draw, today: draw.reveal is None,
)
DRAW = ActTable(
    "draw", "/draws", STEPS, (_REVEAL,), frozenset(), opening=_OPENING, command="bureau-draw"
)
