"""Merges the lists of several agencies into one; every merge is reported, no item is lost.

Lines with the same folded wording become one, whatever their items. Lines that share an item become
one where their wordings are similar (`likeness`). The most demanding wording leads and takes on the
gravest severity; a line joins a leader, never another follower, so that similarity does not drift
along a chain. Lines at two places of the building stay separate. The outcome depends on the lines
alone, not on the order of the lists, and merging a merged list again changes nothing.
"""

from collections.abc import Sequence

import msgspec

from lianzhi.domains.enforcement.law.power import Power
from lianzhi.domains.enforcement.lists.line import ANY_TYPE, SEVERITIES, Line
from lianzhi.domains.enforcement.lists.policy import Merging
from lianzhi.domains.enforcement.lists.similarity import fold, wording

MOST = 5_000
"""Most lines from which one list is made."""
_WORDS = ("key", "en", "ar", "fr", "ru", "ko", "ja")


class MergeError(ValueError):
    """Lists that cannot be merged; the message names line, value and remedy."""


class Joined(msgspec.Struct, frozen=True, order=True):
    """Two lines that were merged."""

    kept: Line
    """The leader before it took in the other."""
    joined: Line
    likeness: float
    """1: equal except for width, case, blanks and punctuation."""


class Checklist(msgspec.Struct, frozen=True):
    """The merged list for one type of enterprise."""

    enterprise_type: str
    lines: tuple[Line, ...]
    joined: tuple[Joined, ...]
    lists: int
    """Number of lists that gave at least one line."""
    read: int
    """Number of lines of those lists for this type."""

    @property
    def items(self) -> frozenset[str]:
        """Keys of all legal items on the list."""
        return frozenset(item for line in self.lines for item in line.items)


def merge(
    lists: Sequence[Sequence[Line]], power: Power, policy: Merging, enterprise_type: str
) -> Checklist:
    """The merged list of an enterprise type from any number of lists.

    Raises MergeError where a line names an item that the power list lacks, and where there is no
    line or too many for this type.
    """
    ours = [
        [line for line in each if line.enterprise_type in (enterprise_type, ANY_TYPE)]
        for each in lists
    ]
    lines = [line for each in ours for line in each]
    if not lines:
        types = sorted({line.enterprise_type for each in lists for line in each})
        raise MergeError(
            f"no line is for {enterprise_type!r}; the lists have {', '.join(types) or 'no lines'}"
        )
    if len(lines) > MOST:
        raise MergeError(f"{len(lines):,} lines are for {enterprise_type!r}; give {MOST:,} at most")
    for line in lines:
        if unknown := [item for item in line.items if item not in power.keys]:
            raise MergeError(
                f"line {line.zh!r}: item is {unknown[0]!r}: the power list of {power.since} has "
                "none; give one of it"
            )
    given = [msgspec.structs.replace(line, enterprise_type=enterprise_type) for line in lines]
    joined: list[Joined] = []
    merged = _same(given, policy, joined)
    while len(nearer := _near(merged, policy, joined)) < len(merged):
        merged = nearer
    ordered = sorted(
        merged,
        key=lambda line: (policy.rank(line.place), -SEVERITIES.index(line.severity), _weight(line)),
    )
    return Checklist(
        enterprise_type,
        tuple(ordered),
        tuple(sorted(joined)),
        sum(1 for each in ours if each),
        len(lines),
    )


def _weight(line: Line) -> tuple[int, int, Line]:
    """Sort key: the most demanding line first, ties by severity, then by the line itself."""
    return -len(fold(line.zh)), -SEVERITIES.index(line.severity), line


def _meet(line: Line, other: Line) -> bool:
    """Whether both lines may be inspected in one place."""
    return line.place == other.place or not (line.place and other.place)


def _same(lines: list[Line], policy: Merging, joined: list[Joined]) -> list[Line]:
    """Merges lines of the same folded wording and a common place; those with a place first."""
    groups: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: (policy.rank(line.place), *_weight(line))):
        group = groups.setdefault(wording(line.zh, policy.telling).folded, [])
        at = next((at for at, first in enumerate(group) if _meet(first, line)), None)
        if at is None:
            group.append(line)
        else:
            joined.append(Joined(group[at], line, 1.0))
            group[at] = _combined(group[at], line, words=True)
    return [line for group in groups.values() for line in group]


def _near(lines: list[Line], policy: Merging, joined: list[Joined]) -> list[Line]:
    """Merges each line into the most similar leader with a common item, if any is near enough."""
    leaders: list[Line] = []
    by_item: dict[str, set[int]] = {}
    for line in sorted(lines, key=_weight):
        words = wording(line.zh, policy.telling)
        nearest = max(
            (
                (wording(leaders[at].zh, policy.telling).likeness(words), -at)
                for at in set().union(*(by_item.get(item, ()) for item in line.items))
                if _meet(leaders[at], line)
            ),
            default=(0.0, 0),
        )
        if nearest[0] < policy.likeness:
            at = len(leaders)
            leaders.append(line)
        else:
            at = -nearest[1]
            joined.append(Joined(leaders[at], line, nearest[0]))
            leaders[at] = _combined(leaders[at], line, words=False)
        for item in line.items:
            by_item.setdefault(item, set()).add(at)
    return leaders


def _combined(first: Line, other: Line, *, words: bool) -> Line:
    """The first line with the other's departments, items and methods, and the graver severity.

    `words`: the wordings agree, so the other's translations may fill gaps.
    """
    gaps = {name: getattr(other, name) for name in _WORDS if words and not getattr(first, name)}
    return msgspec.structs.replace(
        first,
        departments=tuple(sorted({*first.departments, *other.departments})),
        items=tuple(sorted({*first.items, *other.items})),
        methods=tuple(sorted({*first.methods, *other.methods})),
        severity=max(first.severity, other.severity, key=SEVERITIES.index),
        place=first.place or other.place,
        **gaps,
    )
