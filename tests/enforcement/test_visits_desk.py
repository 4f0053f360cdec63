"""Visits on the record: what may be held, what is refused and why, and drafts that come twice."""

import datetime as dt
import uuid

import msgspec
import pytest
from enforcement_house import START, Bureau, register_observer

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.visits import Marked, VisitPlan
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.rulebook import scan
from lianzhi.law.gates import RefusedStepError
from lianzhi.office.refusal import Refusal

GOOD = [Marked("fire.exit_clear", "good", "li")]


@pytest.fixture
def bureau(tmp_path):
    bureau = Bureau(tmp_path)
    register_observer(bureau, "ann")
    return bureau


def coming(bureau, day=START, **more):
    usual = VisitPlan(
        enterprise="E0001", day=day, officers=("li", "wang"), observers=("ann",),
        code=bureau.desk.visits.code("E0001", day),
    )  # fmt: skip
    return msgspec.structs.replace(usual, **more)


def hold(bureau, marks=GOOD, by="li", draft=None, minutes=30, **more):
    return bureau.desk.visits.hold(
        draft or str(uuid.uuid4()), coming(bureau, **more), marks, by, minutes
    )


def held(bureau):
    with bureau.desk.office.reading() as connection:
        return tables.inspection.every(connection)


def rules(error):
    return [one.gate for one in error.value.refusals]


def test_an_inspection_is_one_entry_with_every_item_that_was_looked_at(bureau):
    before = bureau.ledger.size
    sent = hold(
        bureau,
        [
            Marked("fire.exit_clear", "violation", "li", note="货箱堵住后门"),
            Marked("fire.hoods", "good", "wang"),
            Marked("fire.gas", "reported", "ann", note="闻到气味"),
            Marked("fire.alarm", "not_applicable", "li"),
        ],
    )
    assert bureau.ledger.size == before + 2  # the inspection, and the request
    (one,) = held(bureau)
    assert one.id == sent.inspection
    assert one.violations == ("fire.exit_blocked",)
    assert {(line.line, line.item, line.result, line.by) for line in one.lines} == {
        ("fire.exit_clear", "fire.exit_blocked", "violation", "li"),
        ("fire.hoods", "fire.duties", "good", "wang"),
        ("fire.gas", "fire.wiring", "reported", "ann"),
        ("fire.alarm", "fire.facilities_disabled", "not_applicable", "li"),
    }
    assert (one.officers, one.observers, one.minutes, one.scanned_in) == (
        ("li", "wang"),
        ("ann",),
        30,
        True,
    )
    assert (one.department, one.checklist, one.requests) == ("fire", "restaurant", sent.requests)
    (step,) = views.story(bureau.ledger, one.id)
    assert msgspec.json.decode(step.texts["notes"])["fire.exit_clear"] == "货箱堵住后门"
    assert "货箱" not in str(step.payload)


def test_what_an_observer_reported_is_a_request_about_the_enterprise(bureau):
    sent = hold(bureau, [*GOOD, Marked("fire.gas", "reported", "ann", note="闻到气味")])
    (ident,) = sent.requests
    with bureau.desk.office.reading() as connection:
        one = bureau.desk.requests.load(connection, ident)
    assert (one.channel, one.category, one.grid, one.status) == (
        "volunteer",
        "fire_hazard",
        "G01",
        "received",
    )
    assert one.enterprise == bureau.desk.office.token("E0001")
    (step,) = views.story(bureau.ledger, ident)
    assert "燃气管路" in step.texts["words"]
    assert "闻到气味" in step.texts["words"]
    assert step.payload["by"] == "ann"


def test_the_same_draft_sent_twice_is_one_inspection(bureau):
    draft = str(uuid.uuid4())
    marks = [*GOOD, Marked("fire.gas", "reported", "ann")]
    first = hold(bureau, marks, draft=draft)
    size = bureau.ledger.size
    assert hold(bureau, marks, draft=draft) == first
    assert hold(bureau, marks, draft=draft.upper()) == first
    assert bureau.ledger.size == size
    assert hold(bureau, GOOD, by="wang", draft=draft).inspection != first.inspection


