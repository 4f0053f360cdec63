"""Reading tables: the three forms, what is refused with its place and mend, and limits."""

import re
import textwrap
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped_law import BASES

from lianzhi.law.discretion import draft as draft_module
from lianzhi.law.discretion import plain as clerk
from lianzhi.law.discretion import reading
from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.outcome import NoRowError
from lianzhi.law.discretion.reading import parse, read
from lianzhi.law.discretion.unary import UnaryError
from lianzhi.law.discretion.unary import parse as unary
from lianzhi.law.halfwidth import half

CSV = """#table,t,裁量表,A table
#hit_policy,UNIQUE
id,item,in:harm,in:days,list,fine_from,fine_to,basis,article
#type,,string,integer
#values,,"none, minor",[0..9]
1,a.b,none,-,no_penalty,,,,《行政处罚法》第三十三条
2,a.b,minor,<= 3,lighter,100,200.50,,x
3,a.b,minor,> 3,ordinary,200.50,1000,,x
"""
TOML = """
id = "t"
title = { zh = "裁量表", en = "A table" }
[[input]]
name = "harm"
type = "string"
values = '"none", "minor"'
[[input]]
name = "days"
type = "integer"
values = "[0..9]"
[[row]]
item = "a.b"
when = { harm = "none" }
list = "no_penalty"
article = "《行政处罚法》第三十三条"
[[row]]
item = "a.b"
when = { harm = '"minor"', days = "<= 3" }
list = "lighter"
fine_from = 100
fine_to = 200.50
article = "x"
[[row]]
item = "a.b"
when = { harm = "minor", days = "> 3" }
list = "ordinary"
fine_from = "200.50"
fine_to = 1000
article = "x"
"""
DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="n">
 <itemDefinition name="tHarm"><typeRef>string</typeRef>
  <allowedValues><text>"none","minor"</text></allowedValues></itemDefinition>
 <inputData name="harm"><variable name="harm" typeRef="tHarm"/></inputData>
 <decision id="t" name="裁量表"><decisionTable hitPolicy="UNIQUE">
  <input><inputExpression typeRef="string"><text>item</text></inputExpression></input>
  <input><inputExpression><text>harm</text></inputExpression></input>
  <input label="逾期"><inputExpression typeRef="integer"><text>days</text></inputExpression>
   <inputValues><text>[0..9]</text></inputValues></input>
  <output name="list" typeRef="string"/><output name="fine_from" typeRef="number"/>
  <output name="fine_to" typeRef="number"/><annotation name="article"/>
  <rule id="1"><inputEntry><text>"a.b"</text></inputEntry><inputEntry><text>"none"</text></inputEntry>
   <inputEntry><text>-</text></inputEntry><outputEntry><text>"no_penalty"</text></outputEntry>
   <outputEntry><text/></outputEntry><outputEntry><text></text></outputEntry>
   <annotationEntry><text>《行政处罚法》第三十三条</text></annotationEntry></rule>
  <rule id="2"><inputEntry><text>"a.b"</text></inputEntry><inputEntry><text>"minor"</text></inputEntry>
   <inputEntry><text>&lt;= 3</text></inputEntry><outputEntry><text>"lighter"</text></outputEntry>
   <outputEntry><text>100</text></outputEntry><outputEntry><text>200.50</text></outputEntry>
   <annotationEntry><text>x</text></annotationEntry></rule>
  <rule id="3"><inputEntry><text>"a.b"</text></inputEntry><inputEntry><text>not("none")</text></inputEntry>
   <inputEntry><text>(3..9]</text></inputEntry><outputEntry><text>"ordinary"</text></outputEntry>
   <outputEntry><text>200.50</text></outputEntry><outputEntry><text>1000</text></outputEntry>
   <annotationEntry><text>x</text></annotationEntry></rule>
 </decisionTable></decision>
