"""Matters: clocks over holidays, counted by hand, and the review before each answer."""

import datetime as dt

import pytest
from counsel_house import TODAY, go_to, opened, rebuild

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.policy import PolicyError
from lianzhi.domains.counsel.refusals import GateRefusedError, RefusedError, explain

#: Before the Spring Festival, 15 to 23 February; 14 and 28 February were working Saturdays.
RECEIVED = dt.date(2026, 2, 11)


@pytest.fixture
def node(tmp_path, databases):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["counsel"]


def receive(desk, kind="disclosure", day=RECEIVED, **more):
    return desk.matters.receive("rec", kind, day, "张三", "rec", "请公开拆迁补偿方案", **more)


def take(desk, identity, step, by="rec", **given):
    desk.matters.take(identity, step, by, words="说明", **given)
    return desk.matters.get(identity)


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("disclosure", dt.date(2026, 3, 17)),  # 20 working days
        ("consumer_complaint", dt.date(2026, 2, 27)),  # 7 working days
        ("petition", dt.date(2026, 2, 26)),  # 15 days
    ],
)
def test_the_clock_of_each_kind_runs_over_the_spring_festival(desk, kind, last):
    assert desk.matters.get(receive(desk, kind)).due == last


def test_an_accepted_petition_has_sixty_days_and_thirty_more(node, desk):
    identity = receive(desk, "petition")
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "extended", "lead", extra=30)  # nothing to extend before acceptance
    assert "信访工作条例第三十四条" in explain(caught.value, "zh")["said"][0]
    accepted = take(desk, identity, "accepted", day=dt.date(2026, 2, 26))
    assert accepted.due == dt.date(2026, 4, 27)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "extended", "lead", extra=31)
    assert take(desk, identity, "extended", "lead", extra=30).due == dt.date(2026, 5, 27)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "extended", "lead", extra=1)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "accepted")


def test_disclosure_is_extended_by_twenty_working_days_at_most_and_in_time(node, desk):
    identity, late = receive(desk), receive(desk)
    assert take(desk, identity, "extended", "lead", extra=20).due == dt.date(2026, 4, 15)
    go_to(node, dt.date(2026, 3, 18))
    with pytest.raises(GateRefusedError) as caught:
        take(desk, late, "extended", "lead", extra=5)
    assert [each.gate for each in caught.value.refusals] == ["extension_in_time"]


def test_a_consultation_does_not_count(node, desk):
    identity = receive(desk)
    paused = take(desk, identity, "paused", pause="consultation", day=dt.date(2026, 2, 25))
    assert paused.due is None
    go_to(node, dt.date(2026, 3, 4))
    # 25 to 28 February, 2 and 3 March are six working days: 17 March moves to 25 March.
    assert take(desk, identity, "resumed").due == dt.date(2026, 3, 25)


@pytest.mark.parametrize(("day", "allowed"), [(27, True), (28, False)])
def test_completion_is_asked_for_within_seven_working_days_and_starts_anew(
    node, desk, day, allowed
):
    identity = receive(desk)
    given = {"pause": "completion", "day": dt.date(2026, 2, day)}
    if not allowed:
        with pytest.raises(GateRefusedError):
            take(desk, identity, "paused", **given)
        return
    take(desk, identity, "paused", **given)
    go_to(node, dt.date(2026, 3, 9))
    # From 9 March: 10 to 31 March are 16 working days, then 1, 2, 3 and 7 April.
    assert take(desk, identity, "resumed").due == dt.date(2026, 4, 7)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "paused", pause="completion")


def test_no_answer_goes_out_without_a_review_by_somebody_else(desk):
    identity = receive(desk)
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "answered")
    told = explain(caught.value, "en")
    assert (told["status"], told["rule"]) == (409, "review_passed")
    assert "legal review" in told["said"][0]
    take(desk, identity, "submitted", "assistant")
    for name in ("rec", "assistant"):
        with pytest.raises(GateRefusedError):
            take(desk, identity, "reviewed", name)
    assert take(desk, identity, "returned", "lead").status == "open"
    take(desk, identity, "submitted")
    assert take(desk, identity, "reviewed", "lead").hands["reviewed"] == "lead"
    assert take(desk, identity, "answered").status == "answered"
    with pytest.raises(IllegalStepError):
        take(desk, identity, "submitted")


