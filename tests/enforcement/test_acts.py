"""Acts on files, requests and letters: tables give routes, forms, buttons and commands."""

import datetime as dt
import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from paper_web import FORM, House, post, said

from lianzhi.cli.main import main
from lianzhi.domains import enforcement
from lianzhi.domains.enforcement.acts import TABLES
from lianzhi.domains.enforcement.domain import ENFORCEMENT
from lianzhi.domains.enforcement.nouns.penalty import STEPS
from lianzhi.domains.enforcement.words import words

FACT_OPTIONS = [
    option
    for name, value in FORM.items()
    for option in ("--fact", f"{name.removeprefix('fact.')}={value}")
]
HOME = Path(enforcement.__file__).parent


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path / "home")
    yield made
    made.node.close()


@pytest.fixture
def case(house):
    return house.filed()


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES, ids=[table.noun for table in TABLES])
def test_an_act_is_refused_to_a_role_that_lacks_its_permissions(house, table):
    for role, granted in {**ENFORCEMENT.roles, "viewer": frozenset({"read"})}.items():
        lacking = [act.key for act in table.acts if granted.isdisjoint(act.needs)]
        if "read" in granted and lacking:
            client = house.browser(house.joined(role))
            for key in lacking:
                answer = post(client, f"/enforcement{table.path}/nothing/{key}")
                assert answer.status_code == 403, (role, key)
            for opening in table.openings:
                if granted.isdisjoint(opening.needs):
                    path = "" if opening is table.opening else f"/{opening.key}"
                    assert post(client, f"/enforcement{table.path}{path}").status_code == 403, role


@pytest.mark.parametrize("table", TABLES, ids=[table.noun for table in TABLES])
def test_every_step_has_words(table):
    taken = {step for act in table.acts for step in act.steps}
    for step in taken | {opening.step for opening in table.openings}:
        keys = {f"enforcement.step.{step}", f"enforcement.step.{table.noun}_{step}"}
        for language in ("zh", "en"):
            assert any(words(language).gettext(key) != key for key in keys), step


def test_every_gate_cites_its_rule_and_guards_steps_that_there_are():
    gates = tomllib.loads((HOME / "policy" / "gates" / "penalty.toml").read_text("utf-8"))["gate"]
    known = {kind.removeprefix("penalty.") for kind in STEPS}
    known |= {"found", "inspected", "spot_decided"}  # an inspection, and a decision on the spot
    for gate in gates:
        assert gate["basis"], gate["key"]
        assert set(gate["steps"]) <= known, gate["key"]


def test_a_form_leaves_what_it_needs_and_is_told_what_is_missing(house, case):
    page = f"/enforcement/penalties/{case}"
    client = house.browser("chief")
    assert post(client, f"{page}/dance").status_code == 404
    assert post(client, "/enforcement/penalties/none/discuss", words="x").status_code == 404
    assert post(client, f"{page}/preserve", words="x").status_code == 403
    answer = post(house.browser("li"), f"{page}/order", words="清理通道", until="")
    assert answer.status_code in (409, 422)
    assert "必填" in said(answer)
    answer = post(client, f"{page}/contest", words="x", route="elsewhere")
    assert answer.status_code == 403, "a leader takes no objection in"
    answer = post(house.browser("li"), f"{page}/contest", words="x", route="elsewhere")
    assert answer.status_code == 422
    assert "请从所列的选项中选择" in said(answer)


def test_the_command_takes_an_act_or_says_which_article_forbids_it(house, case, monkeypatch):
    home = house.node.home
    (home / "config.toml").write_text('domains = ["enforcement"]', "utf-8")
    house.node.close()
    monkeypatch.setenv("LIANZHI_HOME", str(home))
    runner, command = CliRunner(), ["enforcement", "penalty"]
    gone = runner.invoke(main, [*command, "drop", "nothing", "--words", "x"])
    assert "there is no such penalty" in gone.output
    early = runner.invoke(main, [*command, "decide", case, "--fine", "1", "--words", "x"])
    assert early.exit_code != 0
    late = runner.invoke(main, [*command, "preserve", case, "--words", "账册可能灭失"])
    assert "行政处罚法第四十二条" in late.output, "who sits at the shell is no officer"
    taken = runner.invoke(main, [*command, "drop", case, "--words", "查无实据", "--json"])
    assert taken.exit_code == 0, taken.output
    assert json.loads(taken.output) == {"id": case, "act": "drop"}
    assert {"publish", "waive"} <= set(runner.invoke(main, [*command, "--help"]).output.split())


