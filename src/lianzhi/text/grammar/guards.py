"""Guards: the claims of one line, with signs added and the weight taken that guards take."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from itertools import accumulate, islice
from typing import Any, NamedTuple

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import Codes
from lianzhi.text.grammar import frames, pronouns
from lianzhi.text.grammar.frames import Guard
from lianzhi.text.grammar.wording import PAUSES, Wording
from lianzhi.text.grammar.wording_index import Place
from lianzhi.text.lexicon.entries import KINDS

#: The most matches of one wording in one text.
MOST = 6
#: The most characters between a guard and the hit that it stands before.
NEAR = 4
_PAUSES = frozenset(PAUSES)
SELF, OTHERS = frozenset(pronouns.SELF), frozenset(pronouns.OTHERS)
#: The least share that one guard leaves a whole line.
LEAST = 0.05


class Claim(NamedTuple):
    """A stretch [start, end) of a line that speaks for a kind of harm."""

    start: int
    end: int
    kind: int
    group: int
    """What counts once: a group of frames, a sign, or, from -1 down, an entry of the lexicon."""
    weight: float


class Line(NamedTuple):
    """A text between separators."""

    text: str
    """The first character of an identifier is its mark."""
    codes: Codes
    marks: Collection[str]
    """Marks of its identifiers; a typed character that equals a mark is not among them."""


def weigh_line(
    line: Line, claims: list[Claim], own: int, awake: set[int], excused: bool
) -> tuple[list[float], list[Claim]]:
    """Return the weights of the lexicon's hits in a line, and the frames and signs that count.

    `claims` begin with the `own` hits of the lexicon; frames follow. Signs are added, and guards
    take weight from all. `awake` are the kinds for which signs alone may speak, `excused` says
    whether counter-speech excuses frames.
    """
    data = frames.load()
    if fast := _twin():
        lists = data.guard_index.lists_of_marks(line.marks)
        both: tuple[list[float], list[Claim]] = fast.weigh_line(
            line.text, line.codes, claims, own, awake, lists, excused
        )
        return both
    supported = {claim.kind for claim in claims}
    awake = awake | supported
    claims = [*claims, *_signs(line.text, awake)]
    needed = {kind: data.least if kind in supported else data.alone for kind in awake}
    if not own and all(weight < needed[kind] for kind, weight in _strength(claims).items()):
        return [], []  # guards would only take more away
    groups: dict[int, tuple[Guard, list[Place]]] = {}
    for number, places in data.guard_index.candidates_in_line(line.text, line.marks):
        guard = data.guards[number]
        if not awake.isdisjoint(guard.kinds):
            spans = groups.setdefault(guard.group, (guard, []))[1]
            spans += _spans(guard.wording, line.text, places)
    pauses = list(accumulate((char in _PAUSES for char in line.text), initial=0))
    for guard, spans in groups.values():
        claims = _guarded(pauses, claims, guard, spans)
    more = claims[own:]
    if excused:
        more = [claim._replace(weight=claim.weight * data.excused) for claim in more]
    strength = _strength([*claims[:own], *more])
    left = [claim for claim in more if strength[claim.kind] >= needed[claim.kind]]
    return [claim.weight for claim in claims[:own]], left


def line_shares(line: Line) -> list[float]:
    """Return for each kind the share of its weight that the guards in a line leave the whole line.

    0 where a guard stands `over` something in the words of speakers about themselves alone: who
    says that they themselves should die needs help.
    """
    data = frames.load()
    if fast := _twin():
        left: list[float] = fast.line_shares(
            line.text, line.codes, data.guard_index.lists_of_marks(line.marks)
        )
        return left
    out, heeded = [1.0] * len(KINDS), set[int]()
    alone = not SELF.isdisjoint(line.text) and OTHERS.isdisjoint(line.text)
    for number, places in data.guard_index.candidates_in_line(line.text, line.marks):
        guard = data.guards[number]
        if guard.place == "before" or guard.group in heeded:
            continue
        if _spans(guard.wording, line.text, places):
            heeded.add(guard.group)
            keep = 0 if alone and guard.place == "over" else max(guard.keep, LEAST)
            for kind in guard.kinds:
                out[kind] *= keep
    return out


def _signs(line: str, awake: set[int]) -> list[Claim]:
    """Return the signs of these kinds in a line, without those that lie inside another."""
    data = frames.load()
    claims = [
        Claim(*place, sign.kind, sign.group, sign.weight)
        for number, places in data.sign_index.candidates_in_line(line)
        if (sign := data.signs[number]).kind in awake
        for place in places[:MOST]
    ]
    claims.sort(key=lambda claim: claim.start - claim.end)
    apart: list[Claim] = []
    for claim in claims:
        if not any(
            other.start <= claim.start and claim.end <= other.end
            for other in apart
            if other.kind == claim.kind and other.group != claim.group
        ):
            apart.append(claim)
    return apart


def _spans(wording: Wording, line: str, places: list[Place]) -> list[Place]:
    """Return where a wording stands, given where its required words do."""
    if wording.plain:
        return places[:MOST]
    return [match.span() for match in islice(wording.search.finditer(line), MOST)]


def _guarded(
    pauses: list[int], claims: list[Claim], guard: Guard, spans: list[Place]
) -> list[Claim]:
    stands = _PLACES[guard.place]
    return [
        claim._replace(weight=claim.weight * guard.keep)
        if claim.kind in guard.kinds
        and (guard.lexicon or claim.group >= 0)
        and any(stands(pauses, claim.start, claim.end, begin, finish) for begin, finish in spans)
        else claim
        for claim in claims
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
    """Return whether a clause ends in [begin, finish); `pauses` counts those before each place."""
    return begin < finish and pauses[finish] > pauses[begin]


def _strength(claims: Iterable[Claim]) -> dict[int, float]:
    """Return the strength of each kind, every group counted once."""
    best: dict[tuple[int, int], float] = {}
    for claim in claims:
        key = claim.kind, claim.group
        best[key] = max(best.get(key, 0.0), claim.weight)
    doubt: dict[int, float] = {}
    for (kind, _), weight in best.items():
        doubt[kind] = doubt.get(kind, 1.0) * (1 - weight)
    return {kind: 1 - left for kind, left in doubt.items()}


@cache
def _twin() -> Any:
    part, data = compiled.twin("grammar._guards"), frames.load()
    there = part and data.sign_index.fast and data.guard_index.fast
    return part.Guards(data) if there else None
