"""Book: figures by key and period, and the relations that have to hold between them.

A relation is *declared* where the publication itself states it (a rate, `of`, `part_of`, `flow`),
and *natural* where only the vocabulary knows it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from lianzhi.chain.published.figures import Cited, Figure, Publication
from lianzhi.chain.published.numbers import Number
from lianzhi.chain.published.periods import Period
from lianzhi.chain.published.vocabulary import Vocabulary, Within

Id = tuple[str, str]
_UNKNOWN = ("several_each", "another_base")


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """Ratio of a part to its whole, or a mean of a total, with what is printed about it."""

    source: Figure
    """The row that states the ratio."""
    keys: Id
    """Keys of part and whole, printed or not."""
    part: Figure | None
    whole: Figure | None
    rate: Number | None = None
    mean: bool = False
    declared: bool = True
    carries: bool = False
    explains: tuple[str, ...] = _UNKNOWN

    @property
    def is_share(self) -> bool:
        """Whether the publication itself takes the one for a share of the other."""
        return self.declared and (self.rate is None or self.rate.lo <= 1)


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """Parts that are to make up a whole, divided in one way."""

    key: str
    whole: Figure | None
    parts: tuple[Figure, ...]


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """A stock over a period: opening + received - disposed = closing."""

    stock: str
    opening: Figure | None
    received: tuple[Figure, ...]
    disposed: tuple[Figure, ...]
    closing: Figure | None
    declared: bool


class Book:
    """Index of a publication by figure and period. The order of its rows makes no difference."""

    def __init__(self, publication: Publication, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.figures = tuple(sorted(publication.figures, key=_order))
        grouped: dict[Id, list[Figure]] = defaultdict(list)
        for row in self.figures:
            if row.number is not None:
                grouped[row.id].append(row)
        self.clashes = tuple(tuple(g) for g in grouped.values() if _clash(g))
        """The same figure with values that differ: other checks of it wait until one is settled."""
        waiting = {group[0].id for group in self.clashes}
        self.at = {i: min(g, key=_precision) for i, g in grouped.items() if i not in waiting}
        self._by_key: dict[str, list[Figure]] = defaultdict(list)
        for row in self.at.values():
            self._by_key[row.key].append(row)
        self.waiting = {key for key, _ in waiting}
        self.ratios = tuple(self._ratios())
        self.sums = tuple(self._sums())
        self.balances = tuple(self._balances())

    def find(self, key: str, when: Period) -> Figure | None:
        """The figure of this key for a period, else one without a period, else the nearest other.

        None where `when` has no period and several figures do.
        """
        if (row := self.at.get((key, when.id))) is not None:
            return row
        others = sorted(self._by_key.get(key, ()), key=_order)
        near = [row for row in others if row.period.holds(when) or when.holds(row.period)]
        if not when.id and len(others) > 1:
            return None  # of which of these periods isn't said
        bare = [row for row in others if not row.period.id or not when.id]
        return next(iter((*bare, *near, *others)), None)

    def of(self, key: str) -> Sequence[Figure]:
        """The figures of this key, of all periods."""
        return self._by_key.get(key, ())

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys that are printed."""
        return tuple(self._by_key)

    def within(self, part: str, whole: str) -> Within | None:
        """The relation of part and whole in the vocabulary; None: it knows none."""
        return next((w for w in self.vocabulary.within if (w.part, w.whole) == (part, whole)), None)

    def _ratios(self) -> Iterator[Ratio]:
        seen: set[object] = set()
        for row in self.figures:
            for ratio in self._stated(row):
                mark = (ratio.keys, row.period.id, ratio.rate and ratio.rate[:4], ratio.mean)
                if mark not in seen:
                    seen.add(mark)
                    yield ratio
        for rule in self.vocabulary.within:
            for row in self.of(rule.part):
                if (whole := self.at.get((rule.whole, row.period.id))) is not None:
                    yield self._ratio(row, rule.part, rule.whole, row, whole, declared=False)

    def _stated(self, row: Figure) -> Iterator[Ratio]:
        if len(row.of) == 2:
            part, whole = (self.find(key, row.period) for key in row.of)
            rate = row.number or row.rate
            mean = row.kind == "mean"
            yield self._ratio(row, *row.of, part, whole, rate=rate, mean=mean)
        elif row.of or row.rate is not None:
            key = row.of[0] if row.of else self.vocabulary.whole_of(row.key)
            whole = self.find(key, row.period) if key else None
            yield self._ratio(row, row.key, key, self.at.get(row.id), whole, rate=row.rate)
        if row.part_of and row.number is not None and row.kind != "share":
            whole = self.find(row.part_of, row.period)
            if whole is not None:
                yield self._ratio(row, row.key, row.part_of, self.at.get(row.id), whole)

    def _ratio(
        self,
        source: Figure,
        part_key: str,
        whole_key: str,
        part: Figure | None,
        whole: Figure | None,
        *,
        rate: Number | None = None,
        mean: bool = False,
        declared: bool = True,
    ) -> Ratio:
        rule = self.within(part_key, whole_key)
        return Ratio(
            source=source,
            keys=(part_key, whole_key),
            part=part,
            whole=whole,
            rate=rate,
            mean=mean,
            declared=declared,
            carries=rule is not None and rule.carries,
            explains=rule.explains if rule else _UNKNOWN,
        )

    def _sums(self) -> Iterator[Sum]:
        declared: dict[tuple[str, str, str], dict[Id, Figure]] = defaultdict(dict)
        for row in self.figures:
            if row.part_of and row.id in self.at:
                declared[row.part_of, row.period.id, row.split][row.id] = self.at[row.id]
        for (key, _, _), parts in declared.items():
            members = tuple(parts.values())
            yield Sum(key=key, whole=self.find(key, members[0].period), parts=members)
        divided = {(key, when) for key, when, _ in declared}
        for rule in self.vocabulary.sum:
            for whole in self.of(rule.whole):
                parts_found = [self.at.get((part, whole.period.id)) for part in rule.parts]
                natural = tuple(row for row in parts_found if row is not None)
                if len(natural) == len(rule.parts) and whole.id not in divided:
                    yield Sum(key=rule.whole, whole=whole, parts=natural)

    def _balances(self) -> Iterator[Balance]:
        stated: dict[Id, dict[str, dict[Id, Figure]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.figures:
            if row.flow is not None and row.id in self.at:
                stated[row.flow.stock, row.period.id][row.flow.role][row.id] = self.at[row.id]
        for (stock, _), roles in stated.items():
            yield Balance(
                stock=stock,
                opening=next(iter(roles["opening"].values()), None),
                received=tuple(roles["in"].values()),
                disposed=tuple(roles["out"].values()),
                closing=next(iter(roles["closing"].values()), None),
                declared=True,
            )
        periods = {when for stock, when in stated}
        for rule in self.vocabulary.flow:
            for when in sorted({when for _, when in self.at} - periods):
                four = [
                    self.at.get((key, when))
                    for key in (rule.opening, rule.received, rule.disposed, rule.closing)
                ]
                if sum(row is not None for row in four) >= 3:
                    opening, received, disposed, closing = four
                    yield Balance(
                        stock="",
                        opening=opening,
                        received=(received,) if received else (),
                        disposed=(disposed,) if disposed else (),
                        closing=closing,
                        declared=False,
                    )


def _order(row: Figure) -> tuple[str, ...]:
    text = "" if row.number is None else row.number.text
    rate = "" if row.rate is None else row.rate.text
    return (
        row.key,
        row.period.id,
        text,
        "/".join(row.of),
        rate,
        row.label,
        row.part_of,
        row.split,
        row.note,
    )


def printed(row: Figure) -> Number:
    """The number of a figure that has one."""
    if row.number is None:
        raise ValueError(f"{row.key} has no number; check for it first")
    return row.number


def _precision(row: Figure) -> tuple[object, ...]:
    number = printed(row)
    return (number.hi - number.lo, not number.unit.known, _order(row))


def _clash(group: list[Figure]) -> bool:
    numbers = [printed(row) for row in group]
    units = {row.unit.group for row in numbers if row.unit.known}
    return len(units) > 1 or max(n.lo for n in numbers) > min(n.hi for n in numbers)


def unlike(row: Figure, other: Figure) -> bool:
    """Whether they count different things: then neither is a part of the other."""
    a, b = row.unit, other.unit
    if a.known and b.known:
        return a.group != b.group
    kinds = {row.kind, other.kind}
    return "money" in kinds and len(kinds) > 1


def apart(row: Figure, other: Figure) -> bool:
    """Whether they are of different periods."""
    return bool(row.period.id and other.period.id and row.period.id != other.period.id)


def cited(book: Book, key: str, row: Figure | None = None) -> Cited:
    """How a figure is named: as printed, else by its noun, else by its key."""
    noun = row.noun if row is not None else book.vocabulary.find(key)
    zh, en = (noun.zh, noun.en) if noun else (key, key)
    if row is None:
        return Cited(key, zh or "?", en or "?")
    return Cited(
        key=row.key,
        zh=zh if noun else row.label or zh,
        en=en if noun else row.label or en,
        label=row.label,
        printed="" if row.number is None else row.number.text,
        period=row.period.text,
        line=row.line,
    )


def both(book: Book, ratio: Ratio) -> tuple[Cited, Cited]:
    """Part and whole of a ratio, printed or not."""
    return cited(book, ratio.keys[0], ratio.part), cited(book, ratio.keys[1], ratio.whole)


def concerned(book: Book, ratio: Ratio) -> tuple[Cited, ...]:
    """Part and whole, and the row that states their rate where it is a row of its own."""
    own = ratio.source.key not in ratio.keys
    return (*both(book, ratio), *([cited(book, ratio.source.key, ratio.source)] if own else []))


def comparable(ratio: Ratio) -> bool:
    """Whether both are printed, count the same (a mean need not), and are of one period."""
    if ratio.part is None or ratio.whole is None or apart(ratio.part, ratio.whole):
        return False
    return ratio.mean or not unlike(ratio.part, ratio.whole)
