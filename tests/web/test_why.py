"""Why was this flagged: a stored text read again by the lexicon in force, and a text to try."""

import datetime as dt
import html
import re
from collections.abc import Iterator

import console_house as house
import pytest
from starlette.testclient import TestClient
from web_house import FakeNode

from lianzhi.jobs.node import Node
from lianzhi.store import views
from lianzhi.store.looks import LOOKED
from lianzhi.text import assess
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.lexicons import build, checked
from lianzhi.web.app import create_app
from lianzhi.web.console.reading import read
from lianzhi.web.core.settings import Settings

CLOAKED = "亻尔 去 歹匕"
DAY = dt.date(2026, 11, 25)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.build(tmp_path_factory.mktemp("town")) as node:
        yield node


@pytest.fixture
def client(town: Node) -> Iterator[TestClient]:
    app = create_app(town, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))
    with TestClient(app, headers={"accept": "text/html", "accept-language": "en"}) as client:
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
        assert found
        form = {"name": "viewer", "password": house.PASSWORD, "csrf": found[1], "next": "/"}
        assert client.post("/login", data=form).status_code == 200
        yield client


@pytest.fixture(scope="module")
def why(town: Node) -> str:
    """Where a cloaked text is explained."""
    case = house.case_of(town, house.HARMED)
    view = views.case(town.engine, case)
    assert view is not None
    seq = next(row.seq for row in view.evidence if row.text == house.CLOAKED)
    return f"/cases/{case}/why/{seq}"


def plain(page: str) -> str:
    """What a page says, without markup."""
    return html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page)))


def test_a_quote_leads_to_why_it_was_flagged(client: TestClient, why: str) -> None:
    page = client.get(why[: why.index("/why")]).text
    assert f'hx-get="{why}"' in page
    assert f'<a href="{why}"' in page, "without script"
    assert "Why was this flagged?" in page


def test_what_matched_is_told_with_how_it_is_written(client: TestClient, why: str) -> None:
    page = client.get(why).text
    said = plain(page)
    for told in (
        "亻尔 去 歹匕 → 你去死",
        "split characters",
        "sha*bi → 傻逼",
        "pinyin",
        "cost 2.5",
    ):
        assert told in said, told
    assert re.search(r"log-odds \d", said)
    assert "Entry 你去死 · By how it is put: dying" in said
    over = re.search(r"<li>((?:(?!<li>).)*)<strong>你去死</strong></li>", page)
    assert over
    assert over[1].count("<small>") == 5, "of all that it was written with"
    assert "<small>sha</small>" in page, "the syllables stand under it"
    assert "<small>gun" not in page
    assert 'href="/cases/' in page
    chinese = plain(client.get(why, headers={"accept-language": "zh"}).text)
    for told in ("拆字", "拼音", "实指", "读音", "代价 2.5", "教唆", "按说法识别： 去死"):
        assert told in chinese, told


def test_under_its_quote_stands_the_part_alone(client: TestClient, why: str) -> None:
    part = client.get(why, headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert "你去死" in part


def test_the_version_in_force_is_named_and_the_one_of_the_finding_if_it_differs(
    client: TestClient, town: Node, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = town.lexicons.lexicon.version
    said = client.get(why).text
    assert f"<code>{before}</code> · the finding names the same" in said
    group = [{"sense": "", "weight": 0.8, "terms": ["看见你"]}]
    own = build({"own": checked("own", {"kind": "insult", "version": DAY, "group": group})})
    monkeypatch.setattr(town.lexicons, "lexicon", own)
    said = client.get(why).text
    assert f"<code>{own.version}</code> · the finding may have read it otherwise" in said
    assert f"it names version <code>{before}</code>" in said


def test_seeing_it_is_a_look_that_is_found_by_the_person(
    client: TestClient, town: Node, why: str
) -> None:
    client.get(why)
    ((ref, said),) = {
        (entry.ref, str(town.ledger.payload(entry.index)["refs"]))
        for entry in town.ledger.entries()
        if entry.kind == LOOKED
        and town.ledger.payload(entry.index)["what"] == "/cases/{case}/why/{seq}"
    }
    assert ref == house.case_of(town, house.HARMED)
    assert said == str([ref])


@pytest.mark.parametrize("seq", ["999999999", "-5", "x"])
def test_what_is_no_evidence_is_not_explained(client: TestClient, why: str, seq: str) -> None:
    assert client.get(f"{why.rpartition('/')[0]}/{seq}").status_code in (404, 422)


def test_a_text_is_tried_and_not_kept(node: FakeNode, signed_in) -> None:
    client: TestClient = signed_in("reviewer")
    assert 'href="/lexicons/try"' in client.get("/lexicons").text
    assert 'href="/lexicons/try"' not in signed_in("viewer").get("/lexicons").text
    entries = sum(1 for _ in node.ledger.entries())
    said = client.post("/lexicons/try", data={"text": CLOAKED}).text
    assert "你去死" in said
    assert node.lexicons.lexicon.version in said
    assert "the finding" not in said
    assert CLOAKED in said, "it stays in the form"
    assert sum(1 for _ in node.ledger.entries()) == entries
    for wrong in ("", " ", "长" * 4001):
        assert client.post("/lexicons/try", data={"text": wrong}).status_code == 422


def test_where_a_text_as_a_whole_is_found_its_words_are_marked_all_the_same() -> None:
    words = "你个2b，天天发这种东西，去s吧，真是个狗r的。别以为换了号我不认识你，沙笔"
    drawn = read(words, lexicons.shipped())
    assert [one.text for one in drawn.matches if "as a whole" in one.senses] == [words]
    marked = "".join(cell.text for column in drawn.columns for cell in column.cells if cell.flagged)
    assert "狗r的" in marked
    assert "天天发这种东西" not in marked


def test_a_tried_text_is_never_markup(signed_in) -> None:
    client: TestClient = signed_in("reviewer")
    text = "<b>滚</b>\u202e你<script>去死</script>\u200b"
    said = client.post("/lexicons/try", data={"text": text}).text
    assert not re.search("<b>|<script>(?!$)", said)
    shown = said[said.index('class="reading"') :]
    assert "\u202e" not in shown


def test_a_long_text_is_drawn_in_part(signed_in) -> None:
    said = signed_in("reviewer").post("/lexicons/try", data={"text": "你好" * 2000}).text
    assert said.count("<td>") <= 700
    assert "3,700" in said


def test_words_in_shadow_are_told_apart(node: FakeNode, signed_in, monkeypatch) -> None:
    group = [{"sense": "", "weight": 0.8, "terms": ["灯塔水"], "state": "shadow"}]
    own = build({"own": checked("own", {"kind": "insult", "version": DAY, "group": group})})
    monkeypatch.setattr(node.lexicons, "lexicon", own)
    said = signed_in("reviewer").post("/lexicons/try", data={"text": "她就是灯塔水"}).text
    assert "灯塔水" in plain(said[said.index('class="reading"') :])
    assert "insult" not in assess("她就是灯塔水", own).kinds
