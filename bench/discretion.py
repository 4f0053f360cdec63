"""Decisions a second by a discretion table, its check, and zen-engine on the same table and facts.

The table is made, of the shape that a city has published: 417 rules (229 no_penalty, 157 lighter,
31 mitigated) of 11 departments. Each item is a random decision tree over 2 to 5 of 8 inputs, so
the table is complete and no two rows meet; that is checked here as well. Times are the
processor's: all runs on one core.

One by one: a dict of facts in, an outcome that cites its row out; no two facts are alike. Batch: a
million facts as columns in, rows out.
zen-engine, compiled and loaded, gets the whole table with the item as an input, and once more,
kinder, a table an item, one by one and through its own batch. All its answers must be ours.
"""

import gc
import random
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np
import zen

from lianzhi.law.discretion.batch import decide_many
from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.reading import parse

Row = tuple[str, float, str]
Part = Any
SHAPE = {"no_penalty": 229, "lighter": 157, "mitigated": 31}
DEPARTMENTS = 11
NAMES = {
    "harm": ("none", "minor", "grave"),
    "party": ("person", "household", "firm"),
    "attitude": ("helps", "neutral", "hinders"),
    "first": (False, True),
    "corrected": (False, True),
}
SCALES = {"days": ("integer", 365), "amount": ("number", 50_000), "staff": ("integer", 500)}
BATCH = 1_000_000


class Made:
    """A table as rows of parts: a tuple of names, or (low, high) with high left out; by input."""

    def __init__(self, rules: int, seed: int) -> None:
        self.rng = random.Random(seed)
        lists = [name for name, count in SHAPE.items() for _ in range(count)]
        lists = (lists * (1 + rules // len(lists)))[:rules]
        self.rng.shuffle(lists)
        self.rows: list[tuple[str, str, dict[str, Part]]] = []
        self.asked: dict[str, list[str]] = {}
        while len(self.rows) < rules:
            item = f"d{len(self.asked) % DEPARTMENTS}.item_{len(self.asked)}"
            asked = self.rng.sample([*NAMES, *SCALES], self.rng.randint(2, 5))
            self.asked[item] = asked
            for leaf in self._tree(asked, min(self.rng.randint(1, 6), rules - len(self.rows))):
                self.rows.append((item, lists[len(self.rows)], leaf))
        self.items = list(self.asked)

    def _tree(self, asked: list[str], leaves: int) -> list[dict[str, Part]]:
        whole: dict[str, Part] = {one: NAMES.get(one) or (0, SCALES[one][1] + 1) for one in asked}
        found = [whole]
        for _ in range(20 * leaves):  # two booleans have four leaves, and no more
            if len(found) == leaves:
                break
            leaf = found.pop(self.rng.randrange(len(found)))
            name = self.rng.choice(asked)
            part = leaf[name]
            if name in NAMES and len(part) > 1:
                at = self.rng.randint(1, len(part) - 1)
                found += [leaf | {name: part[:at]}, leaf | {name: part[at:]}]
            elif name in SCALES and part[1] - part[0] > 1:
                at = self.rng.randint(part[0] + 1, part[1] - 1)
                found += [leaf | {name: (part[0], at)}, leaf | {name: (at, part[1])}]
            else:
                found.append(leaf)
        return found

    def test(self, name: str, leaf: dict[str, Part]) -> str:
        """A condition in S-FEEL, which zen reads as well; empty for any value."""
        part = leaf.get(name)
        if part is None or part == NAMES.get(name) or part == (0, _top(name)):
            return ""
        if name in NAMES:
            return ", ".join(
                f'"{one}"' if isinstance(one, str) else str(one).lower() for one in part
            )
        return f"[{part[0]}..{part[1]})"

    def csv(self) -> bytes:
        """The table as a clerk would keep it."""
        names = [*NAMES, *SCALES]
        lines = [
            "#table,made,裁量基准,Made",
            ",".join(["id", "item", *(f"in:{one}" for one in names), "list", "article"]),
            ",".join(["#type", "", *(_kind(one) for one in names)]),
            ",".join(["#values", "", *(_domain(one) for one in names)]),
        ]
        for n, (item, listed, leaf) in enumerate(self.rows):
            tests = (self.test(name, leaf) or "-" for name in names)
            quoted = ('"' + test.replace('"', '""') + '"' for test in tests)
            lines.append(",".join([f"r{n}", item, *quoted, listed, "第一条"]))
        return "\n".join(lines).encode()

    def facts(self, count: int) -> tuple[list[str], list[dict[str, Any]]]:
        """So many items with facts for all inputs, amounts to the fen."""
        items = self.rng.choices(self.items, k=count)
        columns = {name: self.rng.choices(values, k=count) for name, values in NAMES.items()}
        for name, (kind, top) in SCALES.items():
            columns[name] = (
                [self.rng.randint(0, top) for _ in range(count)]
                if kind == "integer"
                else [round(self.rng.uniform(0, top), 2) for _ in range(count)]
            )
        rows = zip(*columns.values(), strict=True)
        return items, [dict(zip(columns, row, strict=True)) for row in rows]

    def jdm(self, item: str | None) -> dict[str, Any]:
        """A model for zen: the rows of an item, or all with the item as an input."""
        names = ["item", *NAMES, *SCALES] if item is None else self.asked[item]
        rules = [
            {"_id": f"r{n}", "row": f'"r{n}"', **({"item": f'"{of}"'} if item is None else {})}
            | {name: self.test(name, leaf) for name in names if name != "item"}
            for n, (of, _, leaf) in enumerate(self.rows)
            if item in (None, of)
        ]
        content = {
            "hitPolicy": "first",
            "inputs": [{"id": name, "name": name, "field": name} for name in names],
            "outputs": [{"id": "row", "name": "row", "field": "row"}],
            "rules": rules,
        }
        place = {"position": {"x": 0, "y": 0}}
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode", **place},
            {"id": "t", "name": "t", "type": "decisionTableNode", "content": content, **place},
            {"id": "out", "name": "out", "type": "outputNode", **place},
        ]
        edges = [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "t"},
            {"id": "2", "type": "edge", "sourceId": "t", "targetId": "out"},
        ]
        return {"nodes": nodes, "edges": edges}


