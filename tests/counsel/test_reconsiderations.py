"""Reconsideration: periods over holidays, counted by hand, and each rule on either side."""

import datetime as dt
from functools import cache

import pytest
from counsel_house import TODAY, go_to, opened, rebuild
from hypothesis import given, settings
from hypothesis import strategies as st

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.reviews import Reviews
from lianzhi.domains.counsel.nouns.review import Review
from lianzhi.domains.counsel.refusals import GateRefusedError, RefusedError, explain
from lianzhi.domains.counsel.rules import Rules

#: Before the Spring Festival, 15 to 23 February; 14 and 28 February were working Saturdays.
RECEIVED = dt.date(2026, 2, 11)
DECISION = {"approved": True, "written": False, "worse": False, "contrary": False}


def february(day):
    return dt.date(2026, 2, day)


def march(day):
    return dt.date(2026, 3, day)


@pytest.fixture
def node(tmp_path, databases):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["counsel"]


def receive(desk, day=RECEIVED, contested="penalty", amount=0):
    return desk.reviews.receive("rec", day, "张三", "某区城管局", contested, "请求撤销", amount)


def take(desk, identity, step, day=None, **given):
    desk.reviews.take(identity, step, "lead", words="理由", day=day, **given)
    return desk.reviews.get(identity)


def accepted(desk, day=None, procedure="ordinary", agreed=False, **more):
    identity = receive(desk, **more)
    take(desk, identity, "accepted", day, procedure=procedure, agreed=agreed)
    return identity


def decide(desk, identity, outcome="annulled", evidence=False, day=None, **more):
    fields = {**DECISION, "written": True, "evidence": evidence, **more}
    return take(desk, identity, "decided", day, outcome=outcome, **fields)


def gates(caught):
    return [each.gate for each in caught.value.refusals]


def test_examination_takes_five_working_days_over_the_spring_festival(desk):
    assert desk.reviews.get(receive(desk)).due == february(25)


@pytest.mark.parametrize(
    ("day", "procedure", "since", "due"),
    [
        (february(13), "ordinary", february(13), dt.date(2026, 4, 14)),
        (february(13), "simplified", february(13), march(16)),  # 15 March is a Sunday
        (march(2), "ordinary", february(25), dt.date(2026, 4, 27)),  # silence; 26 April a Sunday
    ],
)
def test_the_time_to_decide_runs_from_acceptance_or_silence(desk, day, procedure, since, due):
    known = desk.reviews.get(accepted(desk, day, procedure, contested="warning"))
    assert (known.since, known.due) == (since, due)


@pytest.mark.parametrize(("day", "allowed"), [(25, True), (26, False)])
def test_silence_accepts(desk, day, allowed):
    identity = receive(desk)
    if allowed:
        assert take(desk, identity, "refused", february(day)).status == "refused"
        return
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "refused", february(day))
    assert "行政复议法第三十条第三款" in explain(caught.value, "zh")["said"][0]


@pytest.mark.parametrize(
    ("more", "agreed", "allowed"),
    [
        ({"contested": "spot"}, False, True),
        ({"contested": "warning"}, False, True),
        ({"contested": "disclosure"}, False, True),
        ({"amount": 3000}, False, True),
        ({"amount": 3001}, False, False),
        ({"amount": 0}, False, False),
        ({"amount": 90_000}, True, True),
    ],
)
def test_the_simplified_procedure_is_for_small_matters_or_by_consent(desk, more, agreed, allowed):
    if allowed:
        identity = accepted(desk, procedure="simplified", agreed=agreed, **more)
        assert desk.reviews.get(identity).clock == "reconsideration.decide_simplified"
    else:
        with pytest.raises(GateRefusedError) as caught:
            accepted(desk, procedure="simplified", agreed=agreed, **more)
        assert gates(caught) == ["procedure_allowed"]


@pytest.mark.parametrize(
    ("procedure", "due"), [("ordinary", march(6)), ("simplified", february(28))]
)
def test_the_authority_answers_within_ten_working_days_or_five(desk, procedure, due):
    identity = accepted(desk, february(12), procedure, contested="spot")
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "answered")
    assert gates(caught) == ["copy_sent"]
    desk.reviews.take(identity, "copied", "rec", day=february(13), reached=february(14))
    assert desk.reviews.get(identity).answer_due == due
    with pytest.raises(RefusedError):
        desk.reviews.take(identity, "copied", "rec", day=february(14), reached=february(13))


