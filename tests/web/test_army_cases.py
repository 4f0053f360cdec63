"""Fake ratings, texts made alike and adverts: from lines of JSON to pages that tell and weigh."""

import io
import random
import zipfile
from collections.abc import Iterator

import msgspec
import pytest
from fastapi import FastAPI
from rich.console import Console
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of, login_form

from lianzhi.chain.event import Event
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.chain.views import CaseView
from lianzhi.cli.case_page import page_of
from lianzhi.cli.case_words import Words
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts, views
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from made_reviews import BEGIN, DAY, HOUR, army, people, said
from streams import body, event, merged

#: Streams are made in the past; rules that can be cited are in force only since this day.
LATER = 1_794_700_800_000 - BEGIN
NOW = BEGIN + LATER + 12 * DAY
HIRES = "本群招人写好评，一条四块，当天结，想做的私聊我"
SEEKS = "求购五星好评一百条，一条十块，有做的私聊我"
LANGUAGES = ["zh", "en"]


def rating(id_: str, at: int, actor: str, film: int, stars: float) -> Event:
    return event(id_, at, actor, f"studio{film}", kind="rating", object=f"film{film}", rating=stars)


def films() -> list[Event]:
    """Ten days of ratings; on the eighth forty new accounts give one film one star each."""
    draw, events = random.Random(4), []
    for n in range(1500):
        film, who = draw.randrange(20), f"v{draw.randrange(150)}"
        stars = min(5.0, max(1.0, round(draw.gauss(3.4 + film % 3 / 3, 1))))
        events.append(rating(f"r{n}", BEGIN + draw.randrange(10 * DAY), who, film, stars))
    new = [BEGIN + 8 * DAY + draw.randrange(20 * HOUR) for _ in range(40)]
    return events + [rating(f"x{n}", at, f"new{n:02}", 5, 1.0) for n, at in enumerate(new)]


def adverts() -> list[Event]:
    return [
        said("hires", BEGIN + DAY, "agent", "video1", HIRES),
        said("seeks", BEGIN + 2 * DAY, "buyer", "video1", SEEKS),
    ]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("home")
    with Node(
        home, Config(domains=("bullying", "astroturf"), lateness_seconds=0), lambda: NOW
    ) as node:
        end = rating("end", BEGIN + 11 * DAY, "v1", 19, 3.0)
        made = merged(films(), people(), army(), adverts(), [end])
        late = [msgspec.structs.replace(one, time=one.time + LATER) for one in made]
        node.intake.submit(body(late), "test")
        node.intake.finish()
        yield node


@pytest.fixture(scope="module")
def app(node: Node) -> FastAPI:
    accounts.add_user(node.ledger, "ann", PASSWORD, ("reviewer",), NOW, "test")
    return create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))


@pytest.fixture
def ann(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, headers={"accept": "text/html"}) as client:
        client.post("/login", data=login_form(client, "ann", PASSWORD))
        client.headers["X-CSRF-Token"] = csrf_of(client)
        yield client


def case(node: Node, kind: str) -> CaseView:
    (row,) = [one for one in views.cases(node.engine).rows if one.kind == f"astroturf.{kind}"]
    view = views.case(node.engine, row.id)
    assert view is not None
    return view


def shown(client: TestClient, view: CaseView, language: str) -> str:
    answer = client.get(f"/cases/{view.row.id}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.text


ABOUT = {"ratings": "on:film5", "reviews": "on:shop4", "advert": "on:video1"}


@pytest.mark.parametrize("kind", ABOUT)
def test_a_case_is_about_the_thing_and_nothing_is_proposed(node: Node, kind: str) -> None:
    view = case(node, kind)
    assert view.row.account == ABOUT[kind]
    assert view.state.proposals == ()
    assert not [step for step in view.steps if step.kind.startswith("protection.")]
    assert view.evidence
    assert all(row.event for row in view.evidence)


def test_the_record_is_sound(node: Node) -> None:
    assert audit(node.engine, *custody(node.home, node.config.origin)).ok


@pytest.mark.parametrize("language", LANGUAGES)
def test_ratings_show_what_is_left_of_them_why_and_who_gave_them(
    node: Node, ann: TestClient, language: str
) -> None:
    view = case(node, "ratings")
    counts = view.findings[0].counts
    page = shown(ann, view, language)
    told = {
        "zh": ("稳健平均分", "一次性账号", "打折", "供人权衡的证据", "studio5", "其他可能的解释"),
        "en": (
            "Robust mean",
            "Throw-away accounts",
            "Count less",
            "no ground",
            "studio5",
            "may be",
        ),
    }
    for words in told[language]:
        assert words in page, words
    assert f"{counts['mean_x100'] / 100:.2f}" in page
    assert f"<strong>{counts['robust_x100'] / 100:.2f}</strong>" in page
    assert f"{counts['less']}" in page
    # Some of the new ones count less, each with what it gave; who only rated does not stand there.
    new = {row.account for row in view.evidence if (row.account or "").startswith("new")}
    assert len(new) >= 15
    for account in new:
        assert f">{account}</td>" in page
    assert {row.rating for row in view.evidence} <= {1.0, 2.0}
    assert 'class="less"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_made_alike_show_their_template_and_what_else_they_may_be(
    node: Node, ann: TestClient, language: str
) -> None:
    page = shown(ann, case(node, "reviews"), language)
    told = {
        "zh": ("雷同的文本", "模板", "常见的解释都不符合", "供人权衡的证据", "shop4-owner"),
        "en": ("Texts made alike", "Template", "None of the usual", "no ground", "shop4-owner"),
    }
    for words in told[language]:
        assert words in page, words
    assert "〔…〕" in page
    assert "全城找不出第二家" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_advert_shows_who_offers_what_with_the_words_marked(
    node: Node, ann: TestClient, language: str
) -> None:
    view = case(node, "advert")
    page = shown(ann, view, language)
    told = {
        "zh": ("水军广告", "招募水军", "组织者", "诚实的评价", "只是求购"),
        "en": (
            "Advert of the trade",
            "recruiting for the trade",
            "Organiser",
            "honest",
            "seeks it",
        ),
    }
    for words in told[language]:
        assert words in page, words
    assert "<mark" in page
    assert {row.account: row.role for row in view.evidence} == {
        "agent": "organiser",
        "buyer": None,
    }


