"""Pages that anybody reads: no person is named, no cookie kept, what is withdrawn is taken back."""

import datetime as dt
import re

import pytest
from requests_web import Console, Town

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import discretion_words
from lianzhi.domains.enforcement.queries.published import anonymous
from lianzhi.record.lots import Public

BASE = "/enforcement/public"
PAGES = ("", "/powers", "/discretion", "/checklists", "/draws", "/requests")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with Town(tmp_path_factory.mktemp("public")) as town:
        town.unit = town.decided()
        town.person = town.decided("E0002", unit=False)
        yield town


@pytest.fixture
def anyone(town):
    return town.anybody()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_they_answer_without_sign_in_or_cookie(anyone, path, language):
    answer = anyone.get(BASE + path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "csrf" not in answer.text
    assert "<script" not in answer.text
    assert f'lang="{language}"' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_the_language_asked_for_stays_in_every_link(anyone, path):
    page = anyone.get(f"{BASE}{path}?lang=en", headers={"accept-language": "zh"}).text
    links = re.findall(r'href="(/enforcement/public[^"]*)"', page)
    other = [link for link in links if "lang=zh" in link]
    assert len(other) == 1, "the one that changes the language"
    assert all("lang=en" in link for link in links if link not in other)


def test_units_are_named_and_persons_are_not(town, anyone):
    page = anyone.get(BASE).text
    assert "江月餐馆" in page
    assert "欧阳某" in page
    assert not re.search("欧阳建国|E0001|E0002|wang|chief", page)
    one = anyone.get(f"{BASE}/decisions/{town.person}").text
    assert "欧阳某" in one
    assert "欧阳建国" not in one
    assert not re.search("E0002|wang|chief|堵塞</p>|事实清楚", one)


def test_a_decision_tells_facts_basis_row_and_fine(town, anyone):
    page = anyone.get(f"{BASE}/decisions/{town.unit}", headers={"accept-language": "zh"}).text
    with town.desk.office.reading() as connection:
        one = town.desk.office.penalty(connection, town.unit)
    item = town.desk.office.rules.named(one.item, one.act_day)
    assert "20,000" in page
    assert one.row in page
    assert item.penal.cite in page
    assert item.violated.cite in page
    row = discretion_words.row(town.desk.office.rules.discretion, one.row, "zh")
    assert all(part in page for part in row.when)


def test_decisions_are_found_by_item_and_department(town, anyone):
    def found(query):
        return len(re.findall(r"/decisions/", anyone.get(BASE, params={"q": query}).text))

    assert found("消防") == found("fire") == found("") == 2
    assert found("安全出口") == 2
    assert found("食品") == 0


def test_what_is_not_published_is_not_there(town, anyone):
    made = town.desk.penalties.file(
        "fire.exit_blocked", "E0001",
        {"harm": "minor", "first_time": True, "corrected": False, "days": 9, "fault": True},
        dt.date(2026, 3, 4), ["li", "wang"], "li", "x",
    )  # fmt: skip
    for path in (f"/decisions/{made}", "/decisions/nothing"):
        answer = anyone.get(BASE + path, headers={"accept": "text/html"})
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers


def test_a_withdrawn_decision_says_when_and_why_and_nothing_else(town, anyone):
    made = town.decided("E0001")
    town.desk.penalties.record("unpublished", made, "chief", "复议机关撤销了决定")
    page = anyone.get(f"{BASE}/decisions/{made}").text
    assert "复议机关撤销了决定" in page
    assert "江月餐馆" not in page
    assert "20,000" not in page
    assert made not in anyone.get(BASE).text


def test_pages_of_decisions_follow_without_gap_or_repeat(tmp_path, monkeypatch):
    with Town(tmp_path) as town:
        made = {town.decided() for _ in range(5)}
        monkeypatch.setattr("lianzhi.kit.noun_views.ROWS", 2)
        found, path, anyone = [], BASE, town.anybody()
        while path:
            page = anyone.get(path).text
            found += re.findall(r"/decisions/([0-9a-f]+)", page)
            older = re.search(r'class="tap" href="([^"]*)"', page)
            path = older[1].replace("&amp;", "&") if older else ""
        assert len(found) == len(made)
        assert set(found) == made


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("path", "title", "why"),
    [
        ("", "还没有公开的处罚决定|No decision is published yet", "行政处罚法"),
        ("/draws", "还没有抽取|No draw has been made yet", "方案|plan"),
        ("/powers", "没有施行中的权力清单|No power list is in force", "施行之日|takes effect"),
        ("/discretion", "还没有事项|Nothing stands on this list", "公布裁量基准|discretion tables"),
        (
            "/checklists",
            "还没有公布检查清单|No checklist is published",
            "公布这个行业|has published",
        ),
    ],
)
def test_where_nothing_is_published_it_says_why_and_where_to_look(
    tmp_path, monkeypatch, path, title, why, language
):
    with Town(tmp_path) as town:
        rules = town.desk.office.rules

        def none(*_):
            raise PolicyError("none is in force")

        for name in ("_powers", "shelf.checklist") if path in ("/powers", "/checklists") else ():
            of, _, attribute = name.rpartition(".")
            monkeypatch.setattr(getattr(rules, of) if of else rules, attribute, none)
        monkeypatch.setattr(rules.discretion, "tables", ())
        answer = town.anybody().get(BASE + path, headers={"accept-language": language})
        assert answer.status_code == 200
        (empty,) = re.findall(r'<div class="empty".*?</div>', answer.text, re.S)
        assert re.search(title, empty)
        assert re.search(why, empty)
        assert len(re.findall(r'href="/enforcement/public', empty)) == 2
        assert "public_empty" not in answer.text