@pytest.mark.parametrize(("day", "allowed"), [(6, True), (7, False)])
def test_without_an_answer_in_time_the_act_is_not_upheld(node, desk, day, allowed):
    identity = accepted(desk, february(13))
    desk.reviews.take(identity, "copied", "rec", day=february(13), reached=february(14))
    go_to(node, march(20))
    take(desk, identity, "answered", march(day))
    if allowed:
        assert decide(desk, identity, "maintained").outcome == "maintained"
        return
    with pytest.raises(GateRefusedError) as caught:
        decide(desk, identity, "maintained")
    assert "第七十条" in explain(caught.value, "en")["said"][0]
    assert decide(desk, identity, "maintained", evidence=True).status == "decided"


def test_a_changed_act_is_no_worse_unless_a_third_party_asks(desk):
    identity = accepted(desk)
    with pytest.raises(GateRefusedError) as caught:
        decide(desk, identity, "changed", worse=True)
    assert gates(caught) == ["no_worse"]
    assert decide(desk, identity, "changed", worse=True, contrary=True).outcome == "changed"


def test_parties_are_heard_in_the_ordinary_procedure_and_the_decision_is_approved(desk):
    identity = accepted(desk)
    with pytest.raises(GateRefusedError) as caught:
        decide(desk, identity, written=False, approved=False)
    assert gates(caught) == ["approved", "parties_heard"]
    take(desk, identity, "parties_heard")
    assert decide(desk, identity, written=False).decide_by == dt.date(2026, 4, 27)
    simple = accepted(desk, procedure="simplified", contested="spot")
    assert decide(desk, simple, written=False).status == "decided"
    assert take(desk, simple, "served").closed


def test_days_of_a_stay_do_not_count(desk):
    identity = accepted(desk, february(13))
    assert take(desk, identity, "suspended", february(20), ground="settling").due is None
    # 20 February to 1 March are ten days: 14 April moves to 24 April.
    assert take(desk, identity, "resumed", march(2)).due == dt.date(2026, 4, 24)


@settings(max_examples=40, deadline=None)
@given(first=st.integers(0, 30), length=st.integers(0, 40))
def test_a_stay_never_shortens_the_time(first, length):
    began = RECEIVED + dt.timedelta(first)
    stayed = _review(RECEIVED, suspended=began)
    ends = [began + dt.timedelta(length + more) for more in (0, 1)]
    due, later = (_desk().changes(stayed, "resumed", end, {})["due"] for end in ends)
    assert _review(RECEIVED).due <= due <= later
    if first:  # the day from which the time runs does not count anyway
        assert due >= RECEIVED + dt.timedelta(60 + length)


@cache
def _desk():
    return Reviews(Office(None, lambda: 0, Rules()))


def _review(since, suspended=None):
    days = {"received": since, **({"suspended": suspended} if suspended else {})}
    key = "reconsideration.decide"
    return Review(
        id="x", status="accepted", days=days, clock=key, since=since,
        due=_desk().last_day(key, since), respondent="x", contested="other",
    )  # fmt: skip


@pytest.mark.parametrize(("extra", "allowed"), [(30, True), (31, False), (0, False)])
def test_the_ordinary_procedure_is_extended_by_thirty_days_at_most(desk, extra, allowed):
    identity = accepted(desk)
    if not allowed:
        with pytest.raises(GateRefusedError):
            take(desk, identity, "extended", extra=extra)
        return
    assert take(desk, identity, "extended", extra=extra).due == dt.date(2026, 5, 26)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "extended", extra=1)


def test_the_simplified_procedure_is_not_extended_but_may_become_ordinary(node, desk):
    identity = accepted(desk, february(13), "simplified", contested="spot")
    with pytest.raises(GateRefusedError):
        take(desk, identity, "extended", extra=5)
    assert take(desk, identity, "converted").due == dt.date(2026, 4, 14)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "converted")
    go_to(node, dt.date(2026, 4, 15))
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "extended", extra=5)
    assert gates(caught) == ["extension_in_time"]


