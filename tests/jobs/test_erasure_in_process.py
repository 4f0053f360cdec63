"""Erasing a person while proceedings are under way: nothing of them is left, all goes on."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from node_house import Clock, kinds
from sqlalchemy import select
from starlette.testclient import TestClient
from test_erasure import traces

from databases import Databases
from lianzhi.chain.measure import Order
from lianzhi.chain.protection import Terms
from lianzhi.config import Config, Mail, Webhook
from lianzhi.jobs.node import Node
from lianzhi.jobs.post import courier, delivery
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts, desk, pending_links, views
from lianzhi.store import process_lookups as lookups
from lianzhi.store.audit import audit
from lianzhi.store.audit_events import audit_events
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import custody
from lianzhi.store.outbox import outbox
from lianzhi.store.process_tables import appeal, measure
from lianzhi.store.tables import metadata
from lianzhi.store.vault import Address
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import body, calm, crowd, merged
from waiting import eventually

sys.path.append(str(Path(__file__).parents[1] / "post"))

from post_house import Receiver

NOW, HOUR, DAY = 1_795_608_300_000, 3_600_000, 86_400_000
PASSWORD = "correct horse battery"
VICTIM, REPORTER = "zzvictim", "zzreporter"
EVENTS = merged(calm(80, start=NOW - 3 * HOUR), crowd(VICTIM, 60, start=NOW - 2 * HOUR))


class Town:
    """In the middle of everything: a case with measures in force on three people, an appeal and a
    report that wait, notices that could not be sent, a protection, leases, links."""

    def __init__(self, home: Path) -> None:
        self.receiver, self.clock, self.home = Receiver(), Clock(NOW), home
        self.up = False
        self.receiver.behave = self.behave
        mail = Mail("127.0.0.1", "notices@example.org", port=1, security="none")
        self.config = Config(lateness_seconds=1.0, webhook=Webhook(self.receiver.url), mail=mail)
        self.node = node = Node(home, self.config, self.clock)
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        self.case = views.cases(node.engine, query=VICTIM).rows[0].id
        inciters, followers = self.played("inciter"), self.played("follower")
        self.muted, self.appellant, self.other = followers[:3]
        self.people = {
            "victim": VICTIM,
            "reporter": REPORTER,
            "inciter": inciters[0],
            "muted": self.muted,
            "appellant": self.appellant,
        }
        torn = f'{{"actor": "{self.muted}", "target": "{VICTIM}", broken\n'
        node.intake.submit(torn.encode(), "test")
        for who in self.people.values():
            with node.ledger.batch() as batch:
                batch.tokens([who])
            node.ledger.vault.set_address(who, Address(f"{who}@example.org", "zh"))
        self.report = node.reports.receive(
            Complaint(
                category="insult",
                channel="web",
                reporter=REPORTER,
                about=VICTIM,
                subject=self.muted,
                words=f"{self.muted} 骂了 {VICTIM}, 我是 {REPORTER}",
                contact=f"{REPORTER} 13800000000",
                content=f"https://example.org/{VICTIM}",
            ),
            "web",
            node.now(),
        )
        li, proceedings = Actor("li", may_severe=True), node.proceedings
        mutes = (
            Order(key="mute", hours=24, subjects=self.tokens(inciters[0]), to="inciter"),
            Order(key="mute", hours=24, subjects=self.tokens(*followers[:3]), to="follower"),
        )
        decided = DecisionRequest(orders=mutes, facts="It was written thrice.", ground="harassment")
        self.decision = proceedings.decisions.decide(self.case, decided, li, NOW)
        hidden = Order(key="hide", hours=24, items=(self.item(self.muted),))
        asking = DecisionRequest(orders=(hidden,), facts="It names her.", ground="harassment")
        self.known = proceedings.decisions.decide(self.case, asking, li, NOW)
        proceedings.second_looks.mark(self.known, True, Actor("wang"), NOW)
        self.appeal = proceedings.redress.file(
            self.decision, "affected", self.appellant, f"{self.appellant} 没有骂 {VICTIM}", NOW
        )
        proceedings.complaints.join(self.report, self.case, "li", NOW)
        node.protections.grant(VICTIM, Terms(("comment",), NOW + 10 * DAY), "li", self.case, NOW)
        node.casework.note_case(self.case, f"{VICTIM} 请求帮助，{REPORTER} 作证", "li", NOW)
        desk.take(node.engine, self.case, "li", NOW, NOW + HOUR // 2)
        desk.take(node.engine, self.appeal, "wang", NOW, NOW + HOUR // 2)
        for who in (REPORTER, self.appellant, VICTIM):
            said = {"reporter": who, "about": VICTIM}
            key = node.ledger.signer.seal_key
            names = [who, VICTIM]
            pending_links.make(node.engine, key, "report", said, names, NOW + DAY)

    def played(self, role: str) -> list[str]:
        """Accounts that played a part by an act of their own."""
        with self.node.engine.connect() as connection:
            parts = lookups.parts(connection, self.case)
        tokens = sorted(t for t in parts.acts if parts.roles.get(t) == role)
        return sorted(self.node.ledger.vault.accounts(tokens).values())

    def tokens(self, *accounts: str) -> tuple[str, ...]:
        return tuple(self.node.ledger.vault.known([one])[one] for one in accounts)

    def item(self, account: str) -> str:
        """Something that an account wrote."""
        with self.node.engine.connect() as connection:
            return lookups.parts(connection, self.case).acts[self.tokens(account)[0]].popitem()[0]

    def rows(self, table: Any, **where: Any) -> list[dict[str, Any]]:
        query = select(table).where(*(table.c[name] == value for name, value in where.items()))
        with self.node.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def behave(self, handler: object, message: str) -> bool | None:
        if self.up:
            return None
        handler.answer(503)  # type: ignore[attr-defined]
        return True

    def sound(self) -> bool:
        node = self.node
        whole = audit(node.engine, *custody(self.home, self.config.origin)).ok
        return whole and audit_events(node.engine, self.home).ok and audit_tables(node.engine).ok

    def close(self) -> None:
        self.node.close()
        self.receiver.close()


@pytest.fixture
def town(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.02)
    monkeypatch.setattr(courier, "POLL_S", 0.02)
    monkeypatch.setattr(courier, "LONGEST_REST_S", 0.05)
    monkeypatch.setattr(delivery, "FIRST_WAIT_MS", 3_600_000)
    made = Town(tmp_path / "home")
    yield made
    made.close()


def left(town: Town, account: str) -> list[str]:
    """Where the account still stands: in files, in rows, in the bytes of the database."""
    found = traces(town.home, account)
    with town.node.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                if any(account.encode() in _bytes(cell) for cell in row):
                    found.append(f"{table.name}: {row}"[:300])
    return found


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


@pytest.mark.parametrize("who", ["muted", "inciter", "reporter", "victim", "appellant"])
def test_nothing_is_left_and_all_goes_on(town: Town, who: str) -> None:
    node, account = town.node, town.people[who]
    assert town.sound()
    assert left(town, account), "the test looks in the right places"
    done = node.erasure.erase(account).record
    assert done.token
    assert not done.suspects
    assert left(town, account) == []
    assert town.sound()
    pages_open(town)
    town.receiver.requests.clear()
    town.up = True
    town.clock.at += 2 * HOUR  # what could not be sent is due
    assert eventually(lambda: due(town) == 0)
    town.clock.at += 2 * DAY  # measures lapse
    assert eventually(lambda: kinds(node)["measure.lapsed"] == 5)
    town.clock.at += DAY
    assert eventually(lambda: due(town) == 0)
    for row in town.rows(appeal):
        node.proceedings.redress.answer(
            row["id"], "overturned", (), "So it is.", Actor("wang"), town.clock()
        )
    assert eventually(lambda: due(town) == 0)
    sent = [body for _, _, body in town.receiver.requests]
    assert sent
    assert not any(account.encode() in one for one in sent)
    assert left(town, account) == []
    told_of_the_others(town, account)
    assert town.sound()
    assert node.ledger.rebuild() == node.ledger.size
    assert town.sound()
    pages_open(town)
    node.close()
    assert traces(town.home, account) == []
    town.node = Node(town.home, town.config, town.clock)
    assert town.sound()


def due(town: Town) -> int:
    """Messages to the platform that wait."""
    return len(town.rows(outbox, state="waiting", channel="webhook"))


def told_of_the_others(town: Town, account: str) -> None:
    """The platform has heard of beginning and end of each measure on whoever is still there; not
    of the beginning of one on content that nobody could name any more."""
    tokens = town.node.ledger.vault.known([*town.people.values(), town.other])
    kept = {token for name, token in tokens.items() if name != account}
    for row in town.rows(measure):
        if row["subject"] in kept:
            nameless = row["item"] is not None and account == VICTIM
            wanted = {f"{row['id']}-{n}" for n in ((2,) if nameless else (1, 2))}
            assert wanted <= set(town.receiver.applied)
        elif row["subject"]:
            assert not {f"{row['id']}-1", f"{row['id']}-2"} & set(town.receiver.applied)


def pages_open(town: Town) -> None:
    node = town.node
    app = create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))
    name = f"all{node.ledger.size}"
    accounts.add_user(node.ledger, name, PASSWORD, accounts.ROLES, town.clock(), "test")
    with TestClient(app, headers={"accept": "text/html"}) as client:
        page = client.get("/login").text
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        client.post("/login", data={"name": name, "password": PASSWORD, "csrf": csrf})
        urls = [f"/cases/{town.case}", f"/cases/{town.case}/decide"]
        urls += [f"/decisions/{town.decision}", f"/appeals/{town.appeal}"]
        urls += [f"/decisions/{town.decision}/statements.json", f"/reports/{town.report}"]
        urls += [f"/desk/looks/{town.known}", "/desk"]
        urls += ["/", "/cases", "/decisions", "/measures", "/appeals", "/reports", "/protections"]
        urls += ["/scorecard", "/delivery", "/warnings", "/quarantine", "/looks", "/revisits"]
        for url in urls:
            assert client.get(url).status_code == 200, url
        page = client.get(f"/cases/{town.case}").text
        sent = {"csrf": page.split('name="csrf" value="')[1].split('"')[0]}
        assert client.post(f"/cases/{town.case}/evidence", data=sent).status_code == 200
    for item in desk.leased(node.engine, name, town.clock()):
        desk.give_back(node.engine, item, name)
