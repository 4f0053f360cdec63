"""The checker against a second opinion: brute force over every combination of values."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.outcome import (
    NoRowError,
    NotInForceError,
    OutsideDomainError,
    SeveralRowsError,
)
from lianzhi.law.discretion.reading import parse
from made_tables import (
    ADMITTED,
    AMOUNT,
    ANYTHING,
    COUNT,
    FREE,
    HARM,
    INPUTS,
    Input,
    Made,
    between,
    boolean,
    names,
    random_table,
    seeded,
    tree,
)

SEEDS = st.integers(0, 2**32)


def full(made, witness):
    """A witness with some value for each input that it leaves open."""
    return {one.name: one.grid[0] for one in made.inputs} | witness


def of(faults, *kinds):
    return [fault for fault in faults if fault.kind in kinds]


@given(SEEDS)
@settings(max_examples=150)
def test_unique_agrees_with_brute_force(seed):
    made = random_table(seeded(seed))
    faults = check(made.table("UNIQUE"))
    pairs, hole = set(), False
    for facts in made.cases():
        rows = made.holding(facts)
        hole = hole or not rows
        pairs |= {(a, b) for a in rows for b in rows if a < b}
    found = {
        (a, b): fault.kind
        for fault in of(faults, "overlap", "contradiction")
        for a in (int(r[1:]) - 1 for r in fault.rows)
        for b in (int(r[1:]) - 1 for r in fault.rows)
        if a < b and (fault.kind == "overlap") == (made.results[a] == made.results[b])
    }
    assert set(found) == pairs
    assert bool(of(faults, "gap")) == hole
    for fault in of(faults, "overlap", "contradiction"):
        holding = made.holding(full(made, fault.witness))
        assert {int(row[1:]) - 1 for row in fault.rows} <= set(holding)
        alike = {made.results[int(row[1:]) - 1] for row in fault.rows}
        assert (len(alike) == 1) == (fault.kind == "overlap")
    for fault in of(faults, "gap"):
        assert made.holding(full(made, fault.witness)) == []


@given(SEEDS)
@settings(max_examples=150)
def test_first_agrees_with_brute_force(seed):
    made = random_table(seeded(seed), rows=9)
    faults = check(made.table("FIRST"))
    reached, hole = set(), False
    for facts in made.cases():
        rows = made.holding(facts)
        hole = hole or not rows
        reached |= set(rows[:1])
    hidden = {int(fault.rows[0][1:]) - 1 for fault in of(faults, "unreachable")}
    assert hidden == set(range(len(made.rows))) - reached
    assert bool(of(faults, "gap")) == hole
    for fault in of(faults, "unreachable"):
        if fault.why == "masked":  # exactly the rows named do hide it
            hiding = {int(row[1:]) - 1 for row in fault.rows[1:]}
            own = int(fault.rows[0][1:]) - 1
            assert max(hiding) < own
            for facts in made.cases():
                rows = made.holding(facts)
                assert own not in rows or hiding & set(rows)


@given(SEEDS)
@settings(max_examples=80)
def test_any_faults_only_what_differs(seed):
    made = random_table(seeded(seed))
    faults = check(made.table("ANY"))
    differ = {
        (a, b)
        for facts in made.cases()
        for a in made.holding(facts)
        for b in made.holding(facts)
        if a < b and made.results[a] != made.results[b]
    }
    assert not of(faults, "overlap")
    assert bool(of(faults, "contradiction")) == bool(differ)


@given(SEEDS)
@settings(max_examples=80)
def test_gap_regions_are_exactly_what_no_row_covers(seed):
    made = random_table(seeded(seed), inputs=(HARM, COUNT, ADMITTED))
    gaps = of(check(made.table("UNIQUE")), "gap")
    if not gaps:
        return
    # read the regions as the rows of a table of their own: together they are the complement
    patches = [
        DraftOf(made, {name: words.en for name, words in gap.region.items()}) for gap in gaps
    ]
    union = Compiled(patched(made, patches))
    for facts in made.cases():
        try:
            union.decide(facts, "a.b")
        except NoRowError:
            assert made.holding(facts)
        else:
            assert not made.holding(facts)


def DraftOf(made, region):  # noqa: N802
    return {one.name: region.get(one.name, "-") for one in made.inputs}


def patched(made, patches):
    lines = ["#table,t,t,t", "#hit_policy,FIRST", "id,item,list,article"]
    heads = [f"in:{one.name}" for one in made.inputs]
    lines[2] += "," + ",".join(heads)
    for key in ("type", "values"):
        cells = [one.kind if key == "type" else one.values for one in made.inputs]
        lines.append(f"#{key},,,," + ",".join(quoted(cell) for cell in cells))
    lines += [
        f"{n},a.b,lighter,x," + ",".join(quoted(test) for test in patch.values())
        for n, patch in enumerate(patches)
    ]
    return parse("\n".join(lines).encode(), "csv", "patched")[0]


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"'


@given(SEEDS, st.integers(1, 40))
@settings(max_examples=60)
def test_a_decision_tree_has_no_fault(seed, leaves):
    made = tree(seeded(seed), leaves=leaves)
    for policy in ("UNIQUE", "ANY", "FIRST"):
        assert check(made.table(policy)) == []


@given(SEEDS, st.integers(2, 30), st.sampled_from(["gap", "overlap", "contradiction", "masked"]))
@settings(max_examples=150)
def test_whatever_is_planted_into_a_tree_is_found_and_nothing_else(seed, leaves, plant):
    rng = seeded(seed)
    made = tree(rng, leaves=leaves)
    at = rng.randrange(len(made.rows))
    if plant == "gap":
        lost = made.rows.pop(at)
        made.results.pop(at)
        if not made.rows:
            return
        faults = check(made.table("UNIQUE"))
        assert {fault.kind for fault in faults} == {"gap"}
        for fault in faults:
            facts = full(made, fault.witness)
            assert all(
                test.holds(facts[one.name]) for test, one in zip(lost, made.inputs, strict=True)
            )
        return
    made.rows.append(list(made.rows[at]))
    made.results.append(made.results[at] if plant == "overlap" else "mitigated")
    (fault,) = check(made.table("FIRST" if plant == "masked" else "UNIQUE"))
    own, copy = f"r{at + 1}", f"r{len(made.rows)}"
    assert set(fault.rows) == {own, copy}
    assert fault.kind == ("unreachable" if plant == "masked" else plant)


@given(SEEDS)
@settings(max_examples=40)
def test_a_row_hidden_by_several_is_found_with_them(seed):
    rng = seeded(seed)
    made = tree(rng, leaves=8)
    made.rows.append([ANYTHING] * len(made.inputs))
    made.results.append("ordinary")
    (fault,) = check(made.table("FIRST"))
    assert (fault.kind, fault.why) == ("unreachable", "masked")
    assert set(fault.rows) == {f"r{n}" for n in range(1, len(made.rows) + 1)}  # each is needed


def test_rows_that_do_not_help_to_hide_are_not_named():
    rows = [[between(None, True, 2, True)], [between(5, True, None, True)],
            [between(3, True, None, True)], [ANYTHING]]  # fmt: skip
    (fault,) = check(Made((COUNT,), rows, ["lighter"] * 4).table("FIRST"))
    assert fault.rows == ("r4", "r1", "r3")


def test_whole_numbers_have_no_hole_between_neighbours_and_reals_do():
    rows = [[between(None, True, 4, True)], [between(5, True, None, True)]]
    whole = Made((COUNT,), rows, ["lighter", "ordinary"])
    assert check(whole.table()) == []
    real = Made((Input("x", "number", "", ()),), rows, ["lighter", "ordinary"])
    (gap,) = check(real.table())
    assert gap.region["x"].en == "]4..5["
    assert 4 < gap.witness["x"] < 5


def test_ends_that_are_open_on_both_sides_leave_a_point():
    rows = [[between(None, True, 2.5, False)], [between(2.5, False, None, True)]]
    (gap,) = check(Made((AMOUNT,), rows, ["lighter", "lighter"]).table())
    assert gap.witness["amount"] == 2.5
    assert gap.region["amount"].en == "2.5"


def test_unnamed_strings_are_a_case_of_their_own():
    made = Made((FREE,), [[names(["inn"])], [names(["bar"])]], ["lighter", "lighter"])
    (gap,) = check(made.table())
    assert gap.witness["trade"] not in ("inn", "bar")
    assert gap.region["trade"].zh == "其他"


def test_a_hole_in_time_is_a_gap_and_so_is_the_end_of_a_row():
    head = "#table,t,t,t\n#effective_from,2026-01-01\n#effective_until,2026-12-31\n"
    head += "id,item,list,article,effective_from,effective_until\n"
    text = head + "1,a.b,lighter,x,,2026-03-31\n2,a.b,ordinary,x,2026-05-01,\n"
    (gap,) = check(parse(text.encode(), "csv", "t")[0])
    assert gap.region["@day"].en == "[2026-04-01..2026-04-30]"
    assert gap.day == dt.date(2026, 4, 1)
    text = head + "1,a.b,lighter,x,,2026-04-30\n2,a.b,ordinary,x,2026-04-30,\n"
    (twice,) = check(parse(text.encode(), "csv", "t")[0])
    assert (twice.kind, twice.day) == ("contradiction", dt.date(2026, 4, 30))
    with pytest.raises(SeveralRowsError):
        Compiled(parse(text.encode(), "csv", "t")[0]).decide({}, "a.b", twice.day)


def test_rows_that_nothing_can_reach_say_why():
    head = "#table,t,t,t\n#effective_from,2026-01-01\nid,item,in:n,list,article,effective_from,"
    head += "effective_until\n#type,,integer\n#values,,[0..9]\n0,a.b,-,lighter,x,,\n"
    for row, why, kind in (
        ("1,a.b,> 9,ordinary,x,,", "outside", OutsideDomainError),
        ("1,a.b,]3..4[,ordinary,x,,", "empty", None),
        ("1,a.b,3,ordinary,x,2025-01-01,2025-12-31", "never", NotInForceError),
        ("1,a.b,3,ordinary,x,2026-05-01,2026-04-01", "never", None),
    ):
        table = parse((head + row).encode(), "csv", "t")[0]
        (fault,) = check(table)
        assert (fault.kind, fault.why, fault.rows) == ("unreachable", why, ("1",))
        if kind is None:
            assert fault.witness is None
        else:
            with pytest.raises(kind):
                Compiled(table).decide(fault.witness, "a.b", fault.day)


def test_a_misspelt_value_is_told_though_its_row_is_reached():
    head = '#table,t,t,t\nid,item,in:s,list,article\n#type,,string\n#values,,"a, b"\n'
    table = parse((head + '1,a.b,"a, bb",lighter,x\n2,a.b,b,lighter,x').encode(), "csv", "t")[0]
    (fault,) = check(table)
    assert (fault.why, fault.rows, fault.witness) == ("part", ("1",), {"s": "bb"})
    table = parse((head + '1,a.b,"not(bb)",lighter,x').encode(), "csv", "t")[0]
    assert check(table) == []


def test_items_are_apart():
    made = Made((ADMITTED,), [[boolean(True)], [boolean(False)]], ["lighter", "lighter"])
    made.items = ["a.one", "a.two"]
    assert sorted((f.item, f.kind, f.witness["admitted"]) for f in check(made.table())) == [
        ("a.one", "gap", False),
        ("a.two", "gap", True),
    ]


def test_a_gap_of_many_cells_is_told_once():
    made = Made((HARM, COUNT, AMOUNT), [[names(["none"]), ANYTHING, ANYTHING]], ["lighter"])
    made.rows += [[names(["minor"]), between(n, True, n, True), ANYTHING] for n in range(7)]
    made.results += ["lighter"] * 7
    (gap,) = check(made.table())
    assert {name: words.en for name, words in gap.region.items()} == {"harm": '"grave"'}


def test_a_default_closes_every_hole():
    made = random_table(seeded(1))
    assert not of(check(made.table("FIRST", default={"list": "ordinary"})), "gap")


def test_disjoint_tables_with_many_inputs_are_checked_without_a_walk():
    """Sixty-four inputs, a chain of rows: 2**64 combinations, no fault; and one hole is found."""
    inputs = tuple(Input(f"b{n}", "boolean", "", (False, True)) for n in range(64))
    made = Made(inputs)
    for n in range(65):
        tests = [boolean(False)] * n + ([boolean(True)] if n < 64 else [])
        made.rows.append(tests + [ANYTHING] * (64 - len(tests)))
        made.results.append("lighter")
    assert check(made.table()) == []
    del made.rows[40], made.results[40]
    (gap,) = check(made.table())
    assert made.holding(full(made, gap.witness)) == []


def test_what_is_too_entangled_is_said_not_passed_over():
    """Coverage is co-NP-complete: with overlapping rows the budget may end, and that is told."""
    rng = seeded(5)
    inputs = tuple(Input(f"b{n}", "boolean", "", (False, True)) for n in range(40))
    made = Made(inputs)
    for _ in range(170):
        tests = [ANYTHING] * 40
        for k in rng.sample(range(40), 3):
            tests[k] = boolean(rng.random() < 0.5)
        made.rows.append(tests)
        made.results.append("lighter")
    kinds = {fault.kind for fault in check(made.table("FIRST"), steps=200)}
    assert "unfinished" in kinds


def test_many_faults_of_a_kind_end_with_a_word():
    made = Made((INPUTS[2],), [[between(n % 7, True, n % 7, True)] for n in range(140)])
    made.results = ["lighter", "ordinary"] * 70
    faults = check(made.table())
    assert len(faults) < 60
    rows = [[ANYTHING, boolean(True)] for _ in range(30)]
    assert len(check(Made((COUNT, ADMITTED), rows, ["lighter"] * 30).table())) == 2
    assert all(fault.say("zh") and fault.say("en") for fault in faults)