def test_a_day_late_it_is_still_held_on_the_day_of_the_code(bureau):
    going = coming(bureau)
    bureau.on(START + dt.timedelta(1))
    bureau.desk.visits.hold(str(uuid.uuid4()), going, GOOD, "li")
    assert held(bureau)[0].day == START


def test_a_registered_observer_is_no_officer_of_a_visit(bureau):
    register_observer(bureau, "qiu")
    for by in ("li", "qiu"):
        with pytest.raises(RefusedStepError) as told:
            hold(bureau, by=by, officers=("li", "wang", "qiu"), observers=())
        assert rules(told) == ["officers_certified", "no_observer"]
    hold(bureau, observers=("qiu",))
    assert held(bureau)[0].observers == ("qiu",)


@pytest.mark.parametrize("name", ["路人赵六13700000000", "old"])
def test_who_comes_along_is_in_the_register_of_observers(bureau, name):
    size = bureau.ledger.size
    for act in (hold, lambda it, **more: it.desk.visits.begin(coming(it, **more), "li")):
        with pytest.raises(RefusedError) as told:
            act(bureau, observers=("ann", name))
        assert (told.value.rule, told.value.params) == ("observer", {"name": name})
    assert bureau.ledger.size == size


@pytest.mark.parametrize(
    ("more", "by", "gates"),
    [
        ({"officers": ("li",)}, "li", ["enough_officers"]),
        ({"officers": ("li", "li")}, "li", ["enough_officers"]),
        ({"officers": ("li", "old")}, "li", ["officers_certified"]),
        ({"officers": ("li", "nobody")}, "li", ["officers_certified"]),
        ({"observers": ("wang",)}, "li", ["both"]),
        ({"observers": ("li",)}, "li", ["no_observer", "both"]),
        ({}, "chief", ["stranger"]),
        ({"code": ""}, "li", ["missing"]),
        ({"code": "LZ1:E0001:2026-03-02:AAAA"}, "li", ["forged"]),
        ({"enterprise": "E0002"}, "li", ["other_enterprise"]),
        ({"officers": ("li",), "code": ""}, "li", ["enough_officers", "missing"]),
    ],
)  # fmt: skip
def test_what_may_not_be_held_is_refused_with_every_reason(bureau, more, by, gates):
    with pytest.raises(RefusedStepError) as told:
        hold(bureau, by=by, **more)
    assert rules(told) == gates
    assert all(one.article and one.says.zh for one in told.value.refusals)
    with pytest.raises(RefusedStepError):
        bureau.desk.visits.begin(coming(bureau, **more), by)
    assert held(bureau) == []


def test_the_code_of_another_day_is_refused(bureau):
    code = bureau.desk.visits.code("E0001", START - dt.timedelta(1))
    with pytest.raises(RefusedStepError) as told:
        hold(bureau, code=code)
    assert rules(told) == ["other_day"]


def test_codes_of_a_deployment_last_and_are_its_own(bureau, tmp_path_factory):
    code = bureau.desk.visits.code("E0001", START)
    assert bureau.desk.visits.code("E0001", START) == code
    key = bureau.home / "keys" / "enforcement" / "scan.key"
    assert key.stat().st_mode & 0o077 == 0
    assert scan.check(key.read_bytes(), code, "E0001", START) == "good"
    assert Bureau(tmp_path_factory.mktemp("other")).desk.visits.code("E0001", START) != code


def test_routine_inspections_end_at_the_cap_and_others_do_not(bureau):
    for _ in range(2):
        hold(bureau)
    with pytest.raises(RefusedStepError) as told:
        hold(bureau, reason="risk")
    assert rules(told) == ["cap"]
    assert "E0001" in told.value.refusals[0].says.zh
    assert hold(bureau, reason="request").inspection
    code = bureau.desk.visits.code("E0002", START)
    assert hold(bureau, enterprise="E0002", code=code).inspection


