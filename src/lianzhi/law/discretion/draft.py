"""Drafts: the text that a reader found in a file; and the table built from it, or its faults.

All faults of a file are reported together, each with row, column, value and remedy. A table with a
bad row is refused as a whole: without that row it would have a hole.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar, cast, get_args

import msgspec

from lianzhi.law.basis import Bases
from lianzhi.law.days import read_day
from lianzhi.law.discretion import grounds
from lianzhi.law.discretion.axis import axis
from lianzhi.law.discretion.plain import money
from lianzhi.law.discretion.table import (
    HitPolicy,
    List,
    Result,
    Row,
    Table,
    TableInput,
    fingerprint,
)
from lianzhi.law.discretion.unary import ANY, Condition, Type, UnaryError, number, parse
from lianzhi.law.words import Words

MAX_ROWS = 20_000
MAX_INPUTS = 64
#: Most characters of a cell.
MAX_TEXT = 2_000
_MOST_PROBLEMS = 100
_POLICIES = get_args(HitPolicy)
_LISTS = get_args(List)
_TYPES = get_args(Type)
_FEN = Decimal("0.01")
#: Columns of the result, and columns that describe the row; neither are outputs.
RESULT = ("list", "fine_from", "fine_to")
ABOUT = ("basis", "article", "note", "effective_from", "effective_until")
T = TypeVar("T")


class Problem(msgspec.Struct, frozen=True):
    """Why a file is no table: location, value and remedy."""

    row: str
    column: str
    value: str
    mend: str

    def __str__(self) -> str:
        value = self.value if len(self.value) <= 60 else self.value[:57] + "..."
        return f"{self.row}: {self.column} is {value!r}: {self.mend}"


class TableError(ValueError):
    """A file is no discretion table; `problems` has its faults, at most 100."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source, self.problems = source, tuple(problems[:_MOST_PROBLEMS])
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        summary = "; ".join(str(problem) for problem in problems[:3])
        super().__init__(f"{source}: {summary}{more}")


class DraftInput(msgspec.Struct, kw_only=True):
    """An input as text; a missing type is inferred from its tests."""

    name: str
    type: str = ""
    values: str = ""
    zh: str = ""
    en: str = ""


class DraftRow(msgspec.Struct, kw_only=True):
    """A row as text: tests by input, `cells` by column."""

    place: str
    id: str = ""
    item: str | None = None
    when: dict[str, str]
    cells: dict[str, str]


class Draft(msgspec.Struct, kw_only=True):
    """A table as text."""

    id: str
    zh: str
    en: str
    version: str = ""
    hit_policy: str = "UNIQUE"
    effective_from: str = ""
    effective_until: str = ""
    priority: dict[str, tuple[str, ...]] = {}
    inputs: list[DraftInput]
    rows: list[DraftRow]
    default: dict[str, str] | None = None
    plain: bool = False
    """Whether words and dates need no quotes."""
    by_law: bool = False
    """Whether each row has an item, a list, a fine and an article; else columns are outputs."""


def build(draft: Draft, source: str, bases: Bases | None = None) -> Table:
    """The table of a draft.

    With `bases`, each basis that a row cites must be among them and have a version in force when
    the row begins, each article must exist in its statute, and no fine may exceed the highest that
    the cited bases allow. Raises TableError.
    """
    return _Builder(draft, source, bases).build()