@pytest.mark.parametrize(("day", "allowed"), [(9, True), (10, False)])
def test_notice_of_a_hearing_is_given_five_working_days_ahead(node, desk, day, allowed):
    identity = accepted(desk)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "hearing_held", hearers=2)
    go_to(node, march(day))
    if not allowed:
        with pytest.raises(GateRefusedError):
            take(desk, identity, "hearing_told", hearing=march(16))
        return
    take(desk, identity, "hearing_told", hearing=march(16))
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "hearing_held", hearers=1)
    assert gates(caught) == ["hearing_noticed", "enough_hearers"]
    go_to(node, march(16))
    take(desk, identity, "hearing_held", hearers=2)
    assert decide(desk, identity, written=False).status == "decided"


def test_two_officers_inspect_and_all_sign_a_settlement(desk):
    identity = accepted(desk)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "inspected", officers=1)
    take(desk, identity, "inspected", officers=2)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "settled", signed=False)
    assert take(desk, identity, "settled", signed=True).closed
    with pytest.raises(IllegalStepError):
        decide(desk, identity)


@pytest.mark.parametrize(("day", "allowed"), [(5, False), (6, True)])
def test_a_request_is_given_up_when_ten_working_days_are_over(node, desk, day, allowed):
    identity = receive(desk)
    take(desk, identity, "completion_asked", february(12))
    go_to(node, march(day))
    if allowed:
        assert take(desk, identity, "abandoned", reached=february(13)).status == "ended"
    else:
        with pytest.raises(GateRefusedError):
            take(desk, identity, "abandoned", reached=february(13))
        assert take(desk, identity, "completed").due == march(12)


def test_completion_is_asked_for_within_five_working_days(desk):
    identity = receive(desk)
    with pytest.raises(GateRefusedError):
        take(desk, identity, "completion_asked", february(26))
    assert take(desk, identity, "completion_asked", february(25)).status == "incomplete"


@pytest.mark.parametrize(
    ("ground", "days", "allowed"),
    [("death", 60, True), ("death", 59, False), ("settling", 90, False)],
)
def test_a_stay_ends_the_proceedings_after_sixty_days_on_some_grounds(
    node, desk, ground, days, allowed
):
    identity = accepted(desk)
    take(desk, identity, "suspended", ground=ground)
    go_to(node, TODAY + dt.timedelta(days))
    if allowed:
        assert take(desk, identity, "ended", ending="stay_over").status == "ended"
        return
    with pytest.raises(GateRefusedError):
        take(desk, identity, "ended", ending="stay_over")
    assert take(desk, identity, "ended", ending="withdrawn").status == "ended"


def test_an_opinion_waits_sixty_days_and_keeps_a_served_case_open(node, desk):
    identity = accepted(desk)
    sent = {"opinion_to": "某区城管局", "reached": TODAY}
    opinion = take(desk, identity, "opinion_sent", **sent)
    assert opinion.opinion_due == dt.date(2026, 5, 6)  # 1 to 5 May are holidays
    with pytest.raises(GateRefusedError):
        take(desk, identity, "opinion_sent", **sent)
    decide(desk, identity)
    served = take(desk, identity, "served")
    assert (served.closed, served.due) == (False, dt.date(2026, 5, 6))
    assert served.late(dt.date(2026, 5, 7))
    assert take(desk, identity, "opinion_answered").closed
    with pytest.raises(GateRefusedError):
        take(desk, identity, "opinion_answered")


def test_before_2024_the_text_of_2017_holds(desk):
    first = dt.date(2023, 12, 20)
    identity = receive(desk, first, "spot")
    assert desk.reviews.get(identity).due == dt.date(2023, 12, 27)
    day = dt.date(2023, 12, 25)
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "accepted", day, procedure="simplified", agreed=True)
    assert "第二十二条" in caught.value.refusals[0].article
    known = take(desk, identity, "accepted", day, procedure="ordinary", agreed=False)
    # Accepted on receipt; 18 February 2024, a Sunday, was a working day.
    assert (known.since, known.due) == (first, dt.date(2024, 2, 18))
    desk.reviews.take(identity, "copied", "rec", day=day, reached=day)
    # Ten calendar days: 4 January, and not ten working days.
    assert desk.reviews.get(identity).answer_due == dt.date(2024, 1, 4)


def test_from_2024_acceptance_starts_the_time(desk):
    identity = receive(desk, dt.date(2024, 1, 2))
    known = take(
        desk, identity, "accepted", dt.date(2024, 1, 4), procedure="ordinary", agreed=False
    )
    assert known.due == dt.date(2024, 3, 4)


def test_a_request_before_the_text_that_was_read_is_refused(desk):
    with pytest.raises(RefusedError) as caught:
        receive(desk, dt.date(2017, 12, 29))
    assert "2017-12-29" in explain(caught.value, "en")["detail"]


