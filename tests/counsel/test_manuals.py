"""Post manuals: versions, who has to read them, who has not."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from counsel_house import TODAY, opened
from hypothesis import given
from hypothesis import strategies as st

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.cli.main import main
from lianzhi.domains.counsel.guidance.line_changes import line_changes
from lianzhi.domains.counsel.refusals import RefusedError, explain

DAY_MS = 86_400_000
FIRST = {
    "field": "penalty",
    "post": "reception",
    "words": "核对身份\n登记材料",
    "effective": TODAY,
    "readers": "rec, lead",
    "due_days": 7,
}


@pytest.fixture
def node(databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def manuals(node):
    return node.desks["counsel"].guidance.manuals


def unread_page(node):
    page = Console(node, "lead", "en").get("/counsel/manuals?shown=unread")
    return page.text.split("<main")[1]


def test_who_has_not_read_a_version_is_listed_and_overdue_from_the_next_day(node, manuals):
    identity = manuals.issue("lead", **FIRST)
    assert identity == "penalty.reception"
    manuals.read(identity, "rec")
    node.time.now += 7 * DAY_MS
    (unread,) = manuals.unread()
    assert (unread.user, unread.due, unread.late) == ("lead", TODAY + dt.timedelta(7), 0)
    assert "overdue" not in unread_page(node)
    node.time.now += DAY_MS
    assert manuals.unread()[0].late == 1
    assert "overdue" in unread_page(node)
    with pytest.raises(RefusedError):
        manuals.read(identity, "rec")
    with pytest.raises(RefusedError):
        manuals.read(identity, "reader")


def test_the_next_version_is_read_anew_and_says_what_changed(node, manuals):
    identity = manuals.issue("lead", **FIRST)
    manuals.read(identity, "rec")
    tomorrow = TODAY + dt.timedelta(1)
    manuals.issue("lead", **FIRST | {"words": "核对身份\n当场登记", "effective": tomorrow})
    manual = manuals.get(identity)
    assert [each.number for each in manual.editions] == [1, 2]
    assert manual.in_force(TODAY).number == 1
    assert manual.in_force(tomorrow).number == 2
    assert {each.user for each in manuals.unread()} == {"rec", "lead"}
    changes = [(each.sign, each.line) for each in manuals.changes(manual)]
    assert changes == [("removed", "登记材料"), ("added", "当场登记")]
    page = Console(node, "rec").get(f"/counsel/manuals/{identity}").text
    assert "<ins>当场登记</ins>" in page
    assert "尚未施行" in page


def test_withdrawn_manuals_are_not_to_be_read(manuals):
    identity = manuals.issue("lead", **FIRST)
    manuals.withdraw(identity, "lead", words="岗位撤并")
    assert manuals.unread() == []
    assert manuals.get(identity).in_force(TODAY) is None
    with pytest.raises(IllegalStepError):
        manuals.assign(identity, "lead", readers="rec", due_days=1)
    manuals.issue("lead", **FIRST)
    assert manuals.get(identity).in_force(TODAY).number == 2


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"field": "fishing"}, "guidance_field"),
        ({"post": "captain"}, "guidance_post"),
        ({"words": " "}, "guidance_empty"),
        ({"due_days": 366}, "manual_days"),
        ({"readers": " ".join(f"u{n}" for n in range(501))}, "manual_readers"),
    ],
)
def test_what_is_no_manual_is_refused_with_its_mend(manuals, changed, rule):
    with pytest.raises(RefusedError) as caught:
        manuals.issue("lead", **FIRST | changed)
    assert caught.value.rule == rule
    for language in ("zh", "en"):
        detail = explain(caught.value, language)["detail"]
        assert "%(" not in detail
        assert "refused." not in detail
    readers = " ".join(f"u{n}" for n in range(500))
    manuals.issue("lead", **FIRST | {"due_days": 365, "readers": readers})


def test_overseers_issue_and_readers_confirm_on_pages(node, manuals):
    lead, rec = Console(node, "lead"), Console(node, "rec", "en")
    form = {**FIRST, "effective": TODAY.isoformat(), "due_days": "7"}
    assert rec.post("/counsel/manuals", **form).status_code == 403
    assert lead.get("/counsel/manuals/new").status_code == 200
    assert lead.post("/counsel/manuals", **form).status_code == 303
    assert "penalty.reception" in rec.get("/counsel/manuals?shown=mine").text
    assert "I have read it" in rec.get("/counsel/manuals/penalty.reception").text
    assert rec.post("/counsel/manuals/penalty.reception/read").status_code == 303
    assert "penalty.reception" not in rec.get("/counsel/manuals?shown=mine").text
    assert "I have read it" not in rec.get("/counsel/manuals/penalty.reception").text
    again = lead.get("/counsel/manuals/new?field=penalty&post=reception").text
    assert "登记材料" in again
    assert rec.get("/counsel/manuals/penalty.legal").status_code == 404


def test_the_shell_lists_who_has_not_read(tmp_path):
    home = tmp_path / "home"
    with opened(home) as node:
        node.desks["counsel"].guidance.manuals.issue("lead", **FIRST)
    (home / "config.toml").write_text('domains = ["counsel"]\n', "utf-8")
    ran = CliRunner().invoke(main, ["counsel", "unread", "--home", str(home), "--json"])
    assert {each["user"] for each in json.loads(ran.output)} == {"rec", "lead"}
    assert "rec" in CliRunner().invoke(main, ["counsel", "unread", "--home", str(home)]).output


LINES = st.lists(st.sampled_from(["甲", "乙", "丙"]), max_size=8)


@given(LINES, LINES)
def test_changes_account_for_every_line(before, after):
    changes = list(line_changes("\n".join(before), "\n".join(after)))
    removed = [each.line for each in changes if each.sign == "removed"]
    added = [each.line for each in changes if each.sign == "added"]
    assert len(before) - len(removed) == len(after) - len(added)
    assert sorted(before + added) == sorted(after + removed)
    assert (not changes) == (before == after)
