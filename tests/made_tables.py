"""Made discretion tables whose conditions are kept twice: as text, and as a plain predicate.

The predicates share nothing with the product: they are a second opinion on any facts.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from itertools import product

from lianzhi.law.discretion.draft import Draft, DraftInput, DraftRow, build

HARMS = ("none", "minor", "grave")
FIRST = dt.date(2026, 1, 1)


@dataclass
class Test:
    """A condition: `text` in S-FEEL, `zen` for zen-engine, `holds` in Python."""

    text: str
    zen: str
    holds: object


ANYTHING = Test("-", "", lambda value: True)


def names(chosen, negated=False):
    listed = ", ".join(f'"{one}"' for one in sorted(chosen))
    inside = frozenset(chosen)
    if negated:
        return Test(f"not({listed})", f"not($ in [{listed}])", lambda value: value not in inside)
    return Test(listed, listed, lambda value: value in inside)


def boolean(wanted):
    said = str(wanted).lower()
    return Test(said, said, lambda value: value is wanted)


def between(low, low_closed, high, high_closed):
    """A stretch; None is no bound."""

    def holds(value):
        above = low is None or (value >= low if low_closed else value > low)
        below = high is None or (value <= high if high_closed else value < high)
        return above and below

    if low is None and high is None:
        return ANYTHING
    if low is None:
        said = f"{'<=' if high_closed else '<'} {high}"
    elif high is None:
        said = f"{'>=' if low_closed else '>'} {low}"
    else:
        said = f"{'[' if low_closed else ']'}{low}..{high}{']' if high_closed else '['}"
        zen = f"{'[' if low_closed else '('}{low}..{high}{']' if high_closed else ')'}"
        return Test(said, zen, holds)
    return Test(said, said, holds)


@dataclass
class Input:
    name: str
    kind: str
    values: str
    grid: tuple
    """All values of a small domain, or of a larger one so many that every made cell has one."""


HARM = Input("harm", "string", '"none", "minor", "grave"', HARMS)
FREE = Input("trade", "string", "", ("shop", "inn", "bar", "somewhere else"))
COUNT = Input("count", "integer", "[0..6]", tuple(range(7)))
AMOUNT = Input("amount", "number", "[0..4]", tuple(n / 2 for n in range(9)))
ADMITTED = Input("admitted", "boolean", "", (False, True))
INPUTS = (HARM, FREE, COUNT, AMOUNT, ADMITTED)


@dataclass
class Made:
    """A table as it was made: tests by row."""

    inputs: tuple
    rows: list = field(default_factory=list)
    results: list = field(default_factory=list)
    items: list = field(default_factory=list)

    def table(self, policy="UNIQUE", **more):
        rows = [
            DraftRow(
                place=f"row {n}",
                id=f"r{n}",
                item=self.items[n - 1] if self.items else "a.b",
                when={one.name: test.text for one, test in zip(self.inputs, tests, strict=True)},
                cells={"list": result, "article": "第一条"},
            )
            for n, (tests, result) in enumerate(zip(self.rows, self.results, strict=True), 1)
        ]
        inputs = [DraftInput(name=i.name, type=i.kind, values=i.values) for i in self.inputs]
        return build(
            Draft(
                id="made", zh="表", en="table", hit_policy=policy, inputs=inputs, rows=rows,
                by_law=True, **more,
            ),
            "made",
        )  # fmt: skip

    def cases(self):
        """Facts for every combination of the grids."""
        for values in product(*(one.grid for one in self.inputs)):
            yield {one.name: value for one, value in zip(self.inputs, values, strict=True)}

    def holding(self, facts):
        """Places of the rows that hold, by their predicates."""
        values = [facts.get(one.name) for one in self.inputs]
        return [
            n
            for n, tests in enumerate(self.rows)
            if all(test.holds(value) for test, value in zip(tests, values, strict=True))
        ]


def some_test(rng, one):
    """A condition that is met somewhere in the domain."""
    if rng.random() < 0.3:
        return ANYTHING
    if one.kind == "boolean":
        return boolean(rng.random() < 0.5)
    if one.kind == "string":
        named = one.grid if one.values else one.grid[:-1]
        return names(rng.sample(named, rng.randint(1, len(named) - 1)), rng.random() < 0.3)
    low, high = sorted(rng.sample(range(int(one.grid[-1]) + 1), 2))
    ends = (low if rng.random() < 0.7 else None, high if rng.random() < 0.7 else None)
    return between(ends[0], rng.random() < 0.5, ends[1], rng.random() < 0.5)


def random_table(rng, inputs=INPUTS, rows=6):
    """Rows without any plan."""
    made = Made(tuple(rng.sample(inputs, rng.randint(1, len(inputs)))))
    for _ in range(rng.randint(1, rows)):
        made.rows.append([some_test(rng, one) for one in made.inputs])
        made.results.append(rng.choice(["lighter", "ordinary"]))
    return made


def tree(rng, inputs=INPUTS, leaves=12):
    """The leaves of a random decision tree: complete, and no two rows meet."""
    whole = tuple(
        (None, True, None, True) if one.kind in ("number", "integer")
        else frozenset((*FREE.grid[:-1], "…") if one is FREE else one.grid)
        for one in inputs
    )  # fmt: skip
    boxes, tries = [whole], 0
    while len(boxes) < leaves and tries < 20 * leaves:
        tries += 1
        box = boxes.pop(rng.randrange(len(boxes)))
        boxes += split(rng, inputs, box) or [box]
    made = Made(tuple(inputs))
    made.rows = [
        [leaf_test(one, part, all_) for one, part, all_ in zip(inputs, box, whole, strict=True)]
        for box in boxes
    ]
    made.results = [rng.choice(["lighter", "ordinary", "heavier"]) for _ in boxes]
    return made


def split(rng, inputs, box):
    """A box in two along some input; None where that has no two parts left."""
    k = rng.randrange(len(inputs))
    part = box[k]
    if isinstance(part, frozenset):
        if len(part) < 2:
            return None
        some = frozenset(rng.sample(sorted(part), rng.randint(1, len(part) - 1)))
        parts = (some, part - some)
    else:
        low, low_closed, high, high_closed = part
        top = int(inputs[k].grid[-1])
        first, last = (0 if low is None else low) + 1, (top if high is None else high) - 1
        if first > last:
            return None
        at, left = rng.randint(first, last), rng.random() < 0.5
        parts = ((low, low_closed, at, left), (at, not left, high, high_closed))
        if not all(any(map(between(*one).holds, inputs[k].grid)) for one in parts):
            return None
    return [(*box[:k], one, *box[k + 1 :]) for one in parts]


def leaf_test(one, part, whole):
    if part == whole:
        return ANYTHING
    if one.kind == "boolean":
        return boolean(next(iter(part)))
    if one.kind == "string":
        if "…" in part:  # any other trade
            return names(whole - part, negated=True)
        return names(part)
    return between(*part)


def seeded(seed):
    return random.Random(seed)