</definitions>
"""  # noqa: E501
FORMS = {"csv": CSV, "toml": TOML, "dmn": DMN}


def one(text, form):
    (table,) = parse(text.encode(), form, f"t.{form}")
    return table


def refused(text, form, **more):
    with pytest.raises(TableError) as error:
        parse(text if isinstance(text, bytes) else text.encode(), form, f"t.{form}", **more)
    return error.value.problems


@pytest.mark.parametrize("form", FORMS)
def test_the_same_table_reads_the_same_in_each_form(form):
    table = one(FORMS[form], form)
    assert (table.id, table.title.zh, table.hit_policy) == ("t", "裁量表", "UNIQUE")
    assert check(table) == []
    decide = Compiled(table).decide
    assert decide({"harm": "none"}, "a.b").rows[0].article == "《行政处罚法》第三十三条"
    for days, row, fines in ((3, "2", (100, "200.50")), (4, "3", ("200.50", 1000))):
        outcome = decide({"harm": "minor", "days": days}, "a.b")
        assert outcome.rows[0].row == row
        assert outcome.fine == tuple(map(Decimal, fines))


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_read_by_its_ending_or_by_the_form_named(form, tmp_path):
    path = tmp_path / f"t.{form}"
    path.write_text(FORMS[form], encoding="utf-8")
    assert read(path)[0].id == "t"
    other = tmp_path / "t.data"
    other.write_text(FORMS[form], encoding="utf-8")
    assert read(other, form)[0].id == "t"
    with pytest.raises(TableError, match="name the form"):
        read(other)
    with pytest.raises(TableError):
        read(tmp_path / "none.csv")


@pytest.mark.parametrize("namespace", [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/",
])  # fmt: skip
def test_other_versions_of_dmn_are_read(namespace):
    text = DMN.replace("https://www.omg.org/spec/DMN/20191111/MODEL/", namespace)
    if "dmn.xsd" in namespace:  # in 1.1 types had the prefix of FEEL
        text = text.replace('typeRef="integer"', 'typeRef="feel:integer"')
    assert check(one(text, "dmn")) == []


FOREIGN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">
 <itemDefinition name="tGrade"><typeRef>string</typeRef>
  <allowedValues><text>"low","high"</text></allowedValues></itemDefinition>
 <decision id="d1" name="Discount"><decisionTable hitPolicy="{policy}">
  <input><inputExpression><text>Order size</text></inputExpression></input>
  <input><inputExpression typeRef="date"><text>on</text></inputExpression></input>
  <output name="grade" typeRef="tGrade"><outputValues><text>"high","low"</text></outputValues>{default}</output>
  <rule><inputEntry><text>&lt; 10</text></inputEntry><inputEntry><text>-</text></inputEntry>
   <outputEntry><text>"low"</text></outputEntry></rule>
  <rule><description>big</description><inputEntry><text>&gt;= 5</text></inputEntry>
   <inputEntry><text>&gt; date("2026-01-31")</text></inputEntry><outputEntry><text>"high"</text></outputEntry></rule>
 </decisionTable></decision>
 <decision id="d2" name="Other"><decisionTable>
  <input><inputExpression><text>list</text></inputExpression></input><output name="list"/>
  <rule><inputEntry><text>"x"</text></inputEntry><outputEntry><text>1 + 1</text></outputEntry></rule>
  <rule><inputEntry><text>not("x")</text></inputEntry><outputEntry><text>false</text></outputEntry></rule>
 </decisionTable></decision>
 <decision id="d3" name="No table"><literalExpression><text>1</text></literalExpression></decision>
</definitions>"""  # noqa: E501


def foreign(policy, default=""):
    return parse(FOREIGN.format(policy=policy, default=default).encode(), "dmn", "f.dmn")


def test_a_foreign_decision_table_is_checked_and_decided_as_it_is():
    import datetime as dt

    first, second = foreign("UNIQUE")
    assert [(one.name, one.type) for one in first.inputs] == [
        ("Order size", "number"), ("on", "date"),
    ]  # fmt: skip
    faults = check(first)
    assert [fault.kind for fault in faults] == ["contradiction", "gap"]
    assert faults[0].region["Order size"].en == "[5..10["
    assert faults[1].region["on"].en == "<= 2026-01-31"
    assert check(second) == []
    assert Compiled(second).decide({"list": "x"}).outputs == {"list": "1 + 1"}
    (first, _) = foreign("PRIORITY")
    facts = {"Order size": 7, "on": dt.date(2026, 2, 1)}
    outcome = Compiled(first).decide(facts)
    assert (outcome.outputs, outcome.rows[0].note) == ({"grade": "high"}, "big")
    (first, _) = foreign("FIRST", '<defaultOutputEntry><text>"low"</text></defaultOutputEntry>')
    assert check(first) == []
    late = Compiled(first).decide({"Order size": 70, "on": dt.date(2026, 1, 1)})
    assert (late.outputs, late.rows[0].row) == ({"grade": "low"}, "default")
    with pytest.raises(NoRowError):
        Compiled(foreign("FIRST")[0]).decide({"Order size": 70, "on": dt.date(2026, 1, 1)})