def test_a_returned_draft_needs_a_new_review(desk):
    identity = receive(desk)
    take(desk, identity, "submitted")
    take(desk, identity, "returned", "lead")
    with pytest.raises(GateRefusedError):
        take(desk, identity, "answered")


def test_only_disclosure_stands_still(desk):
    with pytest.raises(GateRefusedError):
        take(desk, receive(desk, "petition"), "paused", pause="consultation")


def test_other_complaints_get_the_days_that_the_office_gives_itself(desk):
    assert desk.matters.get(receive(desk, "other", within=10)).due == dt.date(2026, 2, 21)
    for kind, within in (("other", 0), ("other", 366), ("disclosure", 5)):
        with pytest.raises(RefusedError):
            receive(desk, kind, within=within)


@pytest.mark.parametrize(
    ("kind", "first"),
    [("petition", dt.date(2022, 5, 1)), ("disclosure", dt.date(2019, 5, 15))],
)
def test_a_matter_before_the_law_that_was_read_is_refused(desk, kind, first):
    assert desk.matters.get(receive(desk, kind, first)).due is not None
    with pytest.raises(RefusedError) as caught:
        receive(desk, kind, first - dt.timedelta(1))
    assert str(first - dt.timedelta(1)) in explain(caught.value, "zh")["detail"]


def test_a_last_day_in_a_year_without_known_holidays_is_left_open(node, desk):
    go_to(node, dt.date(2026, 12, 28))
    matter = desk.matters.get(receive(desk, day=dt.date(2026, 12, 28)))
    assert (matter.clock, matter.due) == ("disclosure.answer", None)
    page = Console(node, "rec", "en").get(f"/counsel/matters/{matter.id}").text
    assert "holidays of that year" in page


def test_the_latest_matters_come_first_and_the_page_says_what_is_refused(node, desk):
    receive(desk)
    late = receive(desk, "petition")
    console = Console(node, "lead", "en")
    page = console.get("/counsel/matters").text.split("<main")[1]
    assert page.index(late) < page.rindex("/counsel/matters/2026")
    assert "4 days late" in page
    file = console.get(f"/counsel/matters/{late}").text
    assert "the answer passes legal review before it goes out" in file
    assert "Regulations on Petition Work, Article 23(2)" in file
    refused = console.post(f"/counsel/matters/{late}/answer", words="x")
    assert refused.status_code == 409
    rec = Console(node, "rec")
    assert rec.post(f"/counsel/matters/{late}/submit", words="拟答复").status_code == 303
    assert rec.post(f"/counsel/matters/{late}/review", words="x").status_code == 403
    assert console.post(f"/counsel/matters/{late}/review", words="同意").status_code == 303
    assert rec.post(f"/counsel/matters/{late}/answer", words="答复").status_code == 303


def test_a_form_registers_a_matter(node, desk):
    fields = {"kind": "disclosure", "day": "2026-03-02", "person": "李四", "within": "0"}
    answer = Console(node, "rec").post("/counsel/matters", words="x", **fields)
    assert answer.status_code == 303
    (matter,) = desk.matters.page("open").rows
    assert (matter.handler, matter.began) == ("rec", TODAY)
    for index in range(node.ledger.size):
        assert "李四" not in str(node.ledger.payload(index))


def test_a_rebuild_from_the_record_finds_the_same(node, desk):
    identity = receive(desk)
    take(desk, identity, "paused", pause="consultation")
    take(desk, identity, "resumed")
    before = desk.matters.get(identity)
    rebuild(node)
    assert desk.matters.get(identity) == before


def test_each_gate_rests_on_a_basis_that_was_read(desk):
    for gate in desk.matters.gates.at(TODAY):
        if not gate.basis.startswith("office_rules."):
            assert desk.rules.law.bases.citable(gate.basis, TODAY)


