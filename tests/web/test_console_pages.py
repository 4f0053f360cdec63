"""The console's pages over a node that has lived through a pile-on."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import console_house as house
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from starlette.testclient import TestClient

from databases import Databases
from lianzhi.jobs.node import Node
from lianzhi.store import views
from lianzhi.store.accounts import list_users, user_table
from lianzhi.web.app import create_app
from lianzhi.web.console.render import NAVIGATION
from lianzhi.web.core.settings import Settings

PAGES = [url for _, url, _ in NAVIGATION]
LISTS = [
    "/warnings?stage=act",
    "/cases?status=all",
    "/cases?status=mine",
    "/cases?q=nobody",
    "/protections?status=all",
    "/live",
]
Enter = Callable[..., TestClient]


@pytest.fixture(scope="module")
def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.build(tmp_path_factory.mktemp("town")) as node:
        house.work(node)
        yield node


@pytest.fixture(scope="module")
def web(town: Node) -> FastAPI:
    return create_app(town, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))


@pytest.fixture
def enter(web: FastAPI) -> Enter:
    def sign_in(role: str = "reviewer", language: str = "en") -> TestClient:
        client = TestClient(web, headers={"accept": "text/html", "accept-language": language})
        page = client.get("/login")
        form = {"name": role, "password": house.PASSWORD, "csrf": token(page.text), "next": "/"}
        page = client.post("/login", data=form)
        assert page.status_code == 200, page.text
        client.headers["X-CSRF-Token"] = token(page.text)
        return client

    return sign_in


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def case_url(town: Node, account: str = house.HARMED) -> str:
    return f"/cases/{house.case_of(town, account)}"


def spoken(town: Node) -> list[int]:
    """Positions of the texts in evidence."""
    view = views.case(town.engine, house.case_of(town, house.HARMED))
    assert view is not None
    return [row.seq for row in view.evidence if row.text]


class Reader(HTMLParser):
    """Collects what a page must not have, and what its controls are called."""

    VOID = frozenset({"input", "meta", "link", "br", "img", "path", "circle", "rect", "line"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.controls: list[tuple[str, dict[str, str | None], bool]] = []
        self.described: list[str] = []
        self.stack: list[str] = []
        self.headings: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inline += [name for name in given if name == "style" or re.fullmatch(r"on\w+", name)]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.inline.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "label":
            self.labels.add(str(given.get("for")))
        self.described += str(given.get("aria-describedby") or "").split()
        self.described += str(given.get("aria-labelledby") or "").split()
        if tag in ("input", "select", "textarea") and given.get("type") != "hidden":
            self.controls.append((tag, given, "label" in self.stack))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.stack.pop() == tag, f"unbalanced </{tag}>"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_every_page_is_whole_accessible_and_free_of_inline_code(
    town: Node, enter: Enter, role: str, language: str
) -> None:
    client = enter(role, language)
    urls = [*PAGES, *LISTS, case_url(town), case_url(town, house.MINOR)]
    urls += [f"{case_url(town)}/why/{seq}" for seq in spoken(town)[:5]]
    urls += ["/lexicons/try"] if role == "reviewer" else []
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200, url
        reader = Reader(answer.text)
        assert reader.stack == [], url
        assert reader.inline == [], url
        assert len(reader.ids) == len(set(reader.ids)), url
        assert set(reader.described) <= set(reader.ids), url
        for tag, given, inside in reader.controls:
            named = inside or given.get("aria-label") or given.get("id") in reader.labels
            assert named, (url, tag, given)
        if url != "/live":
            assert f'<html lang="{language}"' in answer.text
            assert reader.headings.count(1) == 1, url
            assert re.findall(r"<main id=\"main\"", answer.text)


def test_pages_hold_no_key_where_a_word_should_stand(town: Node, enter: Enter) -> None:
    for language in ("zh", "en"):
        client = enter("reviewer", language)
        for url in [*PAGES, *LISTS, case_url(town), f"{case_url(town)}/why/{spoken(town)[0]}"]:
            page = re.sub(r"<code.*?</code>|<[^>]*>", " ", client.get(url).text, flags=re.S)
            left = re.findall(
                r"\b(?:nav|col|act|case|story|why|reading|way|ask|step|role|empty)\.[a-z_]+", page
            )
            assert left == [], url


def test_strangers_are_sent_to_sign_in_and_on_to_where_they_wanted(
    web: FastAPI, town: Node
) -> None:
    client = TestClient(web, headers={"accept": "text/html"}, follow_redirects=False)
    answer = client.get(case_url(town))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


def test_the_overview_names_who_it_forms_around(enter: Enter) -> None:
    page = enter().get("/live").text
    assert house.HARMED in page
    assert "Act" in page


def test_the_case_page_tells_the_story(town: Node, enter: Enter) -> None:
    page = enter("reviewer", "zh").get(case_url(town)).text
    for told in ("涌向", "首发", "煽动", "声援", "有害内容", "影子", "立案", "不要脸", "<mark"):
        assert told in page, told
    assert page.count('class="quote"') > 3


def test_a_viewer_sees_every_button_greyed_with_the_reason(town: Node, enter: Enter) -> None:
    client = enter("viewer")
    page = client.get(case_url(town)).text
    assert page.count("Your role may look, not act.") == 6
    for step in ("protection", "assign", "note", "close", "reopen"):
        data = {
            "hours": "24",
            "channels": "comment",
            "strangers": "true",
            "reason": "x",
            "outcome": "settled",
            "text": "x",
        }
        assert client.post(f"{case_url(town)}/{step}", data=data).status_code == 403, step


def test_forbidden_steps_are_refused_even_when_posted_by_hand(town: Node, enter: Enter) -> None:
    client = enter()
    closed = case_url(town, house.MINOR)
    size = views.record_status(town.engine).size
    data = {"hours": "24", "channels": "comment", "strangers": "true"}
    assert client.post(f"{closed}/protection", data=data).status_code == 409
    assert (
        client.post(f"{closed}/close", data={"outcome": "settled", "reason": "x"}).status_code
        == 409
    )
    assert client.post(f"{case_url(town)}/reopen", data={"reason": "x"}).status_code == 409
    bad = [
        {"hours": "24", "strangers": "true"},
        {**data, "hours": "0"},
        {"hours": "24", "channels": "comment"},
    ]
    assert [client.post(f"{case_url(town)}/protection", data=d).status_code for d in bad] == [
        422
    ] * 3
    assert (
        client.post(f"{case_url(town)}/close", data={"outcome": "won", "reason": "x"}).status_code
        == 422
    )
    assert (
        client.post(
            f"{case_url(town)}/close", data={"outcome": "settled", "reason": "  "}
        ).status_code
        == 422
    )
    assert client.post("/protections/none/lift").status_code == 404
    assert views.record_status(town.engine).size == size


def test_working_a_case_from_protection_to_reopening(town: Node, enter: Enter) -> None:
    client, url = enter(), case_url(town, "up_05")
    case = url.rsplit("/", 1)[1]
    data = {"hours": "24", "channels": ["comment", "mention"], "strangers": "true"}
    assert "Protection is granted" in client.post(f"{url}/protection", data=data).text
    view = views.case(town.engine, case)
    assert view is not None
    granted = view.protections[0]
    assert (granted.channels, granted.granted_by) == (("comment", "mention"), "reviewer")
    assert granted.expires_at == house.NOW + 24 * house.HOUR
    assert town.guard.check("comment", "a stranger", "up_05", house.NOW, None).allowed is False
    assert "up_05" in client.get("/protections").text
    assert client.post(f"{url}/protection", data=data).status_code == 409
    assert "with you now" in client.post(f"{url}/assign").text
    assert (
        "called &lt;b&gt; them" in client.post(f"{url}/note", data={"text": "called <b> them"}).text
    )
    lines = "x" * 1000 + "\r\n" * 500 + "y" * 500  # 2000 characters, as who types counts them
    assert "y" * 500 in client.post(f"{url}/note", data={"text": lines}).text
    lifted = client.post(f"/protections/{granted.id}/lift", data={"next": url})
    assert "Protection is ended" in lifted.text
    closing = {"outcome": "subsided", "reason": "quiet since noon"}
    assert "quiet since noon" in client.post(f"{url}/close", data=closing).text
    assert "case is open again" in client.post(f"{url}/reopen", data={"reason": "it is back"}).text
    view = views.case(town.engine, case)
    assert view is not None
    assert (view.row.status, view.row.assignee) == ("open", "reviewer")


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", "friends are shut out too"), ("zh", "好友也会被挡住")],
)
def test_the_form_of_a_protection_says_whom_it_shuts_out_where_nobody_is_known(
    town: Node, enter: Enter, language: str, wanted: str
) -> None:
    page = enter().get(case_url(town, "up_05"), headers={"Accept-Language": language}).text
    form = page.partition('/protection"')[2].partition("</form>")[0]
    assert wanted in form


def test_what_a_link_claims_was_done_is_not_repeated(town: Node, enter: Enter) -> None:
    page = enter().get(case_url(town) + "?done=you+have+won").text
    assert "you have won" not in re.sub(r'value="[^"]*"', "", page)


def test_the_record_can_be_verified_from_its_page(enter: Enter, town: Node) -> None:
    client = enter("auditor")
    size = views.record_status(town.engine).size
    assert f"all {size} entries checked" in client.post("/record/verify").text
    part = client.post("/record/verify", headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert re.search(r"[1-9]\d* signed checkpoints, each consistent with the next", part)


def test_a_user_changed_behind_the_record_is_named_there(enter: Enter, town: Node) -> None:
    client = enter("auditor", "en")
    name = next(user.name for user in list_users(town.engine) if user.name != "auditor")
    of_user = user_table.c.name == name
    with town.engine.begin() as connection:
        roles = connection.scalar(select(user_table.c.roles).where(of_user))
        connection.execute(update(user_table).where(of_user).values(roles="admin legal"))
    part = client.post("/record/verify", headers={"hx-request": "true"}).text
    with town.engine.begin() as connection:
        connection.execute(update(user_table).where(of_user).values(roles=roles))
    assert f"Changed behind the record: user {name} (roles: not as recorded)." in part
    assert "as recorded." not in part


def test_lists_go_on_where_the_cursor_says(enter: Enter, town: Node) -> None:
    client = enter()
    first = views.findings(town.engine, limit=2)
    rest = client.get(f"/warnings?cursor={first.next}").text
    assert "<html" not in rest
    assert rest.count('class="row"') == len(views.findings(town.engine).rows) - 2
    assert client.get("/warnings?cursor=nonsense").status_code == 422


def test_search_finds_a_case_by_id_and_by_account(enter: Enter, town: Node) -> None:
    client = enter()
    case = house.case_of(town, house.HARMED)
    assert str(client.get(f"/search?q={case}").url).endswith(f"/cases/{case}")
    found = client.get("/search", params={"q": f"@{house.HARMED}"})
    assert house.HARMED in found.text
    assert case in found.text


def test_language_and_theme_are_remembered(enter: Enter) -> None:
    client = enter("reviewer", "en")
    assert 'lang="zh"' in client.post("/language", data={"to": "zh", "next": "/cases"}).text
    page = client.post("/theme", data={"to": "dark", "next": "/cases"}).text
    assert 'data-theme="dark"' in page
    assert 'lang="zh"' in page
    away = client.post("/theme", data={"to": "x", "next": "//evil.example"}, follow_redirects=False)
    assert away.headers["location"] == "/"


def test_errors_have_a_page_in_words(enter: Enter) -> None:
    client = enter("reviewer", "zh")
    answer = client.get("/cases/none")
    assert answer.status_code == 404
    assert "这里没有您要找的内容" in answer.text
    client.headers["X-CSRF-Token"] = "wrong"
    answer = client.post("/record/verify")
    assert answer.status_code == 403
    assert "没有权限" in answer.text


def test_quarantine_shows_reason_mend_and_row(enter: Enter) -> None:
    page = enter().get("/quarantine").text
    for told in ("broken JSON", "missing field", "not valid UTF-8", "key:demo", "\\xff"):
        assert told in page, told


def test_an_empty_house_explains_what_would_appear(tmp_path: object) -> None:
    with Node(tmp_path, clock=lambda: house.NOW) as node:  # type: ignore[arg-type]
        house.accounts.add_user(
            node.ledger, "reviewer", house.PASSWORD, ["reviewer"], house.NOW, "test"
        )
        app = create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))
        client = TestClient(app, headers={"accept": "text/html", "accept-language": "en"})
        form = {"name": "reviewer", "password": house.PASSWORD, "next": "/"}
        client.post("/login", data={**form, "csrf": token(client.get("/login").text)})
        for url in ("/", "/warnings", "/cases"):
            assert "lianzhi watch FILE" in client.get(url).text, url
        for url in ("/protections", "/quarantine"):
            assert 'class="empty"' in client.get(url).text, url
