"""Clocks of a dispute: the office's targets, terms, confirmation, reconsideration and remedies."""

import datetime as dt

import msgspec
import pytest
from dispute_house import agreed, opened, received, take_on
from hypothesis import given
from hypothesis import strategies as st

from consoles import HOUR, Console
from lianzhi.chain.policy import PolicyError
from lianzhi.domains.mediation.clocks.dispute_clocks import clocks
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute, Stay
from lianzhi.domains.mediation.rules import POLICY, Rules

DAY = 24 * HOUR
TODAY = dt.date(2026, 3, 2)
RULES = Rules()
PLAIN = RecordedDispute(
    id="D1", party="p_1", field="customs_other", office="HZ", received=TODAY,
    review=dt.date(2026, 1, 5), known=dt.date(2025, 12, 20),
)  # fmt: skip


@pytest.fixture
def node(tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


def running(dispute, today=TODAY):
    """(key, detail) -> clock of those that run."""
    due = clocks(dispute, RULES.dispute(today)[1], RULES.law, today)
    return {(each.key, each.detail): each for each in due}


def of(desk, identity):
    return running(desk.disputes.get(identity), desk.office.today())


def test_assigning_mediating_and_visiting_have_targets_of_the_office(node, desk):
    identity = received(desk, field="civil", known=None)
    assert of(desk, identity)["assign", ""].last_day == dt.date(2026, 3, 5)
    node.time.now += DAY
    desk.disputes.assign(identity, "rec", mediator="med")
    assert of(desk, identity)["mediate", ""].last_day == dt.date(2026, 4, 2)
    node.time.now += 30 * DAY
    assert of(desk, identity)["mediate", ""].status == "warned"
    node.time.now += DAY
    assert of(desk, identity)["mediate", ""].left == -1
    assert of(desk, identity)["mediate", ""].status == "overdue"


def test_a_term_runs_until_it_is_kept_and_a_visit_until_it_is_held(node, desk):
    identity = agreed(desk, field="civil")
    assert [*of(desk, identity)] == [
        ("term", "1"), ("term", "2"), ("confirmation", ""), ("visit", ""),
    ]  # fmt: skip
    assert of(desk, identity)["confirmation", ""].last_day == dt.date(2026, 4, 1)
    desk.agreements.keep(identity, "med", term=1, day=None)
    desk.agreements.ask_confirmation(identity, "med", joint=True, day=None)
    assert [*of(desk, identity)] == [("term", "2"), ("visit", "")]
    desk.agreements.keep(identity, "med", term=2, day=None)
    desk.agreements.settle(identity, "med", words="完成")
    assert [*of(desk, identity)] == [("visit", "")]
    answers = {"outcome": 5, "fairness": 5, "performance": 5}
    desk.revisits.visit(identity, "rec", answers=answers, words="")
    assert of(desk, identity) == {}


def test_remedies_run_on_while_mediation_goes_on(desk):
    """Mediation stops no remedy: the last day is that of the day on which the act was known."""
    before = of(desk, received(desk))["remedy", "reconsideration"].last_day
    identity = take_on(desk)
    desk.sessions.open(identity, "med")
    assert of(desk, identity)["remedy", "reconsideration"].last_day == before
    assert before == dt.date(2026, 4, 2)  # sixty days from 2026-02-01


@given(since=st.dates(dt.date(2026, 1, 6), dt.date(2026, 2, 20)), days=st.integers(0, 9))
def test_only_a_pending_reconsideration_stands_still_and_by_the_days_of_its_stay(since, days):
    stay = Stay(since, since + dt.timedelta(days))
    plain, stayed = PLAIN, msgspec.structs.replace(PLAIN, stays=(stay,))
    moved = running(stayed)["review", ""].last_day - running(plain)["review", ""].last_day
    # Sixty days end on 2026-03-06, so later days of a stay are lost; an end that falls on a
    # weekend or holiday moves on by at most nine days more.
    assert days + 1 - 9 <= moved.days <= days + 1 + 9
    others = {key: due for key, due in running(stayed).items() if key[0] != "review"}
    assert others == {key: due for key, due in running(plain).items() if key[0] != "review"}


def test_an_open_stay_is_told_as_standing_still(desk):
    stayed = msgspec.structs.replace(PLAIN, stays=(Stay(dt.date(2026, 2, 20)),))
    assert running(stayed)["review", ""].status == "suspended"
    assert running(PLAIN)["review", ""].status == "warned"
    assert {key for key, _ in running(PLAIN)} == {"assign", "review"}


def test_a_year_without_a_calendar_is_told_and_ends_nothing():
    today = dt.date(2031, 5, 3)
    far = msgspec.structs.replace(PLAIN, known=dt.date(2031, 5, 1), review=dt.date(2031, 5, 2))
    assert running(far, today)["review", ""].last_day is None
    unasked = msgspec.structs.replace(far, review=None)
    assert running(unasked, today)["remedy", ""].last_day is None


def test_the_page_of_clocks_counts_them_and_leads_to_their_disputes(node, desk):
    late, fresh = received(desk), agreed(desk, field="civil", party="乙公司")
    node.time.now += 5 * DAY
    page = Console(node, "lead", "en").get("/mediation/disputes/clocks").text.split("<main")[1]
    assert page.index(late) < page.index(fresh)
    assert "Overdue 1" in page
    assert "days late: 2" in page
    assert "Term 1 of the agreement" in page
    assert "dispute_" not in page
    assert "dispute." not in page
    assert late not in Console(node, "med").get("/mediation/disputes/clocks").text


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("assign_days = 0", "assign_days"),
        ("visit_days = 900", "visit_days"),
        ("most = 1", "most"),
        ('key = "outcome!"', "key"),
    ],
)
def test_a_bad_policy_ends_the_start_with_its_field(tmp_path, line, field):
    text = (POLICY / "dispute" / "2026-01-01.toml").read_text("utf-8")
    lines = text.splitlines()
    at = next(n for n, each in enumerate(lines) if each.startswith(f"{field} ="))
    lines[at] = line
    (tmp_path / "dispute").mkdir()
    (tmp_path / "dispute" / "2026-01-01.toml").write_text("\n".join(lines), "utf-8")
    with pytest.raises(PolicyError, match=field):
        Rules(tmp_path)