def test_a_decision_is_chosen_by_id_or_name():
    data = FOREIGN.format(policy="FIRST", default="").encode()
    for key in ("d2", "Other"):
        assert [one.id for one in parse(data, "dmn", "f", key)] == ["d2"]
    (problem,) = refused(data, "dmn", decision="d3")
    assert "d1, d2" in problem.mend
    (problem,) = refused(CSV, "csv", decision="u")
    assert problem.column == "decision"


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER", "SOME"])
def test_hit_policies_that_decide_nothing_are_refused_with_reason(policy):
    (problem,) = refused(FOREIGN.format(policy=policy, default=""), "dmn", decision="d1")
    assert (problem.column, problem.value) == ("hit_policy", policy)
    assert ("discretion is one answer" in problem.mend) == (policy != "SOME")


@pytest.mark.parametrize(
    ("old", "new", "row", "column"),
    [("<= 3", "=< 3", "line 7", "days"), ("<= 3", "three", "line 7", "days"),
     ("<= 3", "[5..2]", "line 7", "days"), ("<= 3", "", "line 7", "days"),
     ("minor,<= 3", "[1..2],<= 3", "line 7", "harm"),
     ("100,200.50", "-100,200.50", "line 7", "fine_from"),
     ("100,200.50", "300,200.50", "line 7", "fine_from"),
     ("100,200.50", "100,200.505", "line 7", "fine_to"),
     ("100,200.50", "100,many", "line 7", "fine_to"),
     ("no_penalty,,", "no_penalty,,5", "line 6", "fine_to"),
     ("lighter", "light", "line 7", "list"), ("2,a.b", "2,", "line 7", "item"),
     ("2,a.b", "1,a.b", "line 7", "id"), ("1000,,x", "1000,,", "line 8", "article"),
     ("1000,,x", "1000,fire.unknown,x", "line 8", "basis"),
     ("1000,,x", "1000,,x,y", "line 8", "line"),
     ("[0..9]", "[0..", "values", "days"), ("[0..9]", "]0..0[", "values", "days"),
     ("integer", "whole", "inputs", "days"), ("#hit_policy", "#policy", "line 2", "#policy"),
     ("UNIQUE", "PRIORITY", "table", "priority"), ("#table,t", "#table,", "table", "#table"),
     ("in:days", "in:harm", "line 3", "header"), ("item", "items", "line 3", "header"),
     ("#hit_policy,UNIQUE", "#effective_from,soon", "table", "effective_from")],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_row_and_column(old, new, row, column):
    assert old in CSV
    problems = refused(CSV.replace(old, new, 1), "csv", bases=BASES)
    assert (row, column) in [(one.row, one.column) for one in problems]
    assert all(one.mend for one in problems)


def test_all_bad_rows_are_told_at_once():
    problems = refused(CSV.replace("<= 3", "x").replace("> 3", "y"), "csv")
    assert [(one.row, one.value) for one in problems] == [("line 7", "x"), ("line 8", "y")]


def test_a_basis_must_be_known_and_in_force_when_the_row_begins():
    cited = CSV.replace("1000,,x", "1000,civil.privacy,")
    (table,) = parse(cited.encode(), "csv", "t", bases=BASES)
    assert table.rows[2].article.startswith("《民法典》第一千零三十二条")
    two = cited.replace("civil.privacy", "civil.privacy; civil.quiet")
    assert "；" in parse(two.encode(), "csv", "t", bases=BASES)[0].rows[2].article
    early = cited.replace("#hit_policy,UNIQUE", "#effective_from,2020-01-01")
    (problem,) = refused(early, "csv", bases=BASES)
    assert (problem.column, "2021-01-01" in problem.mend) == ("basis", True)


def test_the_examples_of_the_docs_read():
    page = (Path(__file__).parents[2] / "docs" / "discretion.md").read_text("utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.MULTILINE)
    texts = [textwrap.dedent(block).strip() for block in blocks]
    begins = {"csv": "#table", "toml": 'id = "', "dmn": "<definitions"}
    for form, begin in begins.items():
        (text,) = [text for text in texts if text.startswith(begin)]
        table = one(text, form)
        assert table.title.zh == "消防通道裁量基准"
        assert check(table) == [] or form == "toml"  # which shows one row of many


def test_csv_as_spreadsheets_in_china_save_it_is_read():
    saved, plain = (parse(CSV.encode(coding), "csv", "t.csv") for coding in ("gb18030", "utf-8"))
    assert saved == plain
    assert saved[0].title.zh == "裁量表"


def test_toml_problems_name_their_row():
    (problem,) = refused(TOML.replace('harm = "none"', 'harms = "none"'), "toml")
    assert (problem.row, problem.column) == ("row 1", "harms")
    (problem,) = refused(TOML.replace("fine_from = 100", "fine_form = 100"), "toml")
    assert problem.row == "row 2"
    assert refused("id = ", "toml")
    assert refused("a = " + "[" * 5000 + "]" * 5000, "toml")


def test_a_clerk_may_write_chinese_punctuation_and_bare_words():
    text = CSV.replace('"none, minor"', "“none”，minor、其他").replace("<= 3", "≤3")
    table = one(text.replace("> 3", "＞3"), "csv")
    assert table.inputs[0].domain.names == ("none", "minor", "其他")
    (gap,) = check(table)
    assert gap.region["harm"].zh == '"其他"'


def test_bytes_that_are_no_table_are_refused():
    (problem,) = refused(CSV.encode("gb18030") + b"\xff\xff", "csv")
    assert (problem.row, "UTF-8" in problem.mend) == ("line 1", True)
    (problem,) = refused(TOML.encode("gb18030"), "toml")
    assert "UTF-8" in problem.mend
    assert one("\ufeff" + CSV, "csv").id == "t"  # as spreadsheets save it
    assert refused(CSV.replace("minor,<= 3", '"minor,<= 3'), "csv")
    assert refused("", "csv")
    assert refused("#table,t\n", "csv")
    assert refused("#table,t\nid,item,list,article\n", "csv")
    assert refused(b"\xff", "toml")
    assert refused("<definitions/>", "dmn")
    assert refused("no xml", "dmn")


def test_xml_brings_in_nothing_from_outside(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    for doctype in (
        f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>',
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY e "&a;&a;&a;&a;">]>',
        f'<!DOCTYPE d SYSTEM "{secret.as_uri()}">',
    ):
        text = DMN.replace("<definitions", f"{doctype}<definitions", 1).replace("裁量表", "&e;")
        problems = refused(text, "dmn")
        assert "hidden" not in str(problems)


def test_a_rule_with_too_few_cells_or_a_collection_is_refused():
    text = DMN.replace("<inputEntry><text>-</text></inputEntry>", "", 1)
    (problem,) = refused(text, "dmn")
    assert (problem.row, problem.column) == ("rule 1", "inputEntry")
    (problem,) = refused(DMN.replace('name="tHarm"', 'name="tHarm" isCollection="true"'), "dmn")
    assert "collection" in problem.mend
    (problem,) = refused(DMN.replace('"minor"</text></inputEntry>', "minor</text></inputEntry>"),
                         "dmn")  # fmt: skip
    assert (problem.row, problem.column, problem.value) == ("rule 2", "harm", "minor")


def test_limits(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    (problem,) = refused(CSV, "csv")
    assert problem.column == "size"
    monkeypatch.undo()
    long = CSV.replace(",x\n", "," + "x" * (draft_module.MAX_TEXT + 1) + "\n", 1)
    assert refused(long, "csv")[0].column == "article"
    lines = "".join(f"{n},a.b,-,-,lighter,,,,x\n" for n in range(4, draft_module.MAX_ROWS + 4))
    assert refused(CSV + lines, "csv")[0].column == "rows"
    wide = "#table,t\nid,item,list,article," + ",".join(f"in:i{n}" for n in range(65))
    row = "\n1,a.b,lighter,x" + ",-" * 65
    assert refused(wide + row, "csv")[0].column == "inputs"


@given(st.text(max_size=40), st.sampled_from(["string", "number", "integer", "boolean", "date"]))
@settings(max_examples=300)
def test_any_text_is_a_test_or_is_refused(text, kind):
    said = text.strip()
    for plain in (False, True):
        with suppress(UnaryError):
            # A clerk's dashes of any length say: any value.
            expected = "-" if plain and half(said) in clerk.ANY else said
            assert unary(text, kind, plain=plain).text == expected


@pytest.mark.parametrize("text", [
    "1,", ",1", "1 2", "not(1", "not 1", "[1..2", "[1.2]", "1..2", "< ", "<> 1", "[..2]", "- 1",
    "null", "1234567890123456", "0.1234567890123456", "1e3", "x", '"1"', "true", "not(-)",
])  # fmt: skip
def test_numbers_that_are_none(text):
    with pytest.raises(UnaryError):
        unary(text, "number")


@pytest.mark.parametrize(
    ("text", "kind"),
    [('date("2026-02-30")', "date"), ("2026-01-01", "date"), ("none", "string"), ("“a”", "string"),
     ('< "b"', "string"), ('["a".."b"]', "string"), ("yes", "boolean"), ("> true", "boolean"),
     ("a，b", "string")],
)  # fmt: skip
def test_what_s_feel_does_not_have_is_refused_in_dmn(text, kind):
    with pytest.raises(UnaryError):
        unary(text, kind)
