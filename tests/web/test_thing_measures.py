"""Measures on the thing that a case is about: its owner is told, may contest, and is not blamed."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from army_house import NOW, rows
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of, login_form

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import ONLY_ON, Order
from lianzhi.chain.views import CaseView
from lianzhi.config import Config, Webhook
from lianzhi.documents.notice import Sender
from lianzhi.jobs import transfer
from lianzhi.jobs.node import Node
from lianzhi.jobs.post.compose import Composer, rendered
from lianzhi.jobs.transfer import Sending
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts, outbox, views, views_process
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody
from lianzhi.store.notices import notices
from lianzhi.store.signals import standing_measures
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

WEBHOOKS = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
FACTS = "多个账号按统一安排为这个视频点赞，已查看证据。"
ANN, BOB, ZHAO = Actor("ann"), Actor("bob", may_severe=True), Actor("zhao", may_severe=True)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("home")
    config = Config(
        domains=("bullying", "astroturf"),
        lateness_seconds=0,
        webhook=Webhook("http://127.0.0.1:1/"),
    )
    with Node(home, config, lambda: NOW) as node:
        node.intake.submit(rows(), "test")
        node.intake.finish()
        yield node


@pytest.fixture
def view(node: Node) -> CaseView:
    (row,) = [one for one in views.cases(node.engine).rows if one.kind.startswith("astroturf.")]
    found = views.case(node.engine, row.id)
    assert found is not None
    return found


def decide(node: Node, view: CaseView, order: Order, by: Actor = ANN) -> str:
    asking = DecisionRequest(orders=(order,), facts=FACTS, ground="inauthentic")
    return node.proceedings.decisions.decide(view.row.id, asking, by, NOW)


def refused(node: Node, view: CaseView, order: Order, by: Actor = BOB) -> str:
    with pytest.raises(IllegalStepError) as error:
        decide(node, view, order, by)
    return error.value.rule


def test_the_owner_is_known_and_no_part_of_it(view: CaseView) -> None:
    (owner,) = [part for part in view.parts if part.role == "owner"]
    thing = (view.row.account or "").removeprefix("on:video-")
    assert (owner.account, owner.events) == (f"studio-{thing}", 0)
    assert owner.token not in {row.actor for row in view.evidence}
    assert {part.role for part in view.parts} == {"owner", "operator"}


def test_a_thing_is_labelled_its_owner_told_and_heard(node: Node, view: CaseView) -> None:
    thing, owner = view.row.about, next(p for p in view.parts if p.role == "owner")
    made = decide(node, view, Order(key="label", hours=168, items=(thing,)))
    decided = views_process.decision_view(node.engine, made)
    assert decided is not None
    (measure,) = decided.measures
    assert (measure.thing, measure.account) == (view.row.account, owner.account)
    with node.engine.connect() as connection:
        message = outbox.find(connection, f"{measure.id}-1")
        struck = connection.exec_driver_sql("select count(*) from strike").scalar()
    assert message is not None
    said = Composer(node.ledger.vault, Sender("站点", ""), dt.UTC).data(message)
    assert said["item"] == {"thing": view.row.account}
    assert said["account"] == owner.account
    assert struck == 0  # whoever owns it has done nothing
    (letter,) = notices(node.engine, owner.account or "").rows
    for language, words in (("zh", "加注说明（对象：内容 video-"), ("en", "(content video-")):
        assert words in rendered(letter, language, Sender("站点", ""), dt.UTC).body
    # The owner contests; another person answers, and the platform is told of the end.
    appeal = node.proceedings.redress.file(made, "affected", owner.account, "不是我买的", NOW)
    node.proceedings.redress.answer(appeal, "overturned", (), "证据不足", BOB, NOW)
    ended = next(
        one for one in notices(node.engine, owner.account or "").rows if "ended" in one.kind
    )
    assert "内容 video-" in rendered(ended, "zh", Sender("站点", ""), dt.UTC).body
    again = views_process.decision_view(node.engine, made)
    assert again is not None
    assert again.measures[0].status == "lifted"
    with node.engine.connect() as connection:
        last = outbox.find(connection, f"{measure.id}-2")
    assert last is not None
    told = Composer(node.ledger.vault, Sender("站点", ""), dt.UTC).data(last)
    assert (told["item"], told["why"]) == ({"thing": view.row.account}, "appeal")


def test_what_may_not_be_done_to_a_thing_or_by_a_thing_measure(node: Node, view: CaseView) -> None:
    owner = next(part.token for part in view.parts if part.role == "owner")
    member = next(part.token for part in view.parts if part.role == "operator")
    act = view.evidence[0].item
    about = view.row.about
    # Another thing or person than the one that the case is about.
    assert refused(node, view, Order(key="label", hours=24, items=(owner,))) == "measures_allowed"
    assert refused(node, view, Order(key="label", hours=24, items=(member,))) == "measures_allowed"
    # A video is no group, and what somebody wrote has no rating.
    assert ONLY_ON["dissolve"] == ("group:",)
    assert refused(node, view, Order(key="dissolve", items=(about,))) == "measures_allowed"
    assert refused(node, view, Order(key="freeze_rating", hours=24, items=(act,))) == (
        "measures_allowed"
    )
    # What is for authors of content is not for things, and the owner is not answerable.
    assert refused(node, view, Order(key="hide", hours=24, items=(about,))) == "measures_allowed"
    assert refused(node, view, Order(key="limit", hours=24, subjects=(owner,))) == "answerable_only"
    # What is for who leads or is run for it takes a person who may.
    assert refused(node, view, Order(key="freeze", hours=24, subjects=(member,)), ANN) == (
        "severe_by_person"
    )
    assert refused(node, view, Order(key="close", subjects=(member,))) == "measures_allowed"


def test_the_lead_is_handed_over_by_two_people_and_accuses_nobody(
    node: Node, view: CaseView
) -> None:
    order = Order(
        key="transfer", items=(view.row.about,), mode="manual", authority="市场监督管理局"
    )
    made = decide(node, view, order, BOB)
    node.proceedings.decisions.confirm(made, ZHAO, NOW)
    decided = views_process.decision_view(node.engine, made)
    assert decided is not None
    (measure,) = decided.measures
    assert (measure.key, measure.thing, measure.status) == (
        "transfer",
        view.row.account,
        "ordered",
    )
    assert not notices(node.engine, view.row.account or "").rows  # a thing reads no letters
    owner = next(part.account for part in view.parts if part.role == "owner")
    for language, words in (
        ("zh", ("是谁所为，本平台无从认定", "没有认定其参与", "涉及对象")),
        ("en", ("by whom, the platform cannot tell", "has not found that it took part")),
    ):
        letter = handed(node, measure.id, language)
        assert all(said in letter for said in (*words, owner or "?", view.row.account or "?"))
        assert not any(said in letter for said in ("受害人", "被移送账号", "harmed", "Part played"))


def handed(node: Node, measure: str, language: str) -> str:
    out = io.BytesIO()
    sending = Sending(
        measure=measure,
        lang=language,  # type: ignore[arg-type]
        made_at=NOW,
        by="bob",
        sender=node.post.sender,
        utc_offset_minutes=480,
        without_victim=node.proceedings.office.policy(NOW).without_victim,
    )
    transfer.export(node.ledger, node.home, node.proceedings.published, sending, out)
    with zipfile.ZipFile(out) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("letter.html")]
        return archive.read(name).decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_form_offers_it_and_the_page_of_the_decision_names_it(
    node: Node, view: CaseView, language: str
) -> None:
    name = f"wang-{language}"
    accounts.add_user(node.ledger, name, PASSWORD, ("reviewer",), NOW, "test")
    app = create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))
    with TestClient(app, headers={"accept": "text/html", "accept-language": language}) as wang:
        wang.post("/login", data=login_form(wang, name, PASSWORD))
        wang.headers["X-CSRF-Token"] = csrf_of(wang)
        form = wang.get(f"/cases/{view.row.id}/decide").text
        assert {"zh": "对这个对象本身", "en": "For the thing itself"}[language] in form
        assert 'value="freeze_rating"' in form
        assert 'value="dissolve"' not in form
        said = {
            "do-thing": "freeze_rating", "hours-thing": "168", "ground": "inauthentic",
            "facts": FACTS, "mode": "queued", "seen": str(view.state.decisions),
        }  # fmt: skip
        sent = wang.post(f"/cases/{view.row.id}/decide", data=said, follow_redirects=False)
        assert sent.status_code == 303, sent.text
        page = wang.get(sent.headers["location"]).text
        assert {"zh": "冻结评分", "en": "Freeze the rating"}[language] in page
        assert (view.row.account or "?").removeprefix("on:") in page
        listed = wang.get("/measures?status=running").text
        assert (view.row.account or "?").removeprefix("on:") in listed
    node.proceedings.decisions.reverse(
        sent.headers["location"].split("/")[2].split("?")[0], (), "试一下", BOB, NOW
    )


def test_whoever_owns_a_thing_is_not_told_to_other_platforms(node: Node, view: CaseView) -> None:
    """A signal says that somebody was decided against; an owner was not."""
    owner = next(part for part in view.parts if part.role == "owner")
    with node.engine.connect() as connection:
        assert owner.token not in standing_measures(connection, view.row.id)


def test_the_messages_page_and_the_record_agree(node: Node) -> None:
    for key in ("freeze_rating", "dissolve", '"thing"'):
        assert key in WEBHOOKS
    assert audit(node.engine, *custody(node.home, node.config.origin)).ok


def test_what_is_done_to_a_thing_ends_though_its_owner_was_erased(tmp_path: Path) -> None:
    config = Config(
        domains=("bullying", "astroturf"),
        lateness_seconds=0,
        webhook=Webhook("http://127.0.0.1:1/"),
    )
    with Node(tmp_path, config, lambda: NOW) as node:
        node.intake.submit(rows(), "test")
        node.intake.finish()
        (row,) = [
            one for one in views.cases(node.engine).rows if one.kind == "astroturf.coordination"
        ]
        view = views.case(node.engine, row.id)
        assert view is not None
        made = decide(node, view, Order(key="freeze_rating", hours=168, items=(row.about,)))
        owner = next(part.account for part in view.parts if part.role == "owner")
        node.erasure.erase(owner or "")
        node.proceedings.decisions.reverse(made, (), "所有者已注销", BOB, NOW)
        decided = views_process.decision_view(node.engine, made)
        assert decided is not None
        composer = Composer(node.ledger.vault, Sender("站点", ""), dt.UTC)
        for number in (1, 2):
            with node.engine.connect() as connection:
                message = outbox.find(connection, f"{decided.measures[0].id}-{number}")
            assert message is not None
            said = composer.data(message)
            assert (said["account"], said["item"]) == (None, {"thing": row.account})
        # Of a thing that is gone nothing can be ordered any more.
        node.erasure.erase(row.account or "")
        gone = views.case(node.engine, row.id)
        assert gone is not None
        order = Order(key="label", hours=24, items=(gone.row.about,))
        assert refused(node, gone, order) == "measures_allowed"


def test_a_person_is_no_thing_whoever_acts_together_against_them(tmp_path: Path) -> None:
    """Seven accounts report eight people together: none of these can be labelled as a film is."""
    lines = [json.loads(line) for line in rows().splitlines()]
    for line in lines:
        line["kind"], line["target"] = "report", line.pop("object").replace("video", "person")
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    with Node(
        tmp_path, Config(domains=("bullying", "astroturf"), lateness_seconds=0), lambda: NOW
    ) as node:
        node.intake.submit(body, "test")
        node.intake.finish()
        found = [one for one in views.cases(node.engine).rows if one.kind.startswith("astroturf.")]
        view = views.case(node.engine, found[0].id)
        assert view is not None
        assert (view.row.account or "").startswith("person-")
        assert "owner" not in {part.role for part in view.parts}
        for key, hours in (("label", 24), ("re_rank", 24), ("freeze_rating", 24)):
            order = Order(key=key, hours=hours, items=(view.row.about,), mode="manual")  # type: ignore[arg-type]
            assert refused(node, view, order) == "measures_allowed"
