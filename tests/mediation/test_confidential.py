"""What is said in mediation reaches its mediator and nobody else, by whatever way.

Secret sentences are planted in notes and offers. Then everybody there is looks everywhere: every
role, every scope of an API key, every page and address that leads on, search, packs, statements,
the files of the deployment, and what is left after the party is erased.
"""

import io
import re
import zipfile
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from click.testing import CliRunner
from dispute_house import agreed, opened, take_on
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from consoles import PASSWORD, Console
from databases import Databases
from lianzhi.chain.roles import GRANTS
from lianzhi.cli.main import main
from lianzhi.domains.mediation.sealing import SealedError, unseal
from lianzhi.store.accounts import add_key, add_user
from lianzhi.store.keys import SCOPES

SECRETS = ("底线是四万二千元", "The carrier will admit the mistake", "愿意放弃滞纳金")


def plant(desk, identity):
    """Two sessions with secrets in their notes and offers."""
    desk.sessions.open(identity, "med")
    desk.sessions.note(identity, "med", words=f"甲公司说{SECRETS[0]}。")
    desk.sessions.offer(identity, "med", words=SECRETS[1])
    desk.sessions.close(identity, "med")
    desk.sessions.note(identity, "med", words=f"会后电话：{SECRETS[2]}")


def told(body: str | bytes) -> list[str]:
    """The secrets in a text, a page, JSON or the parts of a pack."""
    if isinstance(body, bytes) and body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as pack:
            return [each for name in pack.namelist() for each in told(pack.read(name))]
    data = body.encode() if isinstance(body, str) else body
    forms = {
        secret: (
            secret.encode(),
            secret.encode("unicode_escape"),
            "".join(f"&#{ord(sign)};" for sign in secret).encode(),
        )
        for secret in SECRETS
    }
    return [secret for secret, known in forms.items() if any(form in data for form in known)]


