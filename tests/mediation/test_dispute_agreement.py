"""From an agreement to its end: terms, confirmation, settlement, visits, and opened again."""

import datetime as dt

import pytest
from dispute_house import TERMS, agreed, opened, take_on
from hypothesis import given
from hypothesis import strategies as st

from consoles import HOUR, Console
from databases import Databases
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.mediation.refusals import RefusedError, explain
from lianzhi.domains.mediation.terms import read_terms, text_name
from lianzhi.store import views_process

DAY = 24 * HOUR
TODAY = dt.date(2026, 3, 2)
FULL = {"outcome": 5, "fairness": 4, "performance": 3}


@pytest.fixture
def node(databases: Databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


def refused(rule, call, *args, **named):
    """The refusal of a call by a rule, as people read it in English."""
    with pytest.raises(RefusedError) as caught:
        call(*args, **named)
    assert caught.value.rule == rule
    for language in ("zh", "en"):
        detail = explain(caught.value, language)["detail"]
        assert "refused." not in detail
        assert "%(" not in detail
    return detail


def keep_all(desk, identity):
    for term in desk.disputes.get(identity).terms:
        desk.agreements.keep(identity, "med", term=term.number, day=None)


def case_of(node, identity):
    with node.engine.connect() as connection:
        return node.proceedings.office.queries.cases.case_by_id(connection, identity)


def measures_of(node, decision):
    with node.engine.connect() as connection:
        return node.proceedings.office.queries.measures.measures_of(connection, decision)


def test_an_agreement_that_is_kept_settles_the_dispute(node, desk):
    identity = agreed(desk, field="civil")
    dispute = desk.disputes.get(identity)
    assert (dispute.status, dispute.settled, dispute.agreed_sum) == ("agreed", TODAY, 800)
    assert desk.agreements.terms(dispute) == {1: "退还多缴税款", 2: "撤回复议申请"}
    detail = refused("dispute_terms_left", desk.agreements.settle, identity, "med", words="完成")
    assert "1, 2" in detail
    desk.agreements.keep(identity, "med", term=1, day=None)
    assert "2;" in refused("dispute_terms_left", desk.agreements.settle, identity, "med", words="x")
    desk.agreements.keep(identity, "med", term=2, day=None)
    refused("dispute_words", desk.agreements.settle, identity, "med", words=" ")
    desk.agreements.settle(identity, "med", words="双方已履行完毕")
    dispute = desk.disputes.get(identity)
    assert (dispute.status, dispute.outcome, dispute.closed) == ("closed", "settled", TODAY)


def test_a_settlement_is_a_measure_of_the_chain_with_its_ground_and_sum(node, desk):
    identity = agreed(desk, field="civil")
    decision = desk.disputes.get(identity).decision
    (measure,) = measures_of(node, decision)
    assert (measure["key"], measure["amount"], measure["status"]) == ("settlement", 800, "ordered")
    page = Console(node, "sen", "en").get(f"/decisions/{decision}").text
    assert "Article 31(1)" in page
    keep_all(desk, identity)
    desk.agreements.settle(identity, "med", words="履行完毕")
    (measure,) = measures_of(node, decision)
    assert measure["status"] == "applied"
    assert (case_of(node, identity).status, case_of(node, identity).outcome) == (
        "closed",
        "settled",
    )


def test_an_act_of_an_authority_is_settled_as_a_measure_only_within_a_reconsideration(node, desk):
    within = agreed(desk, review=dt.date(2026, 2, 10))
    (measure,) = measures_of(node, desk.disputes.get(within).decision)
    assert measure["key"] == "settlement"
    without = agreed(desk)
    assert desk.disputes.get(without).decision == ""
    page = Console(node, "rec", "en").get(f"/mediation/disputes/{without}").text
    assert "No statute that was read" in page
    keep_all(desk, without)
    desk.agreements.settle(without, "med", words="履行完毕")
    assert case_of(node, without).outcome == "settled"


def test_terms_are_broken_only_when_their_day_is_over(node, desk):
    identity = agreed(desk, field="civil")
    detail = refused("dispute_not_due", desk.agreements.breach, identity, "med", term=1, day=None)
    assert "2026-03-10" in detail
    refused("dispute_no_term", desk.agreements.keep, identity, "med", term=3, day=None)
    refused("mediation_day", desk.agreements.keep, identity, "med", term=1, day=dt.date(2026, 3, 1))
    refused("dispute_not_broken", desk.agreements.fail, identity, "med", words="x", notice=True)
    node.time.now += 8 * DAY
    refused("dispute_not_due", desk.agreements.breach, identity, "med", term=1, day=None)
    node.time.now += DAY
    desk.agreements.breach(identity, "med", term=1, day=None)
    refused("dispute_terms_left", desk.agreements.settle, identity, "med", words="x")
    desk.agreements.fail(identity, "med", words="对方不履行", notice=True)
    dispute = desk.disputes.get(identity)
    assert (dispute.outcome, dispute.terms[0].status) == ("not_settled", "broken")


def test_without_settlement_the_parties_are_told_of_other_routes_first(node, desk):
    identity = take_on(desk)
    detail = refused(
        "dispute_untold", desk.agreements.fail, identity, "med", words="差距大", notice=False
    )
    assert "art. 26" in detail
    desk.agreements.fail(identity, "med", words="差距太大", notice=True)
    assert case_of(node, identity).outcome == "transferred"
    page = Console(node, "rec", "en").get(f"/mediation/disputes/{identity}").text
    assert "Other route: " in page
    with pytest.raises(IllegalStepError):
        desk.agreements.agree(identity, "med", terms=TERMS, amount=0, oral=True, day=None)


@pytest.mark.parametrize(
    ("days", "allowed"),
    [(30, True), (31, False)],  # 2026-04-01 is a Wednesday
)
def test_confirmation_is_asked_for_within_thirty_days_by_both(node, desk, days, allowed):
    identity = agreed(desk, field="civil")
    ask = desk.agreements.ask_confirmation
    assert "33(1)" in refused("dispute_joint", ask, identity, "med", joint=False, day=None)
    node.time.now += days * DAY
    if allowed:
        ask(identity, "med", joint=True, day=None)
        refused("dispute_confirmation_asked", ask, identity, "med", joint=True, day=None)
        answer = desk.agreements.answer_confirmation
        answer(identity, "med", result="confirmed", day=None)
        refused(
            "dispute_confirmation_not_asked", answer, identity, "med", result="refused", day=None
        )
        assert desk.disputes.get(identity).confirmation == "confirmed"
    else:
        detail = refused("dispute_confirmation_late", ask, identity, "med", joint=True, day=None)
        assert "2026-04-01" in detail


def test_a_last_day_on_a_holiday_moves_on(node, desk):
    identity = agreed(desk, field="civil", terms="2026-04-30 付款", day=None)
    node.time.now += 2 * DAY  # 2026-03-04: thirty days end on Friday 2026-04-03
    second = agreed(desk, field="civil", terms="2026-04-30 付款")
    node.time.now += 30 * DAY
    refused(
        "dispute_confirmation_late", desk.agreements.ask_confirmation, identity, "med",
        joint=True, day=None,
    )  # fmt: skip
    desk.agreements.ask_confirmation(second, "med", joint=True, day=None)


def test_customs_agreements_have_no_judicial_confirmation(desk):
    identity = agreed(desk)
    ask = desk.agreements.ask_confirmation
    refused("dispute_no_confirmation", ask, identity, "med", joint=True, day=None)


def test_visits_are_answered_question_by_question(node, desk):
    identity = agreed(desk, field="civil")
    visit = desk.revisits.visit
    for answers in ({}, FULL | {"outcome": 6}, FULL | {"fairness": 0}, FULL | {"mood": 3}):
        rule = "dispute_question" if "mood" in answers else "dispute_answer"
        refused(rule, visit, identity, "rec", answers=answers, words="")
    visit(identity, "rec", answers=FULL, words="正在履行")
    dispute = desk.disputes.get(identity)
    assert dispute.satisfaction == FULL
    assert dispute.visits[0].policy.startswith("2026-01-01")
    assert not dispute.unvisited
    refused("dispute_nothing_to_visit", visit, closed_without(desk), "rec", answers=FULL, words="")


def test_a_second_agreement_is_visited_anew_even_on_the_day_of_the_first_visit(desk):
    identity = agreed(desk, field="civil")
    keep_all(desk, identity)
    desk.agreements.settle(identity, "med", words="履行完毕")
    desk.revisits.visit(identity, "rec", answers=FULL, words="还有一笔")
    desk.revisits.reopen(identity, "rec", words="还有一笔")
    desk.disputes.assign(identity, "rec", mediator="med")
    desk.agreements.agree(identity, "med", terms=TERMS, amount=0, oral=False, day=None)
    assert desk.disputes.get(identity).unvisited


def closed_without(desk):
    identity = take_on(desk)
    desk.disputes.withdraw(identity, "rec", words="撤回")
    return identity


def test_a_settled_dispute_is_opened_again_with_reason_and_settled_once_more(node, desk):
    identity = agreed(desk, field="civil")
    keep_all(desk, identity)
    with pytest.raises(IllegalStepError):
        desk.revisits.reopen(identity, "rec", words="还没结案")
    desk.agreements.settle(identity, "med", words="履行完毕")
    node.time.now += DAY
    refused("dispute_words", desk.revisits.reopen, identity, "rec", words=" ")
    desk.revisits.reopen(identity, "rec", words="又发生同样问题")
    dispute = desk.disputes.get(identity)
    assert (dispute.status, dispute.outcome, dispute.mediator) == ("received", "", "")
    assert (dispute.reopened, dispute.settled, dispute.terms) == (1, None, ())
    assert case_of(node, identity).status == "open"
    desk.disputes.assign(identity, "rec", mediator="mao")
    desk.agreements.agree(identity, "mao", terms="2026-03-05 道歉", amount=0, oral=True, day=None)
    desk.agreements.keep(identity, "mao", term=1, day=None)
    desk.agreements.settle(identity, "mao", words="完成")
    assert desk.disputes.get(identity).outcome == "settled"
    assert case_of(node, identity).status == "closed"
    steps = {entry.kind for entry in node.ledger.entries()}
    assert {"case.reopened", "measure.applied", "revisit.scheduled"} <= steps


def test_a_visit_of_a_closed_dispute_is_the_revisit_of_its_case(node, desk):
    identity = agreed(desk, field="civil")
    keep_all(desk, identity)
    desk.agreements.settle(identity, "med", words="履行完毕")
    assert case_of(node, identity).revisit_at is not None
    console = Console(node, "rec", "en")
    answers = {f"answer.{key}": str(points) for key, points in FULL.items()}
    sent = console.post(f"/mediation/disputes/{identity}/visit", words="满意", **answers)
    assert sent.status_code == 303, sent.text
    assert case_of(node, identity).revisit_at is None
    assert "4 / 5" in console.get(f"/mediation/disputes/{identity}").text
    wrong = console.post(
        f"/mediation/disputes/{identity}/visit", words="", **{"answer.outcome": "9"}
    )
    assert wrong.status_code == 422
    assert Console(node, "med").post(f"/mediation/disputes/{identity}/visit").status_code == 403


def test_another_mediator_neither_sees_the_dispute_nor_ends_it(node, desk):
    identity = agreed(desk, field="civil")
    other = Console(node, "mao")
    assert other.get(f"/mediation/disputes/{identity}").status_code == 404
    assert identity not in other.get("/mediation/disputes").text
    assert identity not in other.get("/mediation/disputes/clocks").text
    fields = {"words": "x", "term": "1", "day": "", "notice": "true"}
    for act in ("keep", "settle", "fail", "withdraw", "ask_confirmation"):
        sent = other.post(f"/mediation/disputes/{identity}/{act}", joint="true", **fields)
        assert sent.status_code in (409, 422), act
    assert desk.disputes.get(identity).terms[0].status == "open"
    mine = Console(node, "med").post(f"/mediation/disputes/{identity}/keep", term="1", day="")
    assert mine.status_code == 303


@pytest.mark.parametrize(
    "terms", ["", "退款", "2026-02-01 早于今天", "2026-13-01 x", "\n".join(["2026-05-01 x"] * 21)]
)
def test_terms_that_are_not_understood_are_refused_by_their_line(node, desk, terms):
    identity = take_on(desk)
    size = node.ledger.size
    with pytest.raises(RefusedError) as caught:
        desk.agreements.agree(identity, "med", terms=terms, amount=0, oral=False, day=None)
    assert caught.value.rule in ("dispute_term", "dispute_terms")
    assert node.ledger.size == size


@given(
    st.lists(
        st.tuples(
            st.dates(TODAY, dt.date(2099, 1, 1)),
            st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=80).filter(
                lambda words: words[0] not in ":：,，、"
            ),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_written_terms_come_back_as_they_were_written(terms):
    lines = "\n".join(f"{due} {words}" for due, words in terms)
    read = read_terms(lines, TODAY)
    assert [(term.due, term.words) for term in read] == terms
    assert [term.number for term in read] == list(range(1, len(terms) + 1))
    assert len({text_name(term.number) for term in read}) == len(terms)


def test_process_pages_of_the_chain_know_the_settlement(node, desk):
    identity = agreed(desk, field="civil")
    policy = node.proceedings.office.policy(node.now())
    process = views_process.process(node.engine, identity, [], policy.strikes, node.now())
    (view,) = process.decisions
    assert view.decision.orders[0].key == "settlement"
