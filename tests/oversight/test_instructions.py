"""Instructions to platforms: two persons, deadlines, replies, and closing on a re-check alone."""

import datetime as dt

import pytest
from oversight_house import DRAFTER, LEAD, OTHER, PASSED, TODAY, Oversight

from databases import Databases
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.oversight.rules.refusal import RefusedError


@pytest.fixture
def house(tmp_path) -> Oversight:
    return Oversight(tmp_path)


def refused(house: Oversight, act, *given, **more) -> str:
    """The rule by which an act is refused; it must change nothing."""
    before = house.ledger.size
    with pytest.raises(RefusedError) as error:
        act(*given, **more)
    assert house.ledger.size == before
    return error.value.rule


def test_an_order_from_draft_to_closing_on_either_database(databases: Databases, tmp_path) -> None:
    house = Oversight(tmp_path, databases.url(tmp_path))
    identity = house.replied("order")
    house.probe(identity)
    house.close(identity)
    known = house.instruction(identity)
    assert (known.status, known.rechecks[-1].verdict) == ("closed", "passed")
    (order,) = house.entries("measure.ordered")
    assert (order["key"], order["mode"]) == ("order_to_rectify", "authority")
    (decision,) = house.entries("decision.made")
    assert decision["ground"]["key"] == "minors_online.liability"
    assert [each["measure"] for each in house.entries("measure.applied")] == [order["measure"]]
    assert [each["outcome"] for each in house.entries("case.closed")] == ["settled"]
    assert house.rebuilt()


def test_a_letter_is_no_decision_but_has_a_finding_and_a_case(house) -> None:
    identity = house.replied("letter")
    assert house.entries("decision.made") == []
    (finding,) = house.entries("finding.made")
    assert finding["kind"] == "oversight.duty"
    house.probe(identity)
    house.close(identity)
    assert len(house.entries("case.closed")) == 1


def test_who_drafted_it_may_not_issue_it(house) -> None:
    identity = house.draft()
    assert refused(house, house.desk.instructions.issue, identity, DRAFTER, words="x") == (
        "instruction_own"
    )


def test_an_order_needs_a_provision_that_was_read(house) -> None:
    assert refused(house, house.draft, "order", "warning_model") == "instruction_ground"
    assert refused(house, house.draft, "order", "protection", "bulletin") == "instruction_ground"
    assert house.issued("letter", "warning_model")


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"until": TODAY}, "instruction_until"),
        ({"until": TODAY + dt.timedelta(31)}, "instruction_until"),
        ({"until": None}, "instruction_until"),
        ({"tolerance": "0.2"}, "instruction_tolerance"),
        ({"tolerance": "nan"}, "instruction_tolerance"),
        ({"tolerance": "some"}, "instruction_tolerance"),
        ({"duties": ()}, "instruction_duties"),
        ({"duties": ("nonsense",)}, "instruction_duties"),
        ({"words": " "}, "oversight_words"),
    ],
)
def test_terms_outside_the_policy_are_refused(house, more, rule) -> None:
    assert refused(house, house.draft, **more) == rule


def test_without_reply_or_recheck_nothing_closes(house) -> None:
    identity = house.issued()
    with pytest.raises(IllegalStepError):
        house.close(identity)
    house.reply(identity)
    assert refused(house, house.close, identity) == "oversight_recheck_none"


@pytest.mark.parametrize(
    ("points", "rule"),
    [
        (PASSED + "别的 | 不符合", "oversight_recheck_failed"),
        ("私信可关 | 符合", "oversight_recheck_unclear"),
        (PASSED + "别的 | 不清楚", "oversight_recheck_unclear"),
    ],
)
def test_a_probe_that_fails_or_can_not_say_closes_nothing(house, points, rule) -> None:
    identity = house.replied()
    house.probe(identity, points)
    assert refused(house, house.close, identity) == rule


def test_a_failed_probe_is_not_repeated_until_it_passes(house) -> None:
    identity = house.replied()
    house.probe(identity, "私信可关 | 不符合")
    assert refused(house, house.probe, identity) == "recheck_again"
    house.reply(identity)
    house.probe(identity)
    house.close(identity)


def test_a_recheck_before_the_last_reply_shows_nothing_about_it(house) -> None:
    identity = house.replied()
    house.probe(identity)
    house.reply(identity)
    assert refused(house, house.close, identity) == "oversight_recheck_early"


def test_who_drafted_it_may_not_probe_it(house) -> None:
    identity = house.replied()
    assert refused(house, house.probe, identity, by=DRAFTER) == "recheck_own"


@pytest.mark.parametrize("points", ["", "没有竖线", "x | perhaps", " | met", "a | met\na | met"])
def test_points_that_can_not_be_read_are_named(house, points) -> None:
    identity = house.replied()
    assert refused(house, house.probe, identity, points) == "recheck_points"


def test_a_draw_passes_where_its_whole_lies_within_the_tolerance(house) -> None:
    identity = house.replied("letter", "complaints")
    shown = house.judged(identity, 2000, 80, 0)
    assert (shown.verdict, shown.hi < 0.05, len(shown.drawn)) == ("passed", True, 80)
    house.close(identity)
    assert house.rebuilt()


@pytest.mark.parametrize(
    ("count", "breaches", "rule"),
    [(20, 0, "oversight_recheck_unclear"), (80, 20, "oversight_recheck_failed")],
)
def test_a_small_or_a_bad_draw_closes_nothing(house, count, breaches, rule) -> None:
    identity = house.replied("letter", "complaints")
    house.judged(identity, 2000, count, breaches)
    assert refused(house, house.close, identity) == rule


