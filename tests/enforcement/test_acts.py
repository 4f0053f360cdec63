"""Acts on a penalty file: one table gives routes, forms, buttons, commands and words."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from paper_web import House, post, said

from lianzhi.cli.main import main
from lianzhi.domains import enforcement
from lianzhi.domains.enforcement.acts import ACTS
from lianzhi.domains.enforcement.domain import ENFORCEMENT
from lianzhi.domains.enforcement.nouns.penalty import STEPS
from lianzhi.domains.enforcement.words import words
from lianzhi.web.console.words import words as console

HOME = Path(enforcement.__file__).parent
#: Steps that no button takes: what begins a file, and what follows from something else.
OTHERWISE = {
    *("filed", "imported", "spot_filed", "adopted", "document_issued", "warned", "file_reviewed"),
}


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path / "home")
    yield made
    made.node.close()


@pytest.fixture
def case(house):
    return house.filed()


def test_every_step_has_an_act_or_follows_from_one():
    steps = {kind.removeprefix("penalty.") for kind in STEPS}
    taken = {step for act in ACTS.values() for step in act.steps}
    assert taken <= steps
    assert steps - taken == OTHERWISE


def test_every_act_has_a_permission_that_some_role_holds_and_words_in_both_languages():
    held = {permission for allowed in ENFORCEMENT.roles.values() for permission in allowed}
    for act in ACTS.values():
        assert act.needs in held
        for language in ("zh", "en"):
            for key in (f"penalty_act.{act.key}", *(field.label for field in act.fields)):
                assert console(language).gettext(key) != key, key
            for step in act.steps:
                key = f"enforcement.step.{step}"
                assert words(language).gettext(key) != key


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
