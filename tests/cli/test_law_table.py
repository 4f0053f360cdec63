"""`lianzhi law check` and `lianzhi law decide`, as a person and as a program calls them."""

import json

import pytest
from click.testing import CliRunner

from lianzhi.cli.law_decide import decide_table
from lianzhi.cli.law_table import check_table

SOUND = """#table,fire,消防裁量,Fire
id,item,in:harm,in:days,list,fine_from,fine_to,article
#type,,string,integer
#values,,"none, minor",[0..9]
#zh,,危害后果,逾期天数
1,fire.exit,none,-,no_penalty,,,《行政处罚法》第三十三条
2,fire.exit,minor,<= 3,lighter,100,2000,x
3,fire.exit,minor,> 3,ordinary,2000,5000,x
"""
FAULTY = SOUND.replace("<= 3", "< 3").replace("2,fire.exit,minor", "2,fire.exit,-")


@pytest.fixture
def write(tmp_path):
    def write(text, name="t.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture(autouse=True)
def english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "C")


def run(command, *given):
    result = CliRunner().invoke(command, given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_sound_table_is_told_so(write):
    result = run(check_table, write(SOUND))
    assert (result.exit_code, "sound" in result.stdout) == (0, True)
    (told,) = map(json.loads, run(check_table, write(SOUND), "--json").stdout.splitlines())
    assert (told["sound"], told["rows"], told["faults"]) == (True, 3, [])


def test_faults_are_told_with_rows_and_a_case(write):
    result = run(check_table, write(FAULTY))
    assert result.exit_code == 1
    for said in ("contradiction", "gap", "2 (line 7)", "no penalty", "lighter, 100-2,000"):
        assert said in result.stdout
    told = json.loads(run(check_table, write(FAULTY), "--json").stdout)
    assert [(one["kind"], one["witness"]) for one in told["faults"]] == [
        ("contradiction", {"harm": "none", "days": 0}),
        ("gap", {"harm": "minor", "days": 3}),
    ]
    assert not told["sound"]
    assert told["faults"][1]["said"]["zh"].startswith("缺口")


def test_it_speaks_chinese_where_the_terminal_does(write, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    result = run(check_table, write(FAULTY))
    for said in ("矛盾", "缺口", "危害后果", "没有一行适用"):
        assert said in result.stdout


def test_a_table_that_cannot_be_read_is_told_row_by_row(write):
    path = write(SOUND.replace("> 3", "x").replace("100,2000", "3000,2000"))
    result = run(check_table, path)
    assert result.exit_code == 1
    assert "line 8" in result.stdout
    assert "fine_from" in result.stdout
    told = json.loads(run(check_table, path, "--json").stdout)
    assert [one["column"] for one in told["problems"]] == ["fine_from", "days"]


def test_control_characters_of_a_file_do_not_reach_the_terminal(write):
    result = run(
        check_table, write(FAULTY.replace("Fire", "Fi\x1b[31mre").replace("x\n", "[red]\n"))
    )
    assert "\x1b[31m" not in result.stdout


def test_a_fact_is_decided_with_row_and_article(write):
    path = write(SOUND)
    asked = ("--item", "fire.exit", "--fact", "harm=minor", "--fact", "days=2")
    result = run(decide_table, path, *asked)
    assert result.exit_code == 0
    assert "100-2,000" in result.stdout
    told = json.loads(run(decide_table, path, *asked, "--json").stdout)
    assert (told["list"], told["fine_from"], told["rows"][0]["row"]) == ("lighter", "100", "2")
    assert told["citation"].endswith(" 2 x")


@pytest.mark.parametrize(
    ("given", "kind"),
    [(("--fact", "harm=minor"), "missing_fact"), (("--fact", "harm=bad"), "outside_domain")],
)
def test_a_refusal_is_an_answer_with_its_reason(write, given, kind):
    result = run(decide_table, write(SOUND), "--item", "fire.exit", *given, "--json")
    assert (result.exit_code, json.loads(result.stdout)["refused"]) == (1, kind)
    result = run(decide_table, write(SOUND), "--item", "fire.exit", *given)
    assert (result.exit_code, "refused" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    "given", [("--fact", "harm"), ("--fact", "harms=none"), ("--fact", "days=many"),
              ("--fact", "days=1", "--fact", "days=2"), ("--day", "soon"), ("--format", "xls")],
)  # fmt: skip
def test_wrong_calls_end_with_two(write, given):
    assert run(decide_table, write(SOUND), "--item", "fire.exit", *given).exit_code == 2


def test_lines_of_facts_are_answered_one_by_one_and_bad_ones_told(write):
    lines = [
        '{"item": "fire.exit", "facts": {"harm": "none"}}',
        '{"facts": {"harm": "minor", "days": 9}}',
        "no json",
        '{"facts": {"harm": "minor", "days": "4"}}',
        '{"facts": {"speed": 4}}',
        '{"item": "fire.door", "facts": {}}',
        "",
        '{"facts": {"harm": "' + "x" * 2**20 + '"}}',
        '{"facts": {"harm": "minor", "days": 0}}',
    ]
    facts = write("\n".join(lines), "facts.ndjson")
    asked = (write(SOUND), "--item", "fire.exit", "--facts", facts)
    result = run(decide_table, *asked, "--json")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [one.get("list") or one["refused"] for one in told] == [
        "no_penalty", "ordinary", "bad_line", "ordinary", "bad_line", "unknown_item", "bad_line",
        "lighter",
    ]  # fmt: skip
    assert told[5]["item"] == "fire.door"
    assert "line 3" in told[2]["why"]
    assert [one["line"] for one in told] == [1, 2, 3, 4, 5, 6, 8, 9]
    shown = run(decide_table, *asked)
    assert "refused 4" in shown.stdout


def test_a_file_of_several_decisions_needs_a_choice(write):
    decision = """<decision id="{0}"><decisionTable>
     <input><inputExpression typeRef="boolean"><text>ok</text></inputExpression></input><output/>
     <rule><inputEntry><text>true</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
     </decisionTable></decision>"""
    text = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">{}</definitions>'
    path = write(text.format(decision.format("a") + decision.format("b")), "t.dmn")
    assert run(decide_table, path, "--fact", "ok=true").exit_code == 2
    chosen = run(decide_table, path, "--decision", "b", "--fact", "ok=true", "--json")
    assert json.loads(chosen.stdout)["table"] == "b"
    told = run(check_table, path, "--json")
    assert [json.loads(line)["table"] for line in told.stdout.splitlines()] == ["a", "b"]
    assert told.exit_code == 1


def test_editions_in_a_folder_are_checked_and_chosen_by_the_day(write, tmp_path):
    write(SOUND, "fire-2024-01-01.csv")
    write(SOUND.replace("no_penalty,,", "lighter,,"), "fire-2026-01-01.csv")
    result = run(check_table, str(tmp_path), "--json")
    assert result.exit_code == 0
    assert [json.loads(line)["sound"] for line in result.stdout.splitlines()] == [True, True]
    asked = (str(tmp_path), "--item", "fire.exit", "--fact", "harm=none", "--fact", "days=1")
    for day, listed in (("2025-12-31", "no_penalty"), ("2026-01-01", "lighter")):
        told = json.loads(run(decide_table, *asked, "--day", day, "--json").stdout)
        assert told["list"] == listed
    write(SOUND.replace("#table,fire,", "#effective_until,2027-01-01\n#table,fire,"),
          "fire-2025-01-01.csv")  # fmt: skip
    result = run(check_table, str(tmp_path))
    assert (result.exit_code, "effective_until" in result.stdout) == (1, True)