def test_what_is_not_found_names_what_was_searched_and_the_way_back(anyone):
    for path in ("", "/powers"):
        page = anyone.get(BASE + path, params={"q": "<i>太空"}).text
        (empty,) = re.findall(r'<div class="empty".*?</div>', page, re.S)
        assert "&lt;i&gt;太空" in empty
        assert f'href="{BASE}{path}"' in empty


def test_the_power_list_has_every_item_and_marks_what_may_not_be_enforced(town, anyone):
    power = town.desk.office.rules.power(town.desk.office.today())
    page = anyone.get(f"{BASE}/powers").text
    assert all(f"<code>{one.number}</code>" in page for one in power)
    assert page.count('<span class="tag minor">') == sum(not one.verified for one in power)


@pytest.mark.parametrize("name", discretion_words.LISTS)
def test_the_three_lists_have_every_row_with_conditions_and_article(town, anyone, name):
    page = anyone.get(f"{BASE}/discretion?list={name}", headers={"accept-language": "zh"}).text
    rows = [
        row
        for table in town.desk.office.rules.discretion.tables
        for row in discretion_words.rows(table, "zh")
        if row.list == name
    ]
    assert rows
    assert page.count('lang="zh">') >= len(rows)
    for row in rows:
        assert row.article in page


def test_checklists_are_read_in_seven_languages_from_the_right_where_it_is_so(anyone):
    page = anyone.get(f"{BASE}/checklists").text
    codes = re.findall(r'<option value="(\w+)" lang=', page)
    assert set(codes) == {"zh", "en", "ar", "fr", "ru", "ko", "ja"}
    for code in codes:
        page = anyone.get(f"{BASE}/checklists?words={code}").text
        assert ('<ol class="public-list" dir="rtl">' in page) == (code == "ar")
        assert f'<span lang="{code}"' in page


def test_a_draw_stands_there_with_what_is_needed_to_draw_again(town, anyone):
    draws, today = town.desk.draws, town.desk.office.today()
    later = today + dt.timedelta(days=10)
    public = Public(source="福彩双色球", on=later)
    digest = draws.plan("spring", 1, later + dt.timedelta(days=60), public, later, "chief")
    page = anyone.get(f"{BASE}/draws").text
    assert digest in page
    assert public.source in page
    assert anyone.get(f"{BASE}/draws/spring/enterprises.csv").status_code == 200
    assert anyone.get(f"{BASE}/draws/spring/draw.json").status_code == 404
    roster = anyone.get(f"{BASE}/draws/spring/enterprises.csv").text
    assert "E0001" not in roster


def test_nothing_is_changed_from_there(anyone):
    assert anyone.post(BASE).status_code in (403, 405)


def test_names_are_cut_to_the_surname():
    assert [anonymous(one) for one in ("李四", "欧阳修", "王", "", "Ann Lee")] == [
        "李某", "欧阳某", "王某", ".", "A.",
    ]  # fmt: skip


def test_signed_in_or_not_it_is_the_same_page(town, anyone):
    console = Console(town, "reader")
    assert (
        console.get(f"{BASE}/powers").text
        == anyone.get(f"{BASE}/powers", headers=console.headers).text
    )
