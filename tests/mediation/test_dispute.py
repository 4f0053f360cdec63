"""A dispute from intake to its sessions: who may do what, in which order, and what is refused."""

import datetime as dt

import pytest
from dispute_house import opened, received, take_on

from consoles import HOUR, Console
from databases import Databases
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.mediation.queries.tables import projections
from lianzhi.domains.mediation.refusals import RefusedError, explain

DAY = 24 * HOUR


@pytest.fixture
def node(databases: Databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


def refusal(error) -> str:
    """What a person reads, which is worded in both languages."""
    for language in ("zh", "en"):
        assert "refused." not in explain(error, language)["detail"]
    return explain(error, "en")["detail"]


def test_a_dispute_is_taken_in_assigned_and_heard(node, desk):
    identity = received(desk)
    dispute = desk.disputes.get(identity)
    assert (dispute.status, dispute.level, dispute.mediator) == ("received", "front_line", "")
    assert node.ledger.vault.account(dispute.party) == "甲公司"
    desk.disputes.assign(identity, "rec", mediator="med")
    for _ in range(2):
        desk.sessions.open(identity, "med")
        desk.sessions.close(identity, "med")
        node.time.now += DAY
    dispute = desk.disputes.get(identity)
    assert dispute.status == "mediating"
    assert [(session.number, session.closed) for session in dispute.sessions] == [
        (1, dt.date(2026, 3, 2)),
        (2, dt.date(2026, 3, 3)),
    ]


def test_steps_out_of_order_are_refused_and_leave_no_trace(node, desk):
    identity = received(desk)
    size = node.ledger.size
    for step in (desk.sessions.open, desk.sessions.close):
        with pytest.raises(IllegalStepError) as caught:
            step(identity, "med")
        assert "is not possible now" in refusal(caught.value)
    with pytest.raises(IllegalStepError):
        desk.disputes.escalate(identity, "lead", words="复杂")
    desk.disputes.withdraw(identity, "rec", words="不愿调解")
    with pytest.raises(IllegalStepError):
        desk.disputes.assign(identity, "rec", mediator="med")
    assert node.ledger.size == size + 1
    with pytest.raises(KeyError):
        desk.disputes.assign("D-none", "rec", mediator="med")


def test_who_is_on_one_side_does_not_mediate(desk):
    identity = received(desk)
    for name in ("zhang", "甲公司"):
        with pytest.raises(RefusedError) as caught:
            desk.disputes.assign(identity, "rec", mediator=name)
        assert "art. 15(1)" in refusal(caught.value)
    desk.disputes.assign(identity, "rec", mediator="med")
    with pytest.raises(RefusedError) as caught:
        desk.disputes.assign(identity, "lead", mediator="med")
    assert "already" in refusal(caught.value)


def test_the_officer_is_known_from_the_warning(node, desk, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    row = "id,party,field,office,opened,officer\nK1,甲公司,customs_tax,HZ,2026-01-05,wang\n"
    (folder / "cases.csv").write_text(row, "utf-8")
    desk.imports.take(desk.imports.read(folder), "lead")
    identity = received(desk, officer="", warning="K1")
    with pytest.raises(RefusedError):
        desk.disputes.assign(identity, "rec", mediator="wang")
    with pytest.raises(RefusedError) as caught:
        received(desk, warning="K9")
    assert "K9" in refusal(caught.value)
    console = Console(node, "rec", "en")
    assert "/mediation/warnings/K1" in console.get(f"/mediation/disputes/{identity}").text
    form = console.get("/mediation/disputes/new?warning=K1").text
    for value in ("甲公司", "HZ", "wang", "K1"):
        assert f'value="{value}"' in form


@pytest.mark.parametrize(
    "wrong", [{"party": " "}, {"office": ""}, {"words": "\n"}, {"known": dt.date(2026, 3, 3)}]
)
def test_intake_names_what_is_wrong(node, desk, wrong):
    size = node.ledger.size
    with pytest.raises(RefusedError) as caught:
        received(desk, **wrong)
    assert refusal(caught.value)
    assert node.ledger.size == size


def test_only_its_mediator_holds_sessions(node, desk):
    identity = take_on(desk)
    for name in ("mao", "rec", "lead", ""):
        with pytest.raises(RefusedError) as caught:
            desk.sessions.open(identity, name)
        assert "med" in refusal(caught.value)
    assert (
        Console(node, "mao").post(f"/mediation/disputes/{identity}/open_session").status_code == 422
    )
    assert (
        Console(node, "lead").post(f"/mediation/disputes/{identity}/open_session").status_code
        == 403
    )
    assert desk.disputes.get(identity).sessions == ()


def test_the_front_line_hands_over_to_the_centre_once(desk):
    identity = take_on(desk)
    with pytest.raises(RefusedError):
        desk.disputes.escalate(identity, "med", words=" ")
    desk.disputes.escalate(identity, "med", words="涉及多个关区")
    dispute = desk.disputes.get(identity)
    assert (dispute.status, dispute.level, dispute.mediator) == ("received", "centre", "")
    desk.disputes.assign(identity, "lead", mediator="mao")
    with pytest.raises(RefusedError) as caught:
        desk.disputes.escalate(identity, "mao", words="再上交")
    assert "at the centre" in refusal(caught.value)
    assert desk.disputes.get(identity).mediators == ("med", "mao")


def test_a_reconsideration_is_stayed_only_where_there_is_one_and_both_consent(node, desk):
    identity = take_on(desk)
    day = dt.date(2026, 2, 10)
    with pytest.raises(RefusedError) as caught:
        desk.disputes.stay(identity, "med", review=day, day=None, consent=False)
    assert "39(1)(6)" in refusal(caught.value)
    desk.disputes.stay(identity, "med", review=day, day=dt.date(2026, 2, 20), consent=True)
    with pytest.raises(RefusedError):
        desk.disputes.stay(identity, "med", review=day, day=None, consent=True)
    with pytest.raises(RefusedError):
        desk.disputes.resume(identity, "med", day=dt.date(2026, 2, 19))
    desk.disputes.resume(identity, "med", day=dt.date(2026, 2, 25))
    (stay,) = desk.disputes.get(identity).stays
    assert (stay.since, stay.until) == (dt.date(2026, 2, 20), dt.date(2026, 2, 25))
    with pytest.raises(RefusedError):
        desk.disputes.resume(identity, "med", day=None)
    private = take_on(desk, field="civil")
    with pytest.raises(RefusedError) as caught:
        desk.disputes.stay(private, "med", review=day, day=None, consent=True)
    assert "no reconsideration" in refusal(caught.value)


def test_a_stay_and_a_session_end_with_the_mediation(desk):
    identity = take_on(desk)
    desk.disputes.stay(identity, "med", review=dt.date(2026, 2, 10), day=None, consent=True)
    desk.sessions.open(identity, "med")
    desk.disputes.withdraw(identity, "med", words="当事人要求终止")
    dispute = desk.disputes.get(identity)
    assert (dispute.outcome, dispute.closed) == ("withdrawn", dt.date(2026, 3, 2))
    assert dispute.stays[0].until == dispute.sessions[0].closed == dispute.closed


def test_its_case_on_the_chain_opens_with_the_mediation_and_closes_with_it(node, desk):
    identity = received(desk)
    cases = node.proceedings.office.queries.cases
    with node.engine.connect() as connection:
        assert cases.case_by_id(connection, identity) is None
    desk.disputes.assign(identity, "rec", mediator="med")
    with node.engine.connect() as connection:
        assert cases.case_by_id(connection, identity).kind == "mediation.dispute"
    assert (
        Console(node, "rec")
        .get(f"/cases/{identity}")
        .headers["location"]
        .endswith(f"/mediation/disputes/{identity}")
    )
    desk.disputes.withdraw(identity, "rec", words="双方自行和解")
    with node.engine.connect() as connection:
        case = cases.case_by_id(connection, identity)
    assert (case.status, case.outcome) == ("closed", "subsided")


def test_the_list_counts_and_narrows(node, desk):
    first, second = take_on(desk), received(desk, party="乙公司")
    desk.disputes.withdraw(second, "rec", words="撤回")
    console = Console(node, "rec", "en")
    page = console.get("/mediation/disputes").text.split("<main")[1]
    assert "甲公司" in page
    assert "乙公司" in page
    assert "dispute." not in page
    assert "dispute_" not in page
    page = console.get("/mediation/disputes?outcome=withdrawn").text.split("<main")[1]
    assert "乙公司" in page
    assert "甲公司" not in page
    mine = Console(node, "med").get("/mediation/disputes").text.split("<main")[1]
    assert first in mine
    assert second not in mine
    assert Console(node, "reader").get("/mediation/disputes").status_code == 403
    assert Console(node, "sen").get(f"/mediation/disputes/{first}").status_code == 403


def test_a_receptionist_takes_one_in_on_a_page(node, desk):
    console = Console(node, "rec", "en")
    assert console.get("/mediation/disputes/new?warning=K7").status_code == 404
    assert 'name="party"' in console.get("/mediation/disputes/new").text
    fields = {
        "party": "丙先生", "words": "货物被扣一个月", "field": "customs_other", "cause": "delay",
        "office": "HZ", "amount": "300", "language": "en", "officer": "", "known": "",
        "warning": "",
    }  # fmt: skip
    sent = console.post("/mediation/disputes", **fields)
    assert sent.status_code == 303, sent.text
    page = console.get(sent.headers["location"]).text
    assert "货物被扣一个月" in page
    assert "English" in page
    wrong = console.post("/mediation/disputes", **(fields | {"cause": "weather"}))
    assert wrong.status_code == 409
    assert Console(node, "med").post("/mediation/disputes", **fields).status_code == 403


def test_the_tables_are_rebuilt_from_the_record(node, desk):
    ids = [take_on(desk), received(desk), take_on(desk, field="civil")]
    desk.sessions.open(ids[0], "med")
    desk.sessions.note(ids[0], "med", words="甲公司愿意让步")
    desk.disputes.escalate(ids[2], "med", words="复杂")
    before = [desk.disputes.get(identity) for identity in ids]
    (projection,) = projections()
    with node.ledger.batch() as batch:
        projection.clear(batch.connection)
        for entry in node.ledger.entries():
            projection.apply(batch.connection, entry, node.ledger.payload(entry.index) or {})
    assert [desk.disputes.get(identity) for identity in ids] == before
