"""Guarding: what was told in one line, signs added and guards heeded."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import accumulate, islice
from typing import Any, NamedTuple

from lianzhi.text import compiled, frames, whole
from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Codes
from lianzhi.text.frames import Guard
from lianzhi.text.lookup import Place
from lianzhi.text.wording import PAUSES, Wording

#: So often at most is a wording looked for in one text.
MOST = 6
#: How many characters before a hit a guard may end and still stand before it.
NEAR = 4
_PAUSES = frozenset(PAUSES)
#: Who speaks, and whom they may speak to or of.
SELF, OTHERS = frozenset(whole.SELF), frozenset(whole.OTHERS)
#: One guard leaves a whole line this much at least.
LEAST = 0.05


class Told(NamedTuple):
    """A stretch [start, end) of a line that speaks for a kind of harm."""

    start: int
    end: int
    kind: int
    group: int
    """What counts once: a group of frames or a sign, or an entry of the lexicon, from -1 down."""
    weight: float


class Line(NamedTuple):
    """A text between separators."""

    text: str
    """The first character of an identifier is its mark."""
    codes: Codes
    marks: Collection[str]
    """Marks of its identifiers; what somebody types that looks like one is none."""


def weighed(
    line: Line, told: list[Told], own: int, awake: set[int], excused: bool
) -> tuple[list[float], list[Told]]:
    """What was told in a line, guards heeded and signs added: what the lexicon's `own` hits weigh,
    which come first, and the others.

    `awake` are kinds for which signs alone may speak.
    """
    data = frames.load()
    if fast := _fast():
        lists = data.guarding.of_marks(line.marks)
        both: tuple[list[float], list[Told]] = fast.weighed(
            line.text, line.codes, told, own, awake, lists, excused
        )
        return both
    supported = {one.kind for one in told}
    awake = awake | supported
    told = [*told, *_signs(line.text, awake)]
    needed = {kind: data.least if kind in supported else data.alone for kind in awake}
    if not own and all(weight < needed[kind] for kind, weight in _strength(told).items()):
        return [], []  # guards would only take more away
    groups: dict[int, tuple[Guard, list[Place]]] = {}
    for number, places in data.guarding.within_one(line.text, line.marks):
        guard = data.guards[number]
        if not awake.isdisjoint(guard.kinds):
            spans = groups.setdefault(guard.group, (guard, []))[1]
            spans += _spans(guard.wording, line.text, places)
    pauses = list(accumulate((char in _PAUSES for char in line.text), initial=0))
    for guard, spans in groups.values():
        told = _guarded(pauses, told, guard, spans)
    more = told[own:]
    if excused:
        more = [one._replace(weight=one.weight * data.excused) for one in more]
    strength = _strength([*told[:own], *more])
    left = [one for one in more if strength[one.kind] >= needed[one.kind]]
    return [one.weight for one in told[:own]], left


def kept(line: Line) -> list[float]:
    """The share of its weight that a line as a whole keeps by the guards in it, for each kind.

    None where a guard stands over something in the words of one who speaks of nobody else: who
    says of themselves that they should die is in need of help.
    """
    data = frames.load()
    if fast := _fast():
        left: list[float] = fast.kept(line.text, line.codes, data.guarding.of_marks(line.marks))
        return left
    out, heeded = [1.0] * len(KINDS), set[int]()
    alone = not SELF.isdisjoint(line.text) and OTHERS.isdisjoint(line.text)
    for number, places in data.guarding.within_one(line.text, line.marks):
        guard = data.guards[number]
        if guard.place == "before" or guard.group in heeded:
            continue
        if _spans(guard.wording, line.text, places):
            heeded.add(guard.group)
            keep = 0 if alone and guard.place == "over" else max(guard.keep, LEAST)
            for kind in guard.kinds:
                out[kind] *= keep
    return out


def _signs(line: str, awake: set[int]) -> list[Told]:
    """A line's signs of these kinds; one that lies inside another says nothing of its own."""
    data = frames.load()
    found = [
        Told(*place, sign.kind, sign.group, sign.weight)
        for number, places in data.signing.within_one(line)
        if (sign := data.signs[number]).kind in awake
        for place in places[:MOST]
    ]
    found.sort(key=lambda one: one.start - one.end)
    apart: list[Told] = []
    for one in found:
        if not any(
            other.start <= one.start and one.end <= other.end
            for other in apart
            if other.kind == one.kind and other.group != one.group
        ):
            apart.append(one)
    return apart


def _spans(wording: Wording, line: str, places: list[Place]) -> list[Place]:
    """Where a wording stands, given where its words do."""
    if wording.plain:
        return places[:MOST]
    return [match.span() for match in islice(wording.search.finditer(line), MOST)]


def _guarded(pauses: list[int], told: list[Told], guard: Guard, spans: list[Place]) -> list[Told]:
    stands = _PLACES[guard.place]
    return [
        one._replace(weight=one.weight * guard.keep)
        if one.kind in guard.kinds
        and (guard.lexicon or one.group >= 0)
        and any(stands(pauses, one.start, one.end, begin, finish) for begin, finish in spans)
        else one
        for one in told
    ]


def _before(pauses: list[int], start: int, end: int, begin: int, finish: int) -> bool:
    near = begin <= start and start - finish <= NEAR and finish <= end
    return near and not _paused(pauses, finish, start)


def _in_clause(pauses: list[int], start: int, end: int, begin: int, finish: int) -> bool:
    return not (_paused(pauses, finish, start) or _paused(pauses, end, begin))


#: Whether a guard [begin, finish) stands where it must, as to a hit [start, end).
_PLACES: dict[str, Callable[[list[int], int, int, int, int], bool]] = {
    "text": lambda pauses, start, end, begin, finish: True,
    "over": lambda pauses, start, end, begin, finish: begin < end and start < finish,
    "before": _before,
    "clause": _in_clause,
}


def _paused(pauses: list[int], begin: int, finish: int) -> bool:
    """Whether a clause ends in [begin, finish), by how many do before each place."""
    return begin < finish and pauses[finish] > pauses[begin]


def _strength(told: Iterable[Told]) -> dict[int, float]:
    """What each kind comes to, every group counted once."""
    best: dict[tuple[int, int], float] = {}
    for one in told:
        key = one.kind, one.group
        best[key] = max(best.get(key, 0.0), one.weight)
    doubt: dict[int, float] = {}
    for (kind, _), weight in best.items():
        doubt[kind] = doubt.get(kind, 1.0) * (1 - weight)
    return {kind: 1 - left for kind, left in doubt.items()}


@cache
def _fast() -> Any:
    """What weighs where it is compiled."""
    part, data = compiled.part("guarding"), frames.load()
    there = part and data.signing.fast and data.guarding.fast
    return part.Guarding(data) if there else None