class _Builder:
    def __init__(self, draft: Draft, source: str, bases: Bases | None) -> None:
        self.draft, self.source, self.bases = draft, source, bases
        self.problems: list[Problem] = []
        self._tests: dict[tuple[str, str], Condition] = {}

    def build(self) -> Table:
        draft = self.draft
        self._limits()
        policy = " ".join(draft.hit_policy.upper().split()) or "UNIQUE"
        if policy not in _POLICIES:
            why = (
                "it gathers what several rows say, and a discretion is one answer; "
                if policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER")
                else ""
            )
            self._wrong("table", "hit_policy", policy, f"{why}choose {', '.join(_POLICIES)}")
        first = self._day("table", "effective_from", draft.effective_from)
        last = self._day("table", "effective_until", draft.effective_until)
        if first and last and last < first:
            self._wrong(
                "table", "effective_until", str(last), f"it begins on {first}; end it later"
            )
        if not draft.id.strip():
            self._wrong("table", "id", "", "give the table an id")
        if policy == "PRIORITY" and not draft.priority:
            self._wrong("table", "priority", "", "say which value of an output goes before which")
        inputs = [self._input(fact) for fact in draft.inputs]
        if self.problems:  # rows can't be read by inputs that are wrong
            raise TableError(self.source, self.problems)
        default = None
        if draft.default is not None:
            default = self._result("default", draft.default)
        rows = [self._row(n, row, inputs, first) for n, row in enumerate(draft.rows)]
        self._twice(rows)
        if self.problems:
            raise TableError(self.source, self.problems)
        title = Words(zh=draft.zh or draft.en or draft.id, en=draft.en or draft.zh or draft.id)
        table = Table(
            id=draft.id,
            title=title,
            version=draft.version,
            hit_policy=cast(HitPolicy, policy),
            priority=tuple(draft.priority.items()),
            effective_from=first,
            effective_until=last,
            inputs=tuple(inputs),
            rows=tuple(rows),
            default=default,
        )
        if not table.version:
            table = msgspec.structs.replace(table, version=fingerprint(table))
        return table

    def _wrong(self, row: str, column: str, value: str, mend: str) -> None:
        self.problems.append(Problem(row, column, value, mend))

    def _limits(self) -> None:
        draft = self.draft
        if not draft.rows:
            self._wrong("table", "rows", "none", "give one at least")
        if len(draft.rows) > MAX_ROWS:
            self._wrong("table", "rows", f"{len(draft.rows):,}", f"split it; {MAX_ROWS:,} at most")
        if len(draft.inputs) > MAX_INPUTS:
            self._wrong("table", "inputs", str(len(draft.inputs)), f"{MAX_INPUTS} at most")
        names = [fact.name for fact in draft.inputs]
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                self._wrong("table", "input", name, "it is declared twice; name each input once")
        for row in draft.rows:
            for column, text in (*row.when.items(), *row.cells.items(), ("item", row.item or "")):
                if len(text) > MAX_TEXT:
                    self._wrong(row.place, column, text, f"{MAX_TEXT:,} characters at most")
        if self.problems:
            raise TableError(self.source, self.problems)

    def _try(self, row: str, column: str, value: str, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except UnaryError as error:
            self._wrong(row, column, value, str(error))
            return otherwise

    def _day(self, row: str, column: str, text: str) -> dt.date | None:
        if not text.strip():
            return None
        try:
            return read_day(text)
        except ValueError:
            self._wrong(row, column, text, "it is no day; write like 2026-01-31")
            return None

    def _input(self, fact: DraftInput) -> TableInput:
        name = fact.name.strip()
        if not name or name.startswith("@"):
            self._wrong("inputs", "name", fact.name, "give a name that does not begin with @")
        kind = fact.type.strip() or self._guessed(fact)
        label = Words(zh=fact.zh or fact.en or name or "?", en=fact.en or fact.zh or name or "?")
        if kind not in _TYPES:
            self._wrong("inputs", name, kind, f"its type is unknown; one of {', '.join(_TYPES)}")
            return TableInput(name=name, label=label, type="string")
        kind = cast(Type, kind)
        domain = ANY
        if fact.values.strip():
            domain = self._try(
                "values", name, fact.values,
                lambda: parse(fact.values, kind, plain=self.draft.plain), ANY,
            )  # fmt: skip
        if not axis(kind, [], domain).full:
            self._wrong("values", name, fact.values, "no value is within; widen it")
        return TableInput(name=name, label=label, type=kind, domain=domain)

    def _guessed(self, fact: DraftInput) -> str:
        """The type that fits all tests of an input."""
        tests = [row.when.get(fact.name, "-") for row in self.draft.rows]
        for kind in ("number", "boolean", "date", "string"):
            try:
                for test in dict.fromkeys((*tests, fact.values or "-")):
                    parse(test, kind, plain=self.draft.plain)
            except UnaryError:
                continue
            return kind
        return "string"

    def _test(self, place: str, fact: TableInput, text: str) -> Condition:
        known = self._tests.get((fact.name, text))
        if known is None:
            known = self._try(
                place, fact.name, text, lambda: parse(text, fact.type, plain=self.draft.plain), ANY
            )
            if not text.strip():
                self._wrong(place, fact.name, text, "it is empty; write - for any value")
            self._tests[fact.name, text] = known
        return known

    def _row(
        self, n: int, draft: DraftRow, inputs: Sequence[TableInput], since: dt.date | None
    ) -> Row:
        place, cells = draft.place, draft.cells
        names = {fact.name for fact in inputs}
        for name in draft.when:
            if name not in names:
                known = ", ".join(sorted(names)) or "none"
                self._wrong(place, name, draft.when[name], f"no such input is declared; {known}")
        when = tuple(self._test(place, fact, draft.when.get(fact.name, "-")) for fact in inputs)
        item = draft.item.strip() if draft.item is not None else None
        if self.draft.by_law and not item:
            self._wrong(place, "item", item or "", "name the item, like fire.exit_blocked")
        result = self._result(place, cells)
        first = self._day(place, "effective_from", cells.get("effective_from", ""))
        last = self._day(place, "effective_until", cells.get("effective_until", ""))
        basis, article = cells.get("basis", "").strip(), cells.get("article", "").strip()
        if self.bases is not None:
            self._grounded(self.bases, place, basis, article, result, first or since)
        article = self._cited(place, basis, article, first or since)
        if self.draft.by_law and not (basis or article):
            self._wrong(place, "article", "", "say on which article it rests, or give its basis")
        return Row(
            id=draft.id.strip() or str(n + 1),
            place=place,
            item=item,
            when=when,
            result=result,
            basis=basis,
            article=article,
            note=cells.get("note", "").strip(),
            effective_from=first,
            effective_until=last,
        )

    def _grounded(
        self,
        bases: Bases,
        place: str,
        basis: str,
        article: str,
        result: Result,
        day: dt.date | None,
    ) -> None:
        for doubt in bases.statutes.doubts(article, day):
            self._wrong(place, "article", article, doubt)
        highest = grounds.most(bases, _keys(basis), article, day)
        for column, fine in (("fine_from", result.fine_from), ("fine_to", result.fine_to)):
            if highest is not None and fine is not None and fine > highest.yuan:
                mend = f"{highest.yuan:,} yuan is the maximum by {highest.article}; lower it"
                self._wrong(place, column, str(fine), f"the fine is above the maximum: {mend}")

    def _cited(self, place: str, basis: str, article: str, day: dt.date | None) -> str:
        """Citation of the bases (separated by `;`) where the row gives none; all must be known."""
        titles: list[str] = []
        for key in _keys(basis):
            if self.bases is None:
                break
            versions = self.bases.versions(key)
            version = versions[-1] if versions and not day else None
            if day:
                version = self.bases.get(key, day)
            if not versions:
                self._wrong(place, "basis", key, "no legal basis has this key; add it, or mend it")
            elif version is None:
                spans = ", ".join(
                    f"{version.effective_from} to {version.effective_until or 'now'}"
                    for version in versions
                )
                self._wrong(place, "basis", key, f"it is not in force on {day} (but {spans})")
            else:
                titles.append(version.title.zh)
        return article or "；".join(titles)

    def _result(self, place: str, cells: Mapping[str, str]) -> Result:
        own = (*RESULT, *ABOUT) if self.draft.by_law else ABOUT
        outputs = tuple((name, text) for name, text in cells.items() if name not in own)
        if not self.draft.by_law:
            return Result(outputs=outputs)
        listed = cells.get("list", "").strip()
        if listed not in _LISTS:
            self._wrong(place, "list", listed, f"one of {', '.join(_LISTS)}")
        low = self._fine(place, "fine_from", cells.get("fine_from", ""))
        high = self._fine(place, "fine_to", cells.get("fine_to", ""))
        if low is not None and high is not None and low > high:
            self._wrong(place, "fine_from", str(low), f"it is above fine_to, {high}; mend either")
        if listed == "no_penalty" and (low or high):
            self._wrong(
                place, "fine_to", str(high or low), "no_penalty has no fine; leave it empty"
            )
        return Result(
            list=cast(List, listed) if listed in _LISTS else None,
            fine_from=low,
            fine_to=high,
            outputs=outputs,
        )

    def _fine(self, place: str, column: str, text: str) -> Decimal | None:
        if not text.strip():
            return None
        amount = money(text) if self.draft.plain else text.strip()
        fine = self._try(place, column, text, lambda: Decimal(number(amount)), Decimal(0))
        if fine < 0:
            self._wrong(place, column, text, "a fine is not negative; give yuan")
        elif fine >= 10**15 or fine != fine.quantize(_FEN):
            self._wrong(place, column, text, "give yuan with two decimals at most")
        return fine

    def _twice(self, rows: Sequence[Row]) -> None:
        seen: dict[str, str] = {}
        for row in rows:
            if row.id in seen:
                self._wrong(row.place, "id", row.id, f"{seen[row.id]} has it; give each its own")
            seen.setdefault(row.id, row.place)


def _keys(basis: str) -> list[str]:
    return [key for key in map(str.strip, basis.split(";")) if key]