def _top(name: str) -> int:
    return SCALES[name][1] + 1 if name in SCALES else 0


def _kind(name: str) -> str:
    if name in SCALES:
        return SCALES[name][0]
    return "boolean" if NAMES[name] == (False, True) else "string"


def _domain(name: str) -> str:
    if name in SCALES:
        return f"[0..{SCALES[name][1]}]"
    return "" if _kind(name) == "boolean" else '"' + ", ".join(map(str, NAMES[name])) + '"'


def rate(work: Callable[[], Any], count: int, rounds: int = 5) -> float:
    """Median of so many a second, the collector at rest."""
    rates = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        begun = time.process_time()
        work()
        rates.append(count / (time.process_time() - begun))
        gc.enable()
    return median(rates)


def run() -> Iterator[Row]:
    """(name, value, unit) of each figure."""
    made = Made(417, 2021)
    begun = time.process_time()
    (table,) = parse(made.csv(), "csv", "made.csv")
    yield f"417 rules, {len(made.items)} items: read", 1000 * (time.process_time() - begun), "ms"
    begun = time.process_time()
    faults = check(table)
    yield "417 rules: check", 1000 * (time.process_time() - begun), "ms"
    if faults:
        raise AssertionError(f"a made table is sound, but: {faults[0].say('en')}")

    compiled = Compiled(table)
    items, facts = made.facts(100_000)
    asked = list(zip(items, facts, strict=True))

    def one_by_one() -> None:
        decide = compiled.decide
        for item, one in asked:
            decide(one, item)

    one_by_one()
    alone = rate(one_by_one, len(asked))
    yield "decisions, one by one", alone, "/s"
    many_items, many = made.facts(BATCH)
    columns = {name: [one[name] for one in many] for name in (*NAMES, *SCALES)}
    decided = decide_many(compiled, columns, many_items)
    batch = rate(lambda: decide_many(compiled, columns, many_items), BATCH, 3)
    yield "decisions, batch of 1,000,000 from Python lists", batch, "/s"
    arrays = {
        name: np.array(column) if name in SCALES or _kind(name) == "boolean" else column
        for name, column in columns.items()
    }
    arrayed = rate(lambda: decide_many(compiled, arrays, many_items), BATCH, 3)
    yield "decisions, batch, numbers and booleans as arrays", arrayed, "/s"
    yield from _zen(made, items, facts, alone, batch)

    for n in range(1000):
        outcome = compiled.decide(many[n], many_items[n])
        if outcome.rows[0].row != f"r{decided.row[n]}":
            raise AssertionError(f"batch and single differ on {many[n]}")
    (large,) = parse(Made(5000, 7).csv(), "csv", "large.csv")
    begun = time.process_time()
    if check(large):
        raise AssertionError("a made table is sound")
    yield "5,000 rules: check", 1000 * (time.process_time() - begun), "ms"


def _zen(
    made: Made, items: list[str], facts: list[dict[str, Any]], alone: float, batch: float
) -> Iterator[Row]:
    """zen on the same facts, with the same rows as answers, and the ratios."""
    count = 5_000
    models = {item: made.jdm(item) for item in made.items} | {"": made.jdm(None)}
    engine = zen.ZenEngine({"loader": {"type": "static", "content": models}})
    asked = [(item, one | {"item": item}) for item, one in zip(items, facts, strict=True)][:count]
    requests = [{"key": item, "context": one} for item, one in asked]
    compiled = Compiled(parse(made.csv(), "csv", "made.csv")[0])
    batched = engine.evaluate_batch(requests)
    for (item, one), theirs in zip(asked, batched, strict=True):
        ours = compiled.decide(one, item).rows[0].row
        told = {theirs["data"]["result"]["row"], engine.evaluate("", one)["result"]["row"]}
        if told != {ours}:
            raise AssertionError(f"zen says {told}, we say {ours} to {one}")
    yield f"answers that agree with zen-engine, of {count:,}", 100.0, "%"
    whole = rate(lambda: [engine.evaluate("", one) for _, one in asked], count, 3)
    yield "zen-engine, one by one, the whole table", whole, "/s"
    single = rate(lambda: [engine.evaluate(item, one) for item, one in asked], count, 3)
    yield "zen-engine, one by one, a table an item", single, "/s"
    batches = rate(lambda: engine.evaluate_batch(requests), count, 3)
    yield "zen-engine, evaluate_batch, a table an item", batches, "/s"
    yield "one by one / zen-engine one by one, a table an item", alone / single, "x"
    yield "batch from lists / the fastest of zen-engine's ways", batch / max(single, batches), "x"


def main() -> None:
    """Print the table."""
    for name, value, unit in run():
        print(f"{name:<62} {value:>12,.2f} {unit}", flush=True)


if __name__ == "__main__":
    main()