def test_all_of_a_short_roster_can_pass(house) -> None:
    identity = house.replied("letter", "complaints")
    assert house.judged(identity, 25, 25, 1).verdict == "passed"


def test_a_duty_with_two_methods_needs_both(house) -> None:
    identity = house.replied("letter", "push")
    house.probe(identity)
    assert refused(house, house.close, identity) == "oversight_recheck_none"
    house.judged(identity, 500, 90, 0)
    house.close(identity)


def test_a_draw_is_committed_to_before_its_seed_and_judged_by_another(house) -> None:
    identity = house.replied("letter", "complaints")
    recheck = house.planned(identity, 50, 10)
    reveal = house.desk.rechecks.reveal
    assert refused(house, reveal, recheck, LEAD, public="03") == "recheck_seed_early"
    assert refused(house, house.close, identity) == "oversight_recheck_unfinished"
    house.on(TODAY + dt.timedelta(1))
    reveal(recheck, LEAD, public="03 08 12 17 22 31")
    known = house.recheck(recheck)
    judge = house.desk.rechecks.judge
    given = {"item": known.drawn[0], "result": "met", "words": ""}
    assert refused(house, judge, recheck, LEAD, **given) == "recheck_own"
    assert refused(house, judge, recheck, OTHER, **given | {"item": "x"}) == "recheck_item"
    judge(recheck, OTHER, **given)
    assert refused(house, judge, recheck, OTHER, **given) == "recheck_item"


def test_a_draw_without_its_secret_is_not_made_with_another(house) -> None:
    identity = house.replied("letter", "complaints")
    recheck = house.planned(identity, 50, 10)
    (house.home / "oversight" / "draws" / recheck).unlink()
    house.on(TODAY + dt.timedelta(1))
    reveal = house.desk.rechecks.reveal
    assert refused(house, reveal, recheck, LEAD, public="03") == "recheck_secret"


def test_a_stricter_instruction_joins_the_case_which_closes_with_the_last(house) -> None:
    letter = house.replied("letter")
    order = house.replied("order")
    case = house.instruction(letter).case
    assert [each.id for each in house.of_case(case)] == [letter, order]
    house.probe(letter)
    house.close(letter)
    assert house.entries("case.closed") == []
    house.probe(order)
    house.close(order)
    assert len(house.entries("case.closed")) == 1


def test_an_order_overturned_is_undone_and_its_case_closed(house) -> None:
    identity = house.issued("order")
    redress = house.desk.instruction_redress
    assert refused(house, redress.overturn, identity, LEAD, words="x") == "instruction_uncontested"
    redress.contest(identity, OTHER, words="没有违法")
    assert refused(house, redress.contest, identity, OTHER, words="x") == "instruction_contested"
    house.reply(identity)
    house.probe(identity)
    assert refused(house, house.close, identity) == "instruction_contested"
    redress.overturn(identity, LEAD, words="事实不清")
    assert house.instruction(identity).status == "overturned"
    assert [each["outcome"] for each in house.entries("case.closed")] == ["false_positive"]
    assert len(house.entries("measure.lifted")) + len(house.entries("decision.reversed")) >= 1
    assert house.rebuilt()


def test_an_order_upheld_goes_on(house) -> None:
    identity = house.replied("order")
    redress = house.desk.instruction_redress
    redress.contest(identity, OTHER, words="没有违法")
    redress.uphold(identity, LEAD, words="事实清楚")
    house.probe(identity)
    house.close(identity)


def test_a_letter_can_not_be_contested(house) -> None:
    identity = house.issued("letter")
    contest = house.desk.instruction_redress.contest
    assert refused(house, contest, identity, OTHER, words="x") == "instruction_no_order"


def test_what_was_not_answered_in_time_is_noted_once(house) -> None:
    identity = house.issued()
    assert house.desk.instructions.tick() == 0
    house.on(TODAY + dt.timedelta(11))
    assert house.desk.instructions.tick() == 1
    assert house.desk.instructions.tick() == 0
    assert house.instruction(identity).overdue == TODAY + dt.timedelta(11)


def test_a_draft_may_be_withdrawn_and_an_old_one_is_not_issued(house) -> None:
    identity = house.draft()
    house.desk.instructions.withdraw(identity, DRAFTER, words="写错了")
    assert house.instruction(identity).status == "withdrawn"
    old = house.draft()
    house.on(TODAY + dt.timedelta(10))
    issue = house.desk.instructions.issue
    assert refused(house, issue, old, LEAD, words="x") == "instruction_late"


def test_a_platform_is_registered_once_and_not_instructed_when_it_has_stopped(house) -> None:
    given = {"operator": "某科技公司", "name": "某视频", "service": "video", "users": 1}
    register = house.desk.platforms.register
    assert refused(house, register, LEAD, **given, day=None, words="x") == "platform_known"
    empty = given | {"name": " "}
    assert refused(house, register, LEAD, **empty, day=None, words="x") == "oversight_empty"
    later = TODAY + dt.timedelta(1)
    amend = house.desk.platforms.amend
    assert refused(house, amend, house.platform, LEAD, users=2, day=later, words="x") == (
        "oversight_day"
    )
    amend(house.platform, LEAD, users=2, day=None, words="x")
    house.desk.platforms.end(house.platform, LEAD, words="停运")
    assert refused(house, house.draft) == "platform_ended"
