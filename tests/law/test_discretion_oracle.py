"""zen-engine, a rules engine of others, decides the same tables on the same facts."""

import json

import pytest
import zen

from lianzhi.law.discretion.batch import REFUSED, decide_many
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.outcome import NoRowError, SeveralRowsError
from made_tables import INPUTS, random_table, seeded, tree


def jdm(made, policy):
    """The table in the JSON model of zen; its output is the row's id."""
    rules = [
        {
            "_id": f"r{n}",
            "row": f'"r{n}"',
            **{one.name: test.zen for one, test in zip(made.inputs, tests, strict=True)},
        }
        for n, tests in enumerate(made.rows, 1)
    ]
    inputs = [{"id": one.name, "name": one.name, "field": one.name} for one in made.inputs]
    content = {
        "hitPolicy": policy,
        "inputs": inputs,
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
    return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))


def cases(rng, made, count=40):
    for _ in range(count):
        yield {one.name: rng.choice(one.grid) for one in made.inputs}


def ours(compiled, facts):
    try:
        return [row.row for row in compiled.decide(facts, "a.b").rows]
    except NoRowError:
        return []
    except SeveralRowsError as error:
        return list(error.rows)


@pytest.mark.parametrize("seed", range(60))
def test_first_and_unique_decide_as_zen_does(seed):
    rng = seeded(seed)
    made = random_table(rng, rows=8) if seed % 3 else tree(rng, leaves=20)
    first, collected = jdm(made, "first"), jdm(made, "collect")
    facts = list(cases(rng, made))
    by_first, by_unique = Compiled(made.table("FIRST")), Compiled(made.table("UNIQUE"))
    for one in facts:
        hit = first.evaluate(one)["result"]
        assert ours(by_first, one) == ([hit["row"]] if hit else [])
        assert ours(by_unique, one) == [each["row"] for each in collected.evaluate(one)["result"]]
    columns = {one.name: [each[one.name] for each in facts] for one in made.inputs}
    many = decide_many(by_first, columns, ["a.b"] * len(facts))
    expected = [first.evaluate(one)["result"] for one in facts]
    told = [f"r{row + 1}" if row != REFUSED else None for row in many.row]
    assert told == [hit["row"] if hit else None for hit in expected]


def test_the_oracle_sees_every_kind_of_input():
    seen = {one.name for seed in range(60) for one in random_table(seeded(seed), rows=8).inputs}
    assert seen == {one.name for one in INPUTS}