def test_pages_follow_a_case_and_grey_out_what_is_refused(node, desk):
    console, rec = Console(node, "lead", "en"), Console(node, "rec")
    fields = {"day": "2026-02-11", "respondent": "某区城管局", "contested": "spot", "amount": "200"}
    made = rec.post("/counsel/reviews", person="李四", words="请求撤销", **fields)
    assert made.status_code == 303
    path = made.headers["location"].split("?")[0]
    page = console.get(path).text
    assert "a request that was not refused in time is taken to be accepted" in page
    assert "李四" in page
    assert console.post(f"{path}/refuse", words="x").status_code == 409
    answer = rec.post(f"{path}/accept", procedure="simplified", words="受理")
    assert answer.status_code == 303
    page = console.get(path).text
    assert "Article 62(2)" in page
    assert "2026-03-27" in page  # 30 days from 25 February
    assert "review_" not in page.split("<main")[1].replace("review_act", "")
    assert rec.post(f"{path}/decide", outcome="annulled", words="x").status_code == 403
    decided = console.post(
        f"{path}/decide", outcome="annulled", approved="true", words="主要事实不清"
    )
    assert decided.status_code == 303
    assert "to be served" in console.get("/counsel/reviews").text
    for index in range(node.ledger.size):
        assert "李四" not in str(node.ledger.payload(index))


@pytest.mark.parametrize("name", ["reader", "sen"])
def test_only_the_office_sees_them(node, desk, name):
    identity, console = receive(desk), Console(node, name)
    assert console.get("/counsel/reviews").status_code == 403
    assert console.get(f"/counsel/reviews/{identity}").status_code == 403
    assert console.post(f"/counsel/reviews/{identity}/refuse", words="x").status_code == 403


def test_a_rebuild_from_the_record_finds_the_same(node, desk):
    identity = accepted(desk)
    take(desk, identity, "suspended", ground="settling")
    take(desk, identity, "resumed")
    before = desk.reviews.get(identity)
    rebuild(node)
    assert desk.reviews.get(identity) == before


@pytest.mark.parametrize("day", [dt.date(2023, 12, 31), dt.date(2024, 1, 1), TODAY])
def test_each_gate_rests_on_a_basis_that_was_read(desk, day):
    for gate in desk.reviews.gates.at(day):
        assert desk.rules.law.bases.citable(gate.basis, day)


def test_what_came_in_is_entered_later_but_no_decision_before_it(node, desk):
    identity = accepted(desk, day=february(13))
    desk.reviews.take(identity, "copied", "rec", day=february(13), reached=february(14))
    take(desk, identity, "parties_heard", day=february(27))
    take(desk, identity, "answered", day=february(25))  # it came in before, and was entered after
    assert desk.reviews.get(identity).days["answered"] == february(25)
    with pytest.raises(RefusedError) as caught:
        take(desk, identity, "answered", day=february(12))
    assert caught.value.params["day"] == february(13)
    with pytest.raises(RefusedError) as caught:
        decide(desk, identity, day=february(26))
    assert (caught.value.rule, caught.value.params["day"]) == ("office_before", february(27))
    decide(desk, identity, day=february(28))


def under_rule_review(desk, day=RECEIVED):
    """A case that stands still from 11 February for the review of a normative document."""
    identity = accepted(desk, day)
    take(desk, identity, "suspended", day, ground="rule_review")
    return identity


def test_an_incidental_review_has_clocks_of_its_own_counted_over_the_festival(node, desk):
    identity = under_rule_review(desk)
    file = desk.reviews.get(identity)
    # Thursday, Friday, and the working Saturday before the festival.
    assert (file.rule_clock[-6:], file.rule_due) == ("le_ask", february(14))
    assert file.due is None
    # 13, 14, 24 to 28 February (a working Saturday too), 2 to 4 March.
    reached = {"reached": february(12)}
    file = take(desk, identity, "rule_asked", february(12), rule_to="某市司法局", **reached)
    assert (file.rule_to, file.rule_due) == ("某市司法局", march(4))
    go_to(node, march(4))
    file = take(desk, identity, "rule_answered", march(3))
    assert file.rule_due == march(13)  # thirty days from 11 February
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "resumed", march(4))
    assert gates(caught) == ["rule_settled"]
    file = take(desk, identity, "rule_settled", march(4), rule_finding="stopped")
    assert (file.rule_due, file.rule_finding) == (None, "stopped")
    file = take(desk, identity, "resumed", march(4))
    assert file.status == "accepted"
    assert file.stays == ((RECEIVED, march(3)),)
    rebuild(node)
    assert desk.reviews.get(identity) == file