def test_an_observer_reports_and_finds_nothing(bureau):
    with pytest.raises(RefusedStepError) as told:
        hold(bureau, [Marked("fire.gas", "violation", "ann")])
    assert rules(told) == ["no_observer"]
    assert "54号" in told.value.refusals[0].article
    visits, draft = bureau.desk.visits, str(uuid.uuid4())
    with pytest.raises(RefusedStepError) as told:
        visits.report(draft, "E0001", START, [Marked("fire.gas", "violation", "ann")], "ann")
    assert rules(told) == ["no_observer"]
    size = bureau.ledger.size
    marks = [Marked("fire.gas", "reported", "ann"), Marked("fire.hoods", "good", "ann")]
    sent = visits.report(draft, "E0001", START, marks, "ann", "grid")
    assert visits.report(draft, "E0001", START, marks, "ann", "grid") == sent
    assert (len(sent.requests), sent.inspection, bureau.ledger.size) == (1, "", size + 1)
    assert held(bureau) == []


@pytest.mark.parametrize(
    ("marks", "rule"),
    [
        ([], "no_lines"),
        ([*GOOD, *GOOD], "line"),
        ([Marked("fire.unheard_of", "good", "li")], "line"),
        ([Marked("fire.gas", "reported", "li")], "officer_reports"),
        ([Marked("fire.gas", "good", "li", note="x" * 1001)], "too_long"),
    ],
)
def test_marks_that_make_no_sense_are_refused(bureau, marks, rule):
    with pytest.raises(RefusedError) as told:
        hold(bureau, marks)
    assert told.value.rule == rule


@pytest.mark.parametrize(
    ("mark", "gate"),
    [
        (Marked("fire.gas", "good", "chief"), "stranger"),
        (Marked("fire.gas", "violation", "li", ("fire.exit_blocked",)), "off_line"),
    ],
)
def test_marks_of_strangers_and_of_other_lines_are_refused(bureau, mark, gate):
    with pytest.raises(RefusedStepError) as told:
        hold(bureau, [mark])
    assert rules(told) == [gate]


def test_nonsense_is_refused_by_name(bureau):
    for more, rule in (
        ({"draft": "one"}, "draft"),
        ({"enterprise": "E9"}, "enterprise"),
        ({"day": START + dt.timedelta(1)}, "future"),
        ({"officers": tuple(f"o{n}" for n in range(99))}, "people"),
    ):
        with pytest.raises(Refusal) as told:
            hold(bureau, **more)
        assert told.value.rule == rule


def test_a_line_that_answers_several_items_is_told_which(tmp_path):
    lists = tmp_path / "enforcement" / "checklists"
    lists.mkdir(parents=True)
    head = "departments,enterprise_type,items,zh,severity\n"
    row = "emergency;fire,any,emergency.exit_locked;fire.exit_blocked,安全出口畅通,grave\n"
    (lists / "ours.csv").write_text(head + row, "utf-8")
    bureau = Bureau(tmp_path)
    register_observer(bureau, "ann")
    (line,) = bureau.desk.visits.lines("restaurant", START)
    with pytest.raises(RefusedError) as told:
        hold(bureau, [Marked(line.name, "violation", "li")])
    assert told.value.rule == "which_item"
    hold(bureau, [Marked(line.name, "violation", "li", ("fire.exit_blocked",))])
    hold(bureau, [Marked(line.name, "good", "li")])
    found = sorted(({each.item for each in one.lines} for one in held(bureau)), key=len)
    assert found == [{"fire.exit_blocked"}, set(line.items)]


def test_a_list_that_can_not_be_used_is_told_by_file_and_line(tmp_path):
    lists = tmp_path / "enforcement" / "checklists"
    lists.mkdir(parents=True)
    head = "departments,enterprise_type,items,zh,severity\n"
    (lists / "ours.csv").write_text(f"{head}fire,any,fire.unheard_of,安全出口畅通,grave\n", "utf-8")
    with pytest.raises(PolicyError, match=r"ours\.csv.*2.*fire\.unheard_of"):
        Bureau(tmp_path).desk.visits.lines("restaurant", START)


def test_erasing_the_party_takes_the_notes(bureau):
    sent = hold(bureau, [Marked("fire.gas", "violation", "li", note="老板姓王")])
    bureau.ledger.erase("E0001", bureau.now)
    (step,) = views.story(bureau.ledger, sent.inspection)
    assert step.texts == {}