@pytest.fixture
def node(databases: Databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


def test_its_mediator_reads_them_and_nobody_else_does(node, desk):
    identity = take_on(desk)
    plant(desk, identity)
    address = f"/mediation/disputes/{identity}"
    page = Console(node, "med").get(address).text
    assert sorted(told(page)) == sorted(SECRETS)
    for name in ("rec", "lead", "mao", "sen", "reader"):
        assert told(Console(node, name).get(address).text) == []
    assert [each.words for each in desk.sessions.unsealed(identity, "med")][1] == SECRETS[1]
    for reader in ("lead", "mao", "rec", "", "zhang"):
        assert desk.sessions.unsealed(identity, reader) is None


def test_who_takes_a_dispute_over_does_not_take_its_notes_over(node, desk):
    add_user(node.ledger, "both", PASSWORD, ["mediation_lead", "mediator"], node.now(), "test")
    identity = take_on(desk)
    plant(desk, identity)
    desk.disputes.assign(identity, "both", mediator="both")
    assert desk.sessions.unsealed(identity, "both") == []
    assert told(Console(node, "both").get(f"/mediation/disputes/{identity}").text) == []
    assert desk.sessions.unsealed(identity, "med") is None
    desk.sessions.note(identity, "both", words="新的记录")
    assert [each.words for each in desk.sessions.unsealed(identity, "both")] == ["新的记录"]
    desk.disputes.assign(identity, "lead", mediator="med")
    assert len(desk.sessions.unsealed(identity, "med")) == len(SECRETS)
    assert "新的记录" not in Console(node, "med").get(f"/mediation/disputes/{identity}").text


def test_a_mediator_whose_role_was_taken_away_reads_nothing(node, desk):
    identity = take_on(desk, mediator="rec2")
    add_user(node.ledger, "rec2", PASSWORD, ["receptionist"], node.now(), "test")
    desk.sessions.note(identity, "rec2", words=SECRETS[0])
    assert told(Console(node, "rec2").get(f"/mediation/disputes/{identity}").text) == []


def filled(desk):
    """Two disputes with secrets: one with its settlement on the chain, one that goes on."""
    identity = take_on(desk, field="civil")
    plant(desk, identity)
    desk.agreements.agree(
        identity, "med", terms="2026-03-02 退款", amount=500, oral=False, day=None
    )
    desk.agreements.keep(identity, "med", term=1, day=None)
    desk.agreements.settle(identity, "med", words="履行完毕")
    other = take_on(desk, party="乙公司")
    plant(desk, other)
    return identity, other


def links(url, page):
    for href in re.findall(r'(?:href|src|hx-get)="([^"#]+)', page):
        target = urlsplit(urljoin(url, unescape(href)))
        if not target.netloc:
            yield target.path + (f"?{target.query}" if target.query else "")


def addresses(app, client, start):
    """Addresses without parameters, those of `start`, and what leads on from them."""
    plain = [
        route.path
        for route in iter_route_contexts(app.routes)
        if "GET" in (getattr(route, "methods", None) or {"GET"}) and "{" not in (route.path or "{")
    ]
    known = dict.fromkeys([*start, *plain])
    for url in [*known]:
        answer = client.get(url)
        if "html" in answer.headers.get("content-type", ""):
            known |= dict.fromkeys(links(url, answer.text))
    return [url for url in known if not url.startswith(("/static", "/logout"))]


@pytest.mark.slow
def test_no_role_finds_them_on_any_page(node, desk):
    identity, other = filled(desk)
    decision = desk.disputes.get(identity).decision
    entries = [f"/record/{index}" for index in range(node.ledger.size)]
    start = [
        *entries,
        *(f"/mediation/disputes/{each}" for each in (identity, other)),
        *(f"/cases/{each}{end}" for each in (identity, other) for end in ("", "/why", "/evidence")),
        f"/decisions/{decision}",
        *(f"/search?q={secret[:4]}" for secret in SECRETS),
        *(f"/cases?query={secret[:4]}" for secret in SECRETS),
    ]
    add_user(node.ledger, "all", PASSWORD, [*GRANTS], node.now(), "test")
    everybody = Console(node, "all").client
    walk = addresses(node.app, everybody, start)
    assert len(walk) > 100
    shown = 0
    for role in (*GRANTS, "all"):
        if role != "all":
            add_user(node.ledger, f"r_{role}", PASSWORD, [role], node.now(), "test")
        client = Console(node, "all" if role == "all" else f"r_{role}").client
        for url in walk:
            answer = client.get(url)
            shown += answer.status_code == 200
            assert told(answer.content) == [], (role, url)
    assert shown > 500


@pytest.mark.slow
def test_no_scope_of_an_api_key_finds_them(node, desk):
    identity, other = filled(desk)
    decision = desk.disputes.get(identity).decision
    paths = [
        *(
            re.sub(r"\{(case)\}", identity, route.path).replace("{decision}", decision)
            for route in iter_route_contexts(node.app.routes)
            if (route.path or "").startswith("/v1/") or route.path == "/metrics"
        ),
        *(f"/v1/record/entries/{index}/proof" for index in range(node.ledger.size)),
        f"/v1/cases/{other}",
    ]
    answered = 0
    for scope in SCOPES:
        _, key = add_key(node.ledger, scope, [scope], node.now(), "test")
        client = TestClient(
            node.app, base_url="http://localhost", headers={"Authorization": f"Bearer {key}"}
        )
        for path in {re.sub(r"\{index\}", "3", path) for path in paths}:
            for call in (client.get, client.post):
                answer = call(path)
                answered += answer.status_code == 200
                assert told(answer.content) == [], (scope, path)
    assert answered > 10


def test_packs_and_files_of_the_deployment_hold_no_word_of_them(tmp_path):
    home = tmp_path / "home"
    with opened(home) as node:
        identity, other = filled(node.desks["mediation"])
    (home / "config.toml").write_text('domains = ["mediation"]\n', "utf-8")
    runner = CliRunner()
    for case in (identity, other):
        out = tmp_path / f"{case}.zip"
        ran = runner.invoke(main, ["evidence", "export", case, "-o", str(out), "--home", str(home)])
        if ran.exit_code == 0:
            assert told(out.read_bytes()) == []
        assert told(ran.output) == []
        assert told(runner.invoke(main, ["case", "show", case, "--home", str(home)]).output) == []
    for call in (["case", "list"], ["scorecard"], ["record", "verify"]):
        assert told(runner.invoke(main, [*call, "--home", str(home)]).output) == []
    saved = tmp_path / "saved.tar"
    assert runner.invoke(main, ["backup", str(saved), "--home", str(home)]).exit_code == 0
    files = [saved, *(path for path in home.rglob("*") if path.is_file())]
    assert len(files) > 3
    for path in files:
        assert told(path.read_bytes()) == [], path


def test_the_decision_the_notice_and_the_story_hold_the_agreement_and_no_more(node, desk):
    filled(desk)
    texts = {
        text
        for index in range(node.ledger.size)
        for text in node.ledger.vault.texts(index).values()
    }
    assert any("退款" in text for text in texts)
    assert told("\n".join(texts)) == []
    payloads = [str(node.ledger.payload(index)) for index in range(node.ledger.size)]
    assert told("\n".join(payloads)) == []


def test_erasing_the_party_erases_them_and_their_key(node, desk):
    identity = take_on(desk)
    plant(desk, identity)
    dispute, vault = desk.disputes.get(identity), node.ledger.vault
    copies = [vault.text(each.index, "sealed") for each in dispute.sealed]
    key = vault.text(dispute.key, "key")
    secret = node.ledger.signer.seal_key
    assert unseal(secret, key, identity, copies[1]) == SECRETS[1]
    node.erasure.erase("甲公司")
    assert [each.words for each in desk.sessions.unsealed(identity, "med")] == [None] * 3
    assert vault.text(dispute.key, "key") is None
    assert told(Console(node, "med").get(f"/mediation/disputes/{identity}").text) == []
    another = desk.disputes.get(take_on(desk, party="乙公司"))
    with pytest.raises(SealedError):
        unseal(secret, vault.text(another.key, "key"), identity, copies[1])


def test_erasing_somebody_who_was_spoken_of_erases_what_was_said_of_them(node, desk):
    identity = take_on(desk)
    for words in ("货主周宁说可以等", SECRETS[1], "周宁宁是另一个人"):
        desk.sessions.note(identity, "med", words=words)
    erased = node.erasure.erase("周宁").record
    assert len(erased.texts) >= 1
    left = [each.words for each in desk.sessions.unsealed(identity, "med")]
    assert left[0] is None
    assert left[1] == SECRETS[1]
    assert node.ledger.vault.account(desk.disputes.get(identity).party) == "甲公司"


def test_nothing_is_noted_about_a_party_who_was_erased(node, desk):
    identity = take_on(desk)
    node.erasure.erase("甲公司")
    sent = Console(node, "med", "en").post(f"/mediation/disputes/{identity}/note", words="x")
    assert sent.status_code == 422
    assert "erased" in sent.text


def test_a_refused_note_is_not_repeated_to_anybody(node, desk):
    identity = take_on(desk)
    sent = Console(node, "mao").post(f"/mediation/disputes/{identity}/note", words=SECRETS[0])
    assert sent.status_code == 422
    assert told(sent.text) == []
    assert agreed(desk, field="civil")
