"""DMN as Camunda Modeler exports it: what is read, and what is refused by cell and construct."""

import datetime as dt
from xml.sax.saxutils import escape

import pytest

from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.outcome import NoRowError
from lianzhi.law.discretion.reading import parse

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
 xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
 xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0"
 xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" name="DRD"
 namespace="http://camunda.org/schema/1.0/dmn" exporter="Camunda Modeler" exporterVersion="5.20.0"
 modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.4.0">
 <decision id="Decision_1" name="裁量"><decisionTable id="T" hitPolicy="{policy}">
  <input id="I1" label="日期" biodi:width="192"><inputExpression id="E1" typeRef="{kind}">
   <text>day</text></inputExpression></input>
  <input id="I2" label="后果"><inputExpression id="E2" typeRef="string"><text>harm</text>
   </inputExpression><inputValues><text>"无","轻微","严重"</text></inputValues></input>
  <output id="O1" label="结果" name="outcome" typeRef="string"/>
"""
RULE = """<rule id="R{n}"><inputEntry id="A{n}"{more}><text>{day}</text></inputEntry>
 <inputEntry id="B{n}"><text>{harm}</text></inputEntry>
 <outputEntry id="C{n}"><text>{out}</text></outputEntry></rule>"""
TAIL = """</decisionTable></decision><dmndi:DMNDI><dmndi:DMNDiagram>
<dmndi:DMNShape dmnElementRef="Decision_1"/></dmndi:DMNDiagram></dmndi:DMNDI></definitions>"""


def table(*rules, kind="date", policy="UNIQUE", more=""):
    told = [
        RULE.format(n=n, day=escape(day), harm=escape(harm), out=f'"{n}"', more=more)
        for n, (day, harm) in enumerate(rules, 1)
    ]
    text = HEAD.format(kind=kind, policy=policy) + "".join(told) + TAIL
    return parse(text.encode(), "dmn", "camunda.dmn")[0]


def rule(table, day, harm="无"):
    return Compiled(table).decide({"day": dt.date.fromisoformat(day), "harm": harm}).rows[0].row


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("date", 'date("{}")'),
        ("date", '@"{}"'),
        ("date", 'date and time("{}T00:00:00")'),
        ("dateTime", 'date and time("{}T00:00:00+08:00")'),
        ("", 'date("{}")'),
    ],
)
def test_days_intervals_and_comparisons_are_read(kind, written):
    first, last = written.format("2026-01-01"), written.format("2026-06-30")
    found = table((f"< {first}", "-"), (f"[{first}..{last}]", "-"), (f"> {last}", ""), kind=kind)
    assert check(found) == []
    days = ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")
    assert [rule(found, day) for day in days] == ["R1", "R2", "R2", "R3"]


def test_a_stretch_that_closes_at_the_last_minute_of_a_day_holds_the_day():
    last = 'date and time("2026-06-30T23:59:59")'
    found = table((f"<= {last}", "-"), (f"> {last}", "-"))
    assert check(found) == []
    assert [rule(found, day) for day in ("2026-06-30", "2026-07-01")] == ["R1", "R2"]
    stretch = table((f"[date(2026, 6, 1)..{last}]", "-"))
    assert rule(stretch, "2026-06-30") == "R1"
    with pytest.raises(NoRowError):
        rule(stretch, "2026-05-31")


def test_lists_negation_and_any_are_read():
    found = table(("-", 'not("无","轻微")'), ("", '["无", "轻微"]'))
    assert check(found) == []
    assert [rule(found, "2026-01-01", harm) for harm in ("无", "轻微", "严重")] == [
        "R2",
        "R2",
        "R1",
    ]


@pytest.mark.parametrize(
    ("day", "harm", "column", "construct"),
    [
        ("> today()", "-", "day", "today(…)"),
        ("? > date(\"2026-01-01\")", "-", "day", "?"),
        ('> date("2026-01-01") and < date("2026-02-01")', "-", "day", "and"),
        ('date("2026-01-01") + duration("P1D")', "-", "day", "duration(…)"),
        ('>= date and time("2026-01-01T08:30:00")', "-", "day", "is a time of day"),
        ('>= date and time("2026-01-01T23:59:59")', "-", "day", "is a time of day"),
        ('>= date and time("2026-01-01T00:00:00Z")', "-", "day", "zone Z"),
        ('date("2026-02-30")', "-", "day", "2026-02-30"),
        ("date(2026, 2, 30)", "-", "day", "date(2026, 2, 30)"),
        ("-", 'list contains(["无"], ?)', "harm", "list contains(…)"),
        ("-", "null", "harm", "null"),
        ("-", 'if true then "无" else "轻微"', "harm", "if"),
        ("-", '"无" or "轻微"', "harm", "or"),
        ("-", '!= "无"', "harm", "!="),
    ],
)  # fmt: skip
def test_what_is_beyond_unary_tests_is_refused_naming_cell_and_construct(
    day, harm, column, construct
):
    with pytest.raises(TableError) as error:
        table(("-", "-"), (day, harm))
    (problem,) = error.value.problems
    assert (problem.row, problem.column) == ("rule 2", column)
    assert problem.value == (day if column == "day" else harm)
    assert construct in problem.mend


def test_cells_in_another_language_are_refused():
    with pytest.raises(TableError, match=r"rule 1: day is 'juel'.*FEEL"):
        table(("${day > x}", "-"), more=' expressionLanguage="juel"')
    assert table(("-", "-"), more=' expressionLanguage="feel"').rows


def test_days_of_effect_of_a_rule_may_be_written_in_feel():
    text = HEAD.format(kind="date", policy="UNIQUE").replace(
        '<output id="O1"', '<output name="effective_from" typeRef="date"/><output id="O1"'
    )
    text += RULE.format(n=1, day="-", harm="-", out='"x"', more="").replace(
        "<outputEntry", '<outputEntry><text>date("2026-03-01")</text></outputEntry><outputEntry', 1
    )
    (found,) = parse((text + TAIL).encode(), "dmn", "t.dmn")
    assert found.rows[0].effective_from == dt.date(2026, 3, 1)
