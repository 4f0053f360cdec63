"""A penalty's decision is the chain's: where decisions, notices and redress are read, it is."""

import datetime as dt
import io
import zipfile

import msgspec
import pytest
from enforcement_house import FACTS, HOUR, START, Bureau
from figures_web import written
from paper_web import House, post, said
from starlette.testclient import TestClient

from lianzhi.chain.decision import Ground
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.statement import Statement, check
from lianzhi.config import Config, Webhook
from lianzhi.law.clock import midnight
from lianzhi.office.actor import Actor
from lianzhi.store import accounts, views_process
from lianzhi.store.accounts import add_user

FINE = 20_000


class Api:
    """A program that may read everything."""

    def __init__(self, house):
        scopes = ("read", "notices", "audit")
        _, token = accounts.add_key(house.node.ledger, "auditor", scopes, house.now, "test")
        self.client = TestClient(house.app, base_url="http://localhost")
        self.client.headers["authorization"] = f"Bearer {token}"

    def get(self, path, **query):
        answer = self.client.get(f"/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path / "home")
    yield made
    made.node.close()


@pytest.fixture
def api(house):
    return Api(house)


def decided(house):
    case = house.filed()
    house.desk.penalties.notice(case, FACTS, FINE, "li", "拟处罚款")
    house.now = midnight(dt.date(2026, 3, 12)) + 10 * HOUR
    house.desk.penalties.decide(case, FINE, "chief", "疏散通道被堵塞，事实清楚")
    return case


def test_the_api_lists_the_decision_its_measure_and_its_reasons(house, api):
    case = decided(house)
    (row,) = api.get("/decisions")["rows"]
    assert (row["case"], row["kind"], row["by"]) == (case, "enforcement.penalty", "chief")
    assert (row["status"], row["ground_kind"]) == ("effective", "statute")
    assert (row["automated_detection"], row["automated_decision"]) == (False, False)
    whole = api.get(f"/decisions/{row['id']}")
    assert whole["facts"] == "疏散通道被堵塞，事实清楚"
    (fine,) = whole["measures"]
    assert (fine["key"], fine["amount"], fine["status"]) == ("fine", FINE, "ordered")
    assert (fine["account"], fine["subject_type"]) == ("E0001", "enterprise")
    (reasons,) = api.get(f"/decisions/{row['id']}/statements")
    assert reasons["decision_monetary"] == "DECISION_MONETARY_OTHER"
    assert reasons["decision_monetary_other"] == "罚款20,000 元"
    assert reasons["category"] == "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"
    assert check(msgspec.convert(reasons, Statement)) == []
    assert reasons["content_date"] == START.isoformat()
    assert reasons["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert "消防法" in reasons["illegal_content_legal_ground"]


def test_the_party_is_told_and_the_service_is_on_its_notice(house, api):
    case = decided(house)
    (told,) = api.get("/notices", account="E0001", language="zh")["rows"]
    assert told["kind"] == "authority_decision"
    assert "罚款 20,000 元" in told["body"]
    assert "六十日内申请行政复议" in told["body"]
    assert (told["served_on"], told["service"]) == (None, None)
    house.desk.penalties.serve(case, "post", "li", "挂号信 1234")
    (told,) = api.get("/notices", account="E0001", language="en")["rows"]
    assert (told["served_on"], told["service"]) == ("2026-03-12", "post")
    assert "Fine: 20,000 yuan" in told["body"] or "fine: 20,000 yuan" in told["body"]


def test_paying_in_full_carries_the_fine_out(house, api):
    case = decided(house)
    house.desk.penalties.serve(case, "direct", "li", "签收")
    house.desk.penalties.pay(case, 5_000, "li")
    (fine,) = api.get("/measures")["rows"]
    assert fine["status"] == "ordered"
    house.desk.penalties.pay(case, 15_000, "li")
    (fine,) = api.get("/measures")["rows"]
    assert (fine["status"], fine["applied_at"]) == ("applied", house.now)


def test_reconsideration_is_redress_and_changes_the_fine(house, api):
    case = decided(house)
    house.desk.penalties.serve(case, "direct", "li", "签收")
    house.desk.penalties.contest(case, "li", "处罚过重")
    (decision,) = api.get("/decisions")["rows"]
    (appeal,) = _appeals(house)
    assert (appeal.route, appeal.status, appeal.decision) == (
        "reconsideration", "waiting", decision["id"],
    )  # fmt: skip
    house.now += HOUR
    house.desk.penalties.answer(case, False, "chief", "裁量过重，改为五千元", 5_000)
    (appeal,) = _appeals(house)
    assert appeal.status == "partly_overturned"
    (decision,) = api.get("/decisions")["rows"]
    assert decision["status"] == "partly_reversed"
    (fine,) = api.get("/measures")["rows"]
    assert (fine["amount"], fine["status"]) == (5_000, "ordered")
    first, again = api.get("/notices", account="E0001", language="zh")["rows"]
    assert "罚款 5,000 元" in first["body"]
    assert "罚款 20,000 元" in again["body"]
    one = file(house, case)
    assert (one.fine, one.suspended, one.overturned) == (5_000, False, dt.date(2026, 3, 12))


def test_an_overturned_decision_undoes_its_fine(house, api):
    case = decided(house)
    house.now += HOUR
    house.desk.penalties.contest(case, "li", "不服", route="litigation")
    house.desk.penalties.answer(case, False, "chief", "判决撤销")
    (decision,) = api.get("/decisions")["rows"]
    (fine,) = api.get("/measures")["rows"]
    assert (decision["status"], fine["status"]) == ("reversed", "lifted")
    told = api.get("/notices", account="E0001", language="zh")["rows"][0]
    assert "不予处罚" in told["body"]


def test_a_fine_that_is_reduced_to_what_was_paid_is_carried_out(house, api):
    case = decided(house)
    house.desk.penalties.serve(case, "direct", "li", "签收")
    house.desk.penalties.pay(case, 6_000, "li")
    house.desk.penalties.contest(case, "li", "处罚过重")
    house.desk.penalties.answer(case, False, "chief", "改为五千元", 5_000)
    (fine,) = api.get("/measures")["rows"]
    assert (fine["amount"], fine["status"]) == (5_000, "applied")


def test_no_penalty_is_a_decision_that_orders_nothing(house, api):
    facts = {"harm": "none", "first_time": True, "corrected": True, "days": 1, "fault": True}
    case = house.desk.penalties.file(
        "fire.exit_blocked", "E0001", facts, START, ["li", "wang"], "li", "通道被堵塞"
    )
    kept = house.desk.files.keep("photo.txt", b"x")
    house.desk.penalties.add_evidence(case, kept, "document", "li", "照片")
    house.desk.penalties.notice(case, facts, 0, "li", "拟不予处罚")
    house.now = midnight(dt.date(2026, 3, 12)) + 10 * HOUR
    house.desk.penalties.decide(case, 0, "chief", "轻微且已改正")
    (decision,) = api.get("/decisions")["rows"]
    assert decision["measures"] == 0
    (told,) = api.get("/notices", account="E0001", language="zh")["rows"]
    assert "不予处罚" in told["body"]


def test_an_order_to_rectify_is_a_measure_that_is_obeyed(house, api):
    case = house.filed()
    until = START + dt.timedelta(days=5)
    house.desk.penalties.order(case, until, "li", "限期清理通道")
    (order,) = api.get("/measures")["rows"]
    assert (order["key"], order["status"]) == ("order_to_rectify", "ordered")
    assert order["due_at"] == midnight(until + dt.timedelta(days=1)) - 1
    assert file(house, case).ordered_until == until
    house.desk.penalties.rectify(case, "li", "已清理")
    (order,) = api.get("/measures")["rows"]
    assert order["status"] == "applied"


def test_a_transfer_hands_over_a_pack(house, api):
    case = house.filed()
    house.desk.assignments.transfer(case, "市公安局", "chief", "涉嫌危险作业罪")
    (transfer,) = api.get("/measures")["rows"]
    assert (transfer["key"], transfer["authority"]) == ("transfer", "市公安局")
    one = file(house, case)
    assert (one.status, one.outcome) == ("closed", "transferred")
    assert api.get("/notices", account="E0001")["rows"] == [], "who is suspected is not warned"
    answer = api.client.post(f"/v1/measures/{transfer['id']}/transfer")
    assert answer.status_code == 200, answer.text
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert any("evidence" in name for name in names)


def test_the_evidence_pack_holds_the_penalty(house, api):
    case = decided(house)
    answer = api.client.post(f"/v1/cases/{case}/evidence")
    assert answer.status_code == 200, answer.text
    pack = zipfile.ZipFile(io.BytesIO(answer.content))
    whole = b"".join(pack.read(name) for name in pack.namelist())
    assert b"decision.made" in whole
    assert b"measure.ordered" in whole


def test_the_scorecard_and_the_search_see_it(house, api):
    decided(house)
    figures = {(one["key"], *one["part"].values()): one for one in api.get("/scorecard")["figures"]}
    assert figures["measures.ordered", "fine"]["value"] == 1
    assert figures["decisions.made", "statute"]["value"] == 1
    page = house.browser("eye").get("/cases", params={"q": "E0001"})
    assert "E0001" in said(page)


def test_only_its_own_desk_decides_contests_or_closes_it(house):
    case = decided(house)
    node = house.node
    with node.engine.connect() as connection:
        office = node.proceedings.office
        (row,) = connection.exec_driver_sql("select id from decision").all()
        assert office.case(connection, case).about.startswith("p_")
    judge = Actor("senior", may_severe=True)
    refused = []
    for act in (
        lambda: node.proceedings.decisions.reverse(row[0], (), "改判", judge, house.now),
        lambda: node.proceedings.redress.file(row[0], "affected", "E0001", "不服", house.now),
        lambda: node.casework.close_case(case, "settled", "完", judge, house.now),
        lambda: node.proceedings.measures.lift(_measure(node), "解除", judge, house.now),
    ):
        with pytest.raises(IllegalStepError) as error:
            act()
        refused.append(error.value.rule)
    assert refused == ["own_desk"] * 4


def test_the_outbox_tells_other_systems_and_carries_nothing_out(tmp_path, house):
    house.node.close()
    house.node = type(house.node)(
        tmp_path / "home",
        Config(domains=("enforcement",), webhook=Webhook("http://127.0.0.1:9/hooks")),
        clock=lambda: house.now,
    )
    house.desk = house.node.desks["enforcement"]
    decided(house)
    with house.node.engine.connect() as connection:
        topics = sorted(connection.exec_driver_sql("select topic from outbox").scalars())
    assert topics == ["measure.ordered", "notice.made"]
    node, identity = house.node, _measure(house.node)
    with node.ledger.batch() as batch:
        node.proceedings.measures.delivered(batch, identity, 1, house.now)
    with node.engine.connect() as connection:
        assert connection.exec_driver_sql("select status from measure").scalar() == "ordered"


def test_an_imported_file_comes_onto_the_chain_with_its_first_step(tmp_path):
    bureau = Bureau(tmp_path)
    read = bureau.desk.history.read(written(tmp_path / "town"))
    bureau.desk.history.take(read, "chief")
    rows = [row for row in read.reads["penalties"].rows if row.served and row.fine > 1]
    case = rows[0].id
    before = bureau.penalty(case)
    bureau.on(max(START, before.closed or START) + dt.timedelta(days=400))
    bureau.desk.penalties.contest(case, "chief", "当事人起诉", route="litigation")
    one = bureau.penalty(case)
    assert one.suspended
    assert one == msgspec.structs.replace(
        before, decision=one.decision, appeal=one.appeal, contested=one.contested,
        suspensions=one.suspensions,
    )  # fmt: skip
    with bureau.ledger.engine.connect() as connection:
        table = connection.exec_driver_sql("select id, made_at from decision").all()
        fine = connection.exec_driver_sql("select amount from measure").scalar()
    assert [row[0] for row in table] == [one.decision]
    assert fine == before.fine
    bureau.desk.penalties.answer(case, False, "chief", "判决变更", 1)
    assert bureau.penalty(case).fine == 1


def test_an_imported_reconsideration_that_goes_on_is_answered_here(tmp_path):
    bureau = Bureau(tmp_path)
    read = bureau.desk.history.read(written(tmp_path / "town"))
    (row,) = [row for row in read.reads["penalties"].rows if row.served and row.fine > 1][:1]
    pending = msgspec.structs.replace(
        row, closed=None, paid=None, amount_paid=None, overturned=None, published=None,
        reconsideration=row.served,
    )  # fmt: skip
    table = msgspec.structs.replace(read.reads["penalties"], rows=(pending,), lines=(2,))
    folder = msgspec.structs.replace(read, reads={**read.reads, "penalties": table})
    bureau.desk.history.take(folder, "chief")
    assert bureau.penalty(row.id).suspended
    bureau.on(row.served + dt.timedelta(days=60))
    bureau.desk.penalties.answer(row.id, True, "chief", "维持原决定")
    assert not bureau.penalty(row.id).suspended
    with bureau.ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("select status from appeal").scalar() == "upheld"


def test_a_decision_rests_on_no_text_that_nobody_has_read(house):
    grounds = house.node.proceedings.published
    unread = next(one for one in grounds.bases.at(START) if not one.verified)
    ground = Ground(kind="statute", key=unread.key, version=str(unread.version))
    assert "unread" in grounds.fault(ground)
    assert "is kept" in grounds.fault(Ground(kind="statute", key=unread.key, version=""))


def test_a_rebuild_folds_the_same_file(house):
    case = decided(house)
    house.desk.penalties.serve(case, "direct", "li", "签收")
    house.desk.penalties.contest(case, "li", "不服")
    before = file(house, case)
    house.node.ledger.rebuild()
    assert file(house, case) == before


def test_the_console_shows_the_decision_and_leads_to_the_file(house):
    case = decided(house)
    add_user(house.node.ledger, "senior", "correct horse battery", ["senior"], house.now, "test")
    client = house.browser("eye")
    listed = client.get("/decisions").text
    link = listed.split('href="/decisions/d_')[1].split('"')[0]
    page = client.get(f"/decisions/d_{link}")
    assert "罚款" in said(page)
    assert "20,000 元" in said(page)
    assert "消防法" in said(page)
    assert "/reverse" not in page.text
    assert client.get(f"/cases/{case}").headers["location"] == f"/enforcement/penalties/{case}"
    assert post(client, f"/decisions/d_{link}/reverse", reason="改").status_code in (403, 409)


def file(house, case):
    with house.desk.office.reading() as connection:
        return house.desk.office.penalty(connection, case)


def _appeals(house):
    return views_process.appeals(house.node.engine).rows


def _measure(node):
    with node.engine.connect() as connection:
        return connection.exec_driver_sql("select id from measure").scalar()