def test_a_document_of_another_authority_is_transferred_and_answered_in_sixty_days(node, desk):
    identity = under_rule_review(desk)
    assert desk.reviews.get(identity).transfer_due == february(27)  # 12 to 14, 24 to 27 February
    file = take(
        desk, identity, "rule_transferred", february(12), rule_to="某省政府", reached=february(12)
    )
    assert (file.rule_clock[-5:], file.rule_due) == ("reply", dt.date(2026, 4, 13))
    with pytest.raises(GateRefusedError) as caught:
        take(desk, identity, "rule_answered", february(13))
    assert gates(caught) == ["rule_was_asked"]
    page = Console(node, "lead", "en").get(f"/counsel/reviews/{identity}").text
    assert "2026-04-13" in page
    assert "the authority replies in sixty days" in page


def test_other_stays_know_no_incidental_review(desk):
    identity = accepted(desk, RECEIVED)
    take(desk, identity, "suspended", RECEIVED, ground="settling")
    assert desk.reviews.get(identity).rule_due is None
    for step, more in (
        ("rule_asked", {"rule_to": "某局", "reached": RECEIVED}),
        ("rule_settled", {"rule_finding": "lawful"}),
    ):
        with pytest.raises(GateRefusedError) as caught:
            take(desk, identity, step, RECEIVED, **more)
        assert gates(caught)[0] == "rule_under_review"
    assert take(desk, identity, "resumed", february(12)).status == "accepted"


def test_files_under_incidental_review_are_listed_by_its_last_day(desk):
    later, sooner = receive(desk), under_rule_review(desk)
    assert desk.reviews.get(sooner).rule_due < desk.reviews.get(later).due
    rows = desk.reviews.page("").rows
    assert [row.id for row in rows][:2] == [sooner, later]


def test_a_document_is_dealt_with_once_and_by_who_may(node, desk):
    here, away = under_rule_review(desk), under_rule_review(desk)
    asked = {"rule_to": "某局", "reached": february(12)}
    with pytest.raises(GateRefusedError) as caught:  # its maker was not asked
        take(desk, here, "rule_settled", february(12), rule_finding="lawful")
    assert gates(caught) == ["rule_findable"]
    take(desk, here, "rule_asked", february(12), **asked)
    take(desk, away, "rule_transferred", february(12), **asked)
    for identity, step in ((here, "rule_asked"), (here, "rule_transferred"), (away, "rule_asked")):
        with pytest.raises(GateRefusedError) as caught:
            take(desk, identity, step, february(12), **asked)
        assert gates(caught) == ["rule_not_begun"]
    for identity, finding in ((here, "other_authority"), (away, "stopped")):
        with pytest.raises(GateRefusedError) as caught:
            take(desk, identity, "rule_settled", february(12), rule_finding=finding)
        assert gates(caught) == ["rule_findable"]
    file = take(desk, away, "ended", february(12), ending="withdrawn")
    assert (file.rule_clock, file.rule_due, file.transfer_due) == ("", None, None)


def test_a_stay_under_the_text_of_2017_needs_no_clock_that_it_did_not_have(node, desk):
    day = dt.date(2023, 5, 9)
    identity = receive(desk, day)
    take(desk, identity, "accepted", day, procedure="ordinary", agreed=False)
    file = take(desk, identity, "suspended", day, ground="rule_review")
    assert (file.status, file.rule_due, file.transfer_due) == ("suspended", None, None)
    assert take(desk, identity, "resumed", dt.date(2023, 5, 20)).status == "accepted"


def test_an_answer_is_not_dated_before_what_it_answers(node, desk):
    identity = under_rule_review(desk)
    take(desk, identity, "rule_asked", february(13), rule_to="某局", reached=february(13))
    with pytest.raises(RefusedError, match="2026-02-13 or a later day"):
        take(desk, identity, "rule_answered", february(12))
    other = accepted(desk, february(13))
    take(desk, other, "copied", february(24), reached=february(24))
    with pytest.raises(RefusedError, match="2026-02-24 or a later day"):
        take(desk, other, "answered", february(14))