def test_the_commands_take_acts_on_requests_and_letters(house, monkeypatch):
    home, desk = house.node.home, house.desk
    request = desk.requests.receive("hotline", "litter", "堆了垃圾", "li")
    letter = desk.letters.send("opinion_request", "fire", "S1", "", "请出具意见", "wang")
    (home / "config.toml").write_text('domains = ["enforcement"]', "utf-8")
    house.node.close()
    monkeypatch.setenv("LIANZHI_HOME", str(home))

    def run(*words):
        return CliRunner().invoke(main, ["enforcement", *words])

    assert run("request", "accept", request).exit_code == 0
    assert "is not possible" in run("request", "accept", request).output
    assert "invalid value" in run("request", "reopen", request, "--reason", "x").output.lower()
    unknown = run("request", "dispatch", request, "--to", "S9")
    assert "S9 is no squad" in unknown.output
    assert run("request", "dispatch", request, "--to", "fire").exit_code == 0
    assert run("letter", "remind", letter).exit_code == 0
    foreign = run("letter", "receive", letter, "--receipt", "17")
    assert foreign.exit_code != 0, "who sits at the shell speaks for no squad"
    send = (
        "letter",
        "send",
        "--kind",
        "opinion_request",
        "--words",
        "请出具意见",
        "--sender",
        "S1",
    )
    sent = run(*send, "--recipient", "fire")
    assert sent.exit_code != 0, "nor writes for one"
    assert "there is no such letter" not in sent.output
    assert "nobody: there is no such" in run(*send, "--recipient", "nobody").output


def test_commands_give_facts_by_name_files_by_path_and_several_values(house, case, monkeypatch):
    home = house.node.home
    (home / "config.toml").write_text('domains = ["enforcement"]', "utf-8")
    house.node.close()
    monkeypatch.setenv("LIANZHI_HOME", str(home))
    (photo := home / "exit.jpg").write_bytes(b"\xff\xd8\xff photo")

    def run(*words):
        return CliRunner().invoke(main, ["enforcement", "penalty", *words])

    filed = (
        "file",
        "--item",
        "fire.exit_blocked",
        "--enterprise",
        "E0001",
        "--officers",
        "li",
        "--words",
        "x",
    )
    assert "write NAME=VALUE" in run(*filed, "--fact", "blocked").output
    unknown = run(*filed, "--fact", "first_time=maybe")
    assert "“first_time” can't be read" in unknown.output, unknown.output
    made = run(*filed, "--officers", "wang", *FACT_OPTIONS)
    assert "行政处罚法第四十二条" in made.output, "who sits at the shell is no officer"
    evidence = ("evidence", case, "--kind", "recording")
    assert "SHA-256" in run(*evidence).output
    assert "does not exist" in run(*evidence, "--file", str(home / "none.jpg")).output
    kept = {*(home / "evidence").iterdir()}
    added = run(*evidence, "--file", str(photo))
    assert "行政处罚法第四十二条" in added.output, "who sits at the shell is no officer"
    assert {*(home / "evidence").iterdir()} == kept, "what is refused is not kept"
    parts = ("--due", "2026-03-31", "--amount", "10", "--due", "2026-04-30", "--amount", "5")
    deferred = run("defer", case, *parts, "--words", "x")
    assert "Nothing is owed" in deferred.output


def test_the_commands_certify_an_officer_and_plan_and_reveal_a_draw(house, monkeypatch):
    home, today = house.node.home, dt.datetime.now(tz=dt.UTC).date()
    (home / "config.toml").write_text('domains = ["enforcement"]', "utf-8")
    house.node.close()
    monkeypatch.setenv("LIANZHI_HOME", str(home))

    def run(*words):
        return CliRunner().invoke(main, ["enforcement", *words])

    certificate = ("--certificate", "B-7", "--until", f"{today.replace(year=today.year + 9)}")
    for officer in ("li", "wang"):
        certified = run("officer", "certify", officer, *certificate)
        assert certified.exit_code == 0, certified.output
    assert "there is no such officer" in run("officer", "certify", "x", *certificate).output
    on, end = today + dt.timedelta(30), today + dt.timedelta(60)
    days = ("--public-on", f"{on}", "--reveal-until", f"{on}", "--until", f"{end}")
    plan = ("bureau-draw", "plan", "--total", "1", "--source", "the number", *days)
    assert "2026-Q3" in run(*plan, "--name", "no name").output
    planned = run(*plan, "--name", "q1", "--json")
    assert json.loads(planned.output) == {"id": "q1", "act": "plan"}, planned.output
    assert f"{on}" in run("bureau-draw", "reveal", "q1", "--public", "4").output
    assert "there is no such draw" in run("bureau-draw", "reveal", "q2", "--public", "4").output


def test_the_commands_receive_a_request_and_draw_and_review_files(house, case, monkeypatch):
    home = house.node.home
    (home / "config.toml").write_text('domains = ["enforcement"]', "utf-8")
    house.node.close()
    monkeypatch.setenv("LIANZHI_HOME", str(home))

    def run(*words):
        return CliRunner().invoke(main, ["enforcement", *words])

    report = ("request", "receive", "--channel", "hotline", "--words", "堆了垃圾")
    received = run(*report, "--category", "litter", "--json")
    assert json.loads(received.output)["act"] == "receive", received.output
    assert "give both, in degrees" in run(*report, "--lon", "121").output
    assert run(*report, "--enterprise", "E9").exit_code != 0
    drawn = run("sample", "draw", "--kind", "penalty", "--quarter", "2026-Q1", "--json")
    assert json.loads(drawn.output) == {"id": "penalty/2026-Q1", "act": "draw"}, drawn.output
    again = run("sample", "draw", "--kind", "permit", "--quarter", "2026-Q9")
    assert "2026-Q9" in again.output
    review = ("file-review", "nothing", "--lost", "law=1", "--words", "x")
    assert "there is no such penalty" in run("penalty-file", *review).output
    assert "there is no such permit" in run("permit-file", *review).output
