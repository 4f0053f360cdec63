"""Deciding: one by one and many at once, what is cited, and every refusal."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.law.discretion.batch import DEFAULT, REFUSED, decide_many
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.outcome import (
    MissingFactError,
    NoRowError,
    NotInForceError,
    OutsideDomainError,
    RefusedError,
    SeveralRowsError,
    UnknownItemError,
)
from lianzhi.law.discretion.reading import parse
from made_tables import INPUTS, random_table, seeded

DAY = dt.date(2026, 3, 1)
EXITS = """#table,fire.exits,消防通道裁量基准,Discretion on fire exits
#version,2026-1
id,item,in:harm,in:days,in:again,list,fine_from,fine_to,remind,basis,article,note
#type,,string,integer,boolean
#values,,"none, minor, grave",[0..365]
1,fire.exit,none,<= 3,-,no_penalty,,,yes,,《行政处罚法》第三十三条,
2,fire.exit,none,> 3,-,lighter,5000,10000,no,,《消防法》第六十条,
3,fire.exit,minor,-,false,ordinary,10000,30000.50,no,,《消防法》第六十条,第一次
4,fire.exit,minor,-,true,heavier,30000.50,50000,no,,《消防法》第六十条,
5,fire.exit,grave,-,-,heavier,30000.50,50000,no,,《消防法》第六十条,
6,fire.sign,-,-,-,lighter,0,500,no,,《消防法》第六十条,
"""


def table(text=EXITS):
    return Compiled(parse(text.encode(), "csv", "exits.csv")[0])


def headed(rows, policy="UNIQUE", inputs="in:n", types="number", more=""):
    head = f"#table,t,t,t\n#hit_policy,{policy}\n{more}id,item,{inputs},list,article\n"
    return table(f"{head}#type,,{types}\n{rows}")


def test_an_outcome_cites_table_version_row_and_article():
    outcome = table().decide({"harm": "minor", "again": False}, "fire.exit")
    assert (outcome.list, outcome.fine) == ("ordinary", (Decimal(10000), Decimal("30000.50")))
    assert outcome.outputs == {"remind": "no"}
    assert outcome.citation == "fire.exits@2026-1 3 《消防法》第六十条"
    assert outcome.rows[0].note == "第一次"
    assert (outcome.table, outcome.version, outcome.item) == ("fire.exits", "2026-1", "fire.exit")


def test_the_version_follows_the_content_where_none_is_stated():
    unnamed = EXITS.replace("#version,2026-1\n", "")
    one, same = table(unnamed).table.version, table(unnamed).table.version
    assert one == same
    assert table(unnamed.replace("<= 3", "<= 4").replace("> 3", "> 4")).table.version != one


def test_a_fact_is_needed_only_where_it_matters():
    exits = table()
    assert exits.decide({"harm": "grave"}, "fire.exit").list == "heavier"
    assert exits.decide({}, "fire.sign").list == "lighter"
    asked = [({"harm": "none"}, "days"), ({"harm": "minor"}, "again"), ({"harm": None}, "harm"),
             ({"days": 2, "again": True}, "harm")]  # fmt: skip
    for facts, name in asked:
        with pytest.raises(MissingFactError, match=f"{name} is not given") as refused:
            exits.decide(facts, "fire.exit")
        assert refused.value.input == name


def test_under_first_a_row_that_applies_for_sure_ends_the_asking():
    first = headed("1,a.b,-,true,lighter,x\n2,a.b,> 3,-,ordinary,x", "FIRST",
                   "in:n,in:m", "number,boolean")  # fmt: skip
    assert first.decide({"m": True}, "a.b").list == "lighter"
    with pytest.raises(MissingFactError):
        first.decide({"m": False}, "a.b")
    with pytest.raises(MissingFactError):
        headed("1,a.b,-,true,lighter,x\n2,a.b,> 3,-,ordinary,x", "UNIQUE",
               "in:n,in:m", "number,boolean").decide({"m": True}, "a.b")  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("days", 366), ("days", -1), ("days", 2.5), ("days", "3"), ("days", True), ("days", [3]),
     ("days", float("nan")), ("days", float("inf")), ("days", Decimal("NaN")), ("days", 10**400),
     ("harm", "worse"), ("harm", 1), ("harm", "None")],
)  # fmt: skip
def test_values_outside_their_domain_are_refused_by_name(name, value):
    facts = {"harm": "none", "days": 3} | {name: value}
    exits = table()
    exits.decide({"harm": "none", "days": 1}, "fire.exit")
    with pytest.raises(OutsideDomainError, match=name) as refused:
        exits.decide(facts, "fire.exit")
    assert refused.value.input == name


def test_a_boolean_is_not_a_number_even_if_its_equal_was_seen():
    exits = table()
    assert exits.decide({"harm": "minor", "days": 0, "again": True}, "fire.exit").list == "heavier"
    with pytest.raises(OutsideDomainError):
        exits.decide({"harm": "minor", "days": 0, "again": 1}, "fire.exit")
    with pytest.raises(OutsideDomainError):
        exits.decide({"harm": "minor", "days": False, "again": True}, "fire.exit")


def test_other_refusals_are_of_their_kind():
    exits = table()
    with pytest.raises(UnknownItemError, match=r"fire\.exit"):
        exits.decide({}, "fire.door")
    with pytest.raises(UnknownItemError):
        exits.decide({})
    holed = headed("1,a.b,> 3,lighter,x\n2,a.b,> 5,lighter,x")
    with pytest.raises(NoRowError, match="n = 3"):
        holed.decide({"n": 3}, "a.b")
    with pytest.raises(SeveralRowsError) as refused:
        holed.decide({"n": 6}, "a.b")
    assert refused.value.rows == ("1", "2")
    assert refused.value.facts == {"n": 6}


def test_any_takes_several_rows_that_say_the_same_and_no_others():
    rows = "1,a.b,> 3,lighter,x\n2,a.b,> 5,lighter,y\n3,a.b,> 9,ordinary,z"
    same = headed(rows, "ANY")
    assert [one.row for one in same.decide({"n": 6}, "a.b").rows] == ["1", "2"]
    with pytest.raises(SeveralRowsError):
        same.decide({"n": 10}, "a.b")
    assert decide_many(same, {"n": [6, 10, 4, 1]}, ["a.b"] * 4).row.tolist() == [0, -2, 0, -2]


def test_priority_prefers_the_weightier_result_whatever_the_order():
    rows = "1,a.b,> 3,lighter,x\n2,a.b,> 5,heavier,x\n3,a.b,> 5,heavier,y\n4,a.b,-,ordinary,x"
    weighty = headed(rows, "PRIORITY", more="#priority,list=heavier;ordinary;lighter\n")
    assert weighty.decide({"n": 6}, "a.b").rows[0].row == "2"
    assert weighty.decide({"n": 4}, "a.b").rows[0].row == "4"
    assert decide_many(weighty, {"n": [6, 4]}, ["a.b"] * 2).row.tolist() == [1, 3]


def test_days_choose_the_rows_in_effect():
    head = "#table,t,t,t\n#effective_from,2026-01-01\n#effective_until,2026-12-31\n"
    head += "id,item,list,article,effective_from,effective_until\n"
    dated = table(head + "1,a.b,lighter,x,,2026-03-31\n2,a.b,ordinary,x,2026-04-01,\n")
    for day, row in ((dt.date(2026, 1, 1), "1"), (dt.date(2026, 3, 31), "1"),
                     (dt.date(2026, 4, 1), "2"), (dt.date(2026, 12, 31), "2")):  # fmt: skip
        assert dated.decide({}, "a.b", day).rows[0].row == row
        assert decide_many(dated, {}, ["a.b"], day).row.tolist() == [int(row) - 1]
    for day in (dt.date(2025, 12, 31), dt.date(2027, 1, 1)):
        with pytest.raises(NotInForceError):
            dated.decide({}, "a.b", day)
        assert decide_many(dated, {}, ["a.b"], day).row.tolist() == [REFUSED]
    with pytest.raises(MissingFactError) as refused:
        dated.decide({}, "a.b")
    assert refused.value.input == "day"


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [("<= 0.3", 0.3, True), ("<= 0.3", 0.1 + 0.2, False), (">= 0.3", Decimal("0.3"), True),
     ("> 0.3", Decimal("0.30000000000000000001"), True), ("[1..5)", 5, False),
     ("]1..5]", 1, False), ("(1..5)", 1.5, True), ("1, [3..4], > 9", 3.5, True),
     ("not(1, 2)", 2.0, False), ("not([1..2])", 2.5, True), ("-0.5", -0.5, True),
     (">= -1", -1, True), (".5", 0.5, True)],
)  # fmt: skip
def test_numbers_are_exact_alone_and_in_columns(text, value, holds):
    one = headed(f'1,a.b,"{text}",lighter,x')
    try:
        one.decide({"n": value}, "a.b")
        held = True
    except NoRowError:
        held = False
    assert held == holds
    many = decide_many(one, {"n": [value]}, ["a.b"]).row.tolist()
    assert many == [0 if holds else REFUSED]


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=80)
def test_columns_answer_as_single_facts_do_also_for_what_is_missing_or_wrong(seed, other):
    rng = seeded(seed)
    tables = [random_table(rng, rows=90 if seed % 5 == 0 else 8) for _ in range(2)]
    made = tables[0]
    policy = rng.choice(["UNIQUE", "ANY", "FIRST"])
    default = {"list": "ordinary"} if rng.random() < 0.3 else None
    decider = Compiled(made.table(policy, default=default))
    rng = seeded(other)
    # nonsense in a column takes all of it out of the fast path, so most columns have none
    columns = {}
    for one in INPUTS:
        nonsense = rng.random() < 0.15
        columns[one.name] = [wild(rng, one, nonsense) for _ in range(30)]
    items = [rng.choice(["a.b", "a.b", "a.b", "no.such"]) for _ in range(30)]
    many = decide_many(decider, columns, items)
    for n, item in enumerate(items):
        facts = {name: column[n] for name, column in columns.items()}
        try:
            outcome = decider.decide(facts, item)
        except RefusedError as error:
            assert many.row[n] == REFUSED
            with pytest.raises(type(error)):
                many.outcome(n)
        else:
            row = outcome.rows[0].row
            assert many.row[n] == (DEFAULT if row == "default" else int(row[1:]) - 1)
            assert many.outcome(n) == outcome
            if policy == "FIRST" and None not in facts.values():
                assert made.holding(facts)[:1] == ([] if row == "default" else [many.row[n]])


def wild(rng, one, nonsense):
    """Mostly a value of the grid; now and then nothing, or another number, or nonsense."""
    luck = rng.random()
    if luck < 0.06:
        return None
    if luck < 0.1 and nonsense:
        return rng.choice([True, "odd", 3, 99, -1, 1.5])
    if luck < 0.1 and one.kind in ("number", "integer"):
        return rng.choice([3, 99, -1, 1.5, float("inf")])
    return rng.choice(one.grid)


def test_numpy_columns_of_every_type():
    head = "#table,t,t,t\nid,item,in:s,in:b,in:d,in:n,list,article\n"
    head += "#type,,string,boolean,date,number\n"
    made = table(head + "1,a.b,x,true,>= 2026-03-01,> 1,lighter,l\n2,a.b,-,false,-,-,ordinary,l\n")
    columns = {
        "s": np.array(["x", "x", "y", "x"]),
        "b": np.array([True, True, False, True]),
        "d": np.array(["2026-03-01", "2026-02-28", "NaT", "NaT"], "datetime64[D]"),
        "n": np.array([2.0, 2.0, np.nan, 2.0]),
    }
    assert decide_many(made, columns, ["a.b"] * 4).row.tolist() == [0, REFUSED, 1, REFUSED]
    assert decide_many(made, {}, []).row.tolist() == []
    with pytest.raises(ValueError, match="as many in each"):
        decide_many(made, {"n": [1], "s": ["x", "y"]}, ["a.b"])


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST", "ANY"])
def test_columns_over_more_rows_than_a_machine_word_has_bits(policy):
    """Row n holds from n to n + 1; every tenth value meets two rows, and 300 none."""
    ends = "])))))))))" * 30
    rows = "".join(f"{n},a.b,[{n}..{n + 1}{end},lighter,x\n" for n, end in enumerate(ends))
    long = headed(rows, policy)
    values = [n / 2 for n in range(602)]
    answers = []
    for value in values:
        try:
            answers.append(int(long.decide({"n": value}, "a.b").rows[0].row))
        except RefusedError:
            answers.append(REFUSED)
    assert decide_many(long, {"n": values}, ["a.b"] * 602).row.tolist() == answers
    twice = {n for n in range(300) if n % 10 == 1}
    for n in range(300):
        assert answers[2 * n + 1] == n
        expected = n - 1 if n in twice else n
        assert answers[2 * n] == (REFUSED if n in twice and policy == "UNIQUE" else expected)
    assert answers[600:] == [REFUSED, REFUSED]


def test_half_a_day_is_no_whole_number_alone_or_in_columns():
    whole = headed("1,a.b,>= 1,lighter,x", types="integer")
    with pytest.raises(OutsideDomainError):
        whole.decide({"n": 2.5}, "a.b")
    columns = {"n": [2.5, 2.0, 2, float("inf")]}
    assert decide_many(whole, columns, ["a.b"] * 4).row.tolist() == [REFUSED, 0, 0, REFUSED]