@pytest.mark.parametrize("kind", ABOUT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pack_tells_the_same(node: Node, ann: TestClient, kind: str, language: str) -> None:
    view = case(node, kind)
    answer = ann.post(f"/cases/{view.row.id}/evidence", headers={"Accept-Language": language})
    assert answer.status_code == 200
    said = {
        "ratings": {"zh": "稳健平均分", "en": "robust one"},
        "reviews": {"zh": "雷同的文本", "en": "texts made alike"},
        "advert": {"zh": "水军招揽", "en": "water armies"},
    }
    assert said[kind][language].encode() in unpacked(answer.content)


def unpacked(pack: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(pack)) as file:
        names = [name for name in file.namelist() if name.endswith(".html")]
        assert names
        return b"".join(file.read(name) for name in names)


@pytest.mark.parametrize(
    ("kind", "role", "allowed", "not_allowed"),
    [
        ("ratings", "participant", "limit", "hide"),
        ("reviews", "participant", "limit", "mute"),
        ("advert", "organiser", "mute", "close"),
    ],
)
def test_only_what_policy_lists_may_be_ordered_and_never_against_the_owner(
    node: Node, kind: str, role: str, allowed: str, not_allowed: str
) -> None:
    view = case(node, kind)
    who = next(row.account or "" for row in view.evidence if row.role == role)

    def ask(key: str, account: str, to: str, hours: int = 24) -> str:
        subject = node.ledger.vault.known([account])[account]
        order = Order(key=key, hours=hours, subjects=(subject,), to=to, mode="manual")
        facts = "您在这个对象下发布了与他人雷同或招揽的内容。"
        asking = DecisionRequest(orders=(order,), facts=facts, ground="inauthentic")
        return node.proceedings.decisions.decide(view.row.id, asking, Actor("ann"), NOW)

    with pytest.raises(IllegalStepError) as refused:
        ask(not_allowed, who, role, 0 if not_allowed == "close" else 24)
    assert refused.value.rule == "measures_allowed"
    if kind == "ratings":
        with pytest.raises(IllegalStepError) as refused:
            ask(allowed, "studio5", "owner")
        assert refused.value.rule == "answerable_only"
    assert ask(allowed, who, role)


@pytest.mark.parametrize("kind", ABOUT)
def test_the_terminal_tells_the_same(node: Node, kind: str) -> None:
    out = io.StringIO()
    Console(file=out, width=200).print(page_of(case(node, kind), Words("en", NOW)))
    said = {"ratings": "robust one", "reviews": "texts made alike", "advert": "water armies"}
    assert said[kind] in out.getvalue()


def test_whoever_is_erased_leaves_the_pages_and_what_is_remembered(
    node: Node, ann: TestClient
) -> None:
    (one,) = [row for row in case(node, "advert").evidence if row.account == "agent"]
    for account in ("agent", "army3", "studio5", *(f"new{n:02}" for n in range(40))):
        node.erasure.erase(account)
    for kind in ABOUT:
        page = shown(ann, case(node, kind), "en")
        for gone in ("agent</td>", "army3<", "studio5", "new0"):
            assert gone not in page, gone
    assert one.text is not None
    assert one.text not in shown(ann, case(node, "advert"), "en")
    assert audit(node.engine, *custody(node.home, node.config.origin)).ok
    states = node.judge.runner.snapshot(0).states
    for name in ("ratings", "reviews", "advert"):
        assert b"army3" not in states[f"astroturf.{name}"].replace(b"army3-", b"")
        assert b"new07" not in states[f"astroturf.{name}"]
