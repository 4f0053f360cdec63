"""The pages of a case: papers, penalties on the spot, and the acts of who leads."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from enforcement_house import FACTS, HOUR, START
from paper_web import FORM, House, post, said

from lianzhi.law.clock import midnight

PARTY = {"f.party.id": "9132", "f.party.address": "滨江路18号", "f.party.head": "王青禾"}
SPOT = FORM | {
    "item": "market.licence_hidden", "enterprise": "E0001", "officers": ["li", "wang"],
    "fact.first_time": "false", "fact.corrected": "true", "fine": "1000", "words": "未公示执照",
    "place": "店内", "defence": "无意见", "receipt": "签收", "kind": "recording", "collected": "",
}  # fmt: skip


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path / "home")
    yield made
    made.node.close()


@pytest.fixture
def case(house):
    return house.filed()


def file(house, case):
    with house.desk.office.reading() as connection:
        return house.desk.office.penalty(connection, case)


def served(house, case):
    house.desk.penalties.notice(case, FACTS, 20_000, "li", "拟处罚款")
    house.now = midnight(dt.date(2026, 3, 12)) + 10 * HOUR
    house.desk.penalties.decide(case, 20_000, "chief", "事实清楚")
    house.desk.penalties.serve(case, "direct", "li", "签收")


def links(page):
    return re.findall(r'href="([^"]+\.(?:docx|pdf))"', page.text)


def test_a_paper_is_asked_for_issued_and_downloaded(house, case):
    client, page = house.browser(), f"/enforcement/penalties/{case}"
    form = client.get(page).text
    for name in PARTY:
        assert f'name="{name}"' in form, "what the register does not know is asked for"
    assert post(client, f"{page}/papers/filing").status_code == 422
    assert post(client, f"{page}/papers/filing", **PARTY).status_code == 303
    shown = client.get(page)
    word, printed = links(shown)
    assert "澄综执立字〔2026〕第0001号" in said(shown)
    assert client.get(word).content.startswith(b"PK")
    got = client.get(printed)
    assert (got.status_code, got.content) == (200, client.get(printed).content)
    assert got.headers["content-type"] == "application/pdf"
    assert quote("澄综执立字〔2026〕第0001号.pdf") in got.headers["content-disposition"]
    assert 'action="' + f'{page}/papers/filing"' not in shown.text, "it is issued once"


def test_who_reads_may_download_and_not_issue(house, case):
    post(house.browser(), f"/enforcement/penalties/{case}/papers/filing", **PARTY)
    reader = house.browser("eye")
    page = reader.get(f"/enforcement/penalties/{case}")
    assert "/papers/filing" not in page.text
    assert reader.get(links(page)[1]).status_code == 200
    assert post(reader, f"/enforcement/penalties/{case}/papers/assistance").status_code == 403


@pytest.mark.parametrize(
    "name", ["x.pdf", "x.exe", "澄综执立字〔2026〕第0001号", "..%2f..%2fa.pdf"]
)
def test_what_was_never_issued_is_not_found(house, case, name):
    client = house.browser()
    assert client.get(f"/enforcement/penalties/{case}/papers/{name}").status_code == 404
    assert post(client, f"/enforcement/penalties/{case}/papers/poem").status_code == 404
    assert post(client, "/enforcement/penalties/nothing/papers/filing").status_code == 404


def test_settings_that_cannot_be_read_leave_the_page_standing(house, case):
    own = house.node.home / "enforcement" / "agency.toml"
    own.write_text("short = 5", "utf-8")
    page = house.browser().get(f"/enforcement/penalties/{case}")
    assert page.status_code == 200
    assert "agency.toml" in said(page)


def test_a_penalty_on_the_spot_is_decided_in_one_form(house):
    client = house.browser()
    form = client.get("/enforcement/penalties/spot?item=market.licence_hidden&enterprise=E0001")
    assert form.status_code == 200
    assert 'max="3000"' in form.text
    photo = {"file": ("p.txt", "首页".encode())}
    path = "/enforcement/penalties/spot"
    assert post(client, path, **SPOT).status_code == 422, "without evidence there is none"
    assert post(client, path, photo, **SPOT | {"fine": "3001"}).status_code == 409
    made = post(client, path, photo, **SPOT)
    assert made.status_code == 303
    case = made.headers["location"].split("/")[-1].split("?")[0]
    one = file(house, case)
    assert (one.status, one.fine, one.on_the_spot) == ("served", 1000, True)
    shown = client.get(f"/enforcement/penalties/{case}")
    assert "p.txt" in said(shown)
    evidence = re.search(rf'href="(/enforcement/penalties/{case}/evidence/\w+)"', shown.text)
    assert client.get(evidence[1]).content == "首页".encode()
    assert post(house.browser("chief"), path, photo, **SPOT).status_code == 403


def test_who_leads_assigns_takes_out_and_transfers(house, case):
    chief, page = house.browser("chief"), f"/enforcement/penalties/{case}"
    shown = chief.get(page).text
    for act in ("assign", "recuse", "transfer"):
        assert f'action="{page}/{act}"' in shown
    assert post(chief, f"{page}/assign", to="wang").status_code == 303
    said_ = {"officer": "li", "instead": "zhao", "words": "亲属"}
    assert post(house.browser(), f"{page}/recuse", **said_).status_code == 403
    assert post(chief, f"{page}/recuse", **said_).status_code == 303
    one = file(house, case)
    assert (one.officers, one.assigned) == (("zhao", "wang"), "wang")
    refused = post(house.browser(), f"{page}/notice", fine="20000", words="x", **FORM)
    assert refused.status_code == 409
    assert "第四十三条" in said(refused)
    assert post(chief, f"{page}/transfer", to="公安分局", words="涉嫌犯罪").status_code == 303
    assert file(house, case).outcome == "transferred"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            {"due": ["2026-03-31"], "amount": ["-20000"]},
            "第 1 期填的是 -20000 元；每期应为 1 至 20000 元",
        ),
        (
            {"due": ["2026-03-31", "2026-04-30"], "amount": ["20000", "0"]},
            "第 2 期填的是 0 元；每期应为 1 至 20000 元",
        ),
        (
            {"due": ["2026-03-31", "2026-04-30"], "amount": ["20000"]},
            "第 2 期填的是 0 元；每期应为 1 至 20000 元",
        ),
        ({"due": ["2026-03-31"], "amount": ["20000", "5"]}, "日期"),
        ({"due": ["2026-03-31"], "amount": ["20001"]}, "第 1 期填的是 20001 元；每期应为 1 至"),
        ({"due": ["2026-03-31"], "amount": ["1.5"]}, "“1.5”不是整数"),
    ],
)
def test_an_instalment_below_one_yuan_or_above_what_is_unpaid_is_refused(house, case, lines, told):
    served(house, case)
    chief = house.browser("chief")
    answer = post(chief, f"/enforcement/penalties/{case}/defer", words="困难", **lines)
    assert answer.status_code == 422
    assert told in said(answer)
    assert not file(house, case).instalments


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("0", "金额 0 不对：应为 1 至 20000 元"),
        ("-5", "金额 -5 不对：应为 1 至 20000 元"),
        ("20001", "金额 20001 不对：应为 1 至 20000 元"),
        ("1.5", "“1.5”不是整数"),
        ("", "不是整数"),
    ],
)
def test_a_payment_of_nothing_or_of_more_than_is_owed_is_refused(house, case, amount, told):
    served(house, case)
    answer = post(house.browser(), f"/enforcement/penalties/{case}/pay", amount=amount)
    assert answer.status_code == 422
    assert told in said(answer)
    assert file(house, case).paid == 0


def test_payment_is_deferred_and_demanded(house, case):
    served(house, case)
    chief, page = house.browser("chief"), f"/enforcement/penalties/{case}"
    lines = {"due": ["2026-03-31", "2026-04-30", ""], "amount": ["10000", "10000", ""]}
    assert f'action="{page}/defer"' in chief.get(page).text
    assert post(chief, f"{page}/defer", words="困难", **lines).status_code == 303
    assert [part.amount for part in file(house, case).instalments] == [10_000, 10_000]
    bad = {"due": ["soon"], "amount": ["20000"]}
    assert post(chief, f"{page}/defer", words="困难", **bad).status_code == 422
    client = house.browser()
    assert f'action="{page}/demand"' not in client.get(page).text
    house.now = midnight(dt.date(2026, 4, 3)) + 10 * HOUR
    client = house.browser()  # three weeks later the session is over
    assert f'action="{page}/demand"' in client.get(page).text, "the first instalment is late"
    assert post(client, f"{page}/demand", words="催告", receipt="签收").status_code == 303
    assert file(house, case).demanded == dt.date(2026, 4, 3)


def test_another_file_is_marked_as_the_same_act(house, case):
    served(house, case)
    client = house.browser()
    form = client.get("/enforcement/penalties/new?item=fire.lane_blocked&enterprise=E0001")
    assert f'<option value="{case}">' in form.text
    made = post(
        client, "/enforcement/penalties", item="fire.lane_blocked", enterprise="E0001",
        officers=["li", "wang"], act_day="2026-03-03", words="占道", same_act_as=case, **FORM,
    )  # fmt: skip
    other = made.headers["location"].split("/")[-1].split("?")[0]
    assert file(house, other).same_act_as == case
    assert f"/enforcement/penalties/{case}" in client.get(f"/enforcement/penalties/{other}").text


def test_certificates_that_run_out_are_shown_to_who_leads(house):
    house.desk.registers.officers(
        [{"id": "qian", "certificate_until": START + dt.timedelta(days=20)}], "test"
    )
    assert "qian 2026-03-22" in said(house.browser("chief").get("/enforcement/penalties"))
    assert "qian" not in said(house.browser().get("/enforcement/penalties"))