def test_a_gate_that_no_rule_judges_ends_the_start(tmp_path):
    folder = tmp_path / "home" / "counsel" / "gates" / "matter"
    folder.mkdir(parents=True)
    gate = 'key = "x"\nsteps = ["answered"]\nbasis = "a.b"\narticle = "a"\n'
    gate += 'effective_from = 2026-01-01\nsays = { zh = "甲", en = "a" }\n'
    (folder / "own.toml").write_text(f"[[gate]]\n{gate}", "utf-8")
    with pytest.raises(PolicyError, match="predicate is 'x'"), opened(tmp_path / "home"):
        pass


def test_a_step_does_not_lie_before_the_one_that_it_follows(desk):
    identity = receive(desk, "petition")
    take(desk, identity, "accepted", day=dt.date(2026, 2, 20))
    take(desk, identity, "submitted", "zhao")
    take(desk, identity, "reviewed", "lead")
    for day in (dt.date(2026, 2, 19), dt.date(2026, 3, 1)):
        with pytest.raises(RefusedError) as caught:
            take(desk, identity, "answered", day=day)
        assert (caught.value.field, caught.value.value) == ("day", day)
        said = explain(caught.value, "en")["detail"]
        assert str(day) in said
        assert str(TODAY) in said
    assert take(desk, identity, "answered", day=TODAY).status == "answered"


def test_a_first_step_lies_on_the_day_of_receipt_at_the_earliest(desk):
    identity = receive(desk, "petition")
    with pytest.raises(RefusedError):
        take(desk, identity, "accepted", day=RECEIVED - dt.timedelta(1))
    assert take(desk, identity, "accepted", day=RECEIVED).due == dt.date(2026, 4, 12)


@pytest.mark.parametrize("kind", ["petition_review", "petition_recheck"])
@pytest.mark.parametrize(("days", "asked"), [(30, "in time"), (31, "after the last day")])
def test_a_re_review_has_thirty_days_to_be_asked_for_and_to_be_answered(
    node, desk, kind, days, asked
):
    identity = receive(desk, kind, reached=RECEIVED - dt.timedelta(days))
    matter = desk.matters.get(identity)
    assert matter.ask_by == RECEIVED - dt.timedelta(days - 30)
    assert (matter.due, matter.late(TODAY)) == (dt.date(2026, 3, 13), False)  # 17 + 13 days
    page = Console(node, "rec", "en").get(f"/counsel/matters/{identity}").text
    assert f"<dd>{asked}</dd>" in page


def test_a_hearing_stops_the_time_of_a_second_re_review_alone(node, desk):
    reached = RECEIVED - dt.timedelta(5)
    first = receive(desk, "petition_review", reached=reached)
    second = receive(desk, "petition_recheck", reached=reached)
    for identity, pause in (
        (first, "hearing"),
        (second, "consultation"),
        (receive(desk), "hearing"),
    ):
        with pytest.raises(GateRefusedError):
            take(desk, identity, "paused", pause=pause)
    assert take(desk, second, "paused", pause="hearing").due is None
    go_to(node, TODAY + dt.timedelta(4))
    assert take(desk, second, "resumed").due == dt.date(2026, 3, 17)  # four days later
    with pytest.raises(GateRefusedError):
        take(desk, second, "extended", "lead", extra=1)


@pytest.mark.parametrize(
    ("kind", "reached", "rule"),
    [
        ("petition_review", None, "matter_reached"),
        ("petition", RECEIVED, "matter_reached"),
        ("petition_recheck", RECEIVED + dt.timedelta(1), "matter_reached_later"),
    ],
)
def test_the_day_of_the_contested_answer_fits_the_kind(desk, kind, reached, rule):
    with pytest.raises(RefusedError) as caught:
        receive(desk, kind, reached=reached)
    assert (caught.value.rule, caught.value.field) == (rule, "reached")
    for language in ("zh", "en"):
        assert "%(" not in explain(caught.value, language)["detail"]
