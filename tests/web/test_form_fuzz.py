"""Whatever anybody posts to a form of the console: a page, a redirect or a refusal, never a crash.

Asked by somebody who may do everything, so that nothing is turned away at the door.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

import console_house as house
import pytest
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.testclient import TestClient

from databases import Databases
from lianzhi.chain.measure import KINDS, Order
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.wordings import Wording
from lianzhi.store import accounts
from lianzhi.store import process_lookups as lookups
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.outbox import outbox
from lianzhi.store.process_tables import appeal, decision, measure, report
from lianzhi.store.views_tables import protection
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

#: How many posts a form gets. PostgreSQL only differs in the text that it takes.
POSTS = {"sqlite": 30, "postgres": 8}
#: Ends the session of who asks, or counts against who signs in.
LEFT_OUT = {"/logout", "/login", "/password"}
#: Fields of forms that are read as they come: no signature tells them.
FREE = {
    "/cases/{case}/decide": (
        *("seen", "facts", "ground", "nothing", "mode", "items", "do-items", "hours-items"),
        *("transfer", "who-transfer", "authority", "do-follower", "who-follower"),
        *("hours-follower", "do-inciter", "who-inciter", "hours-inciter"),
    )
}
WORDS = [
    "",
    " ",
    "0",
    "1",
    "24",
    "-1",
    "999999",
    "9" * 30,
    "true",
    "on",
    "x",
    "围攻者",
    "a/b",
    "p_0",
]
ODD = ["\x00", "a\x00b", "\x85", "\r\n", "\u202e", "🙂", "%00", "../..", "'; --", "<b>", "x" * 5000]
BYTES = [b"\xff\xfe", b"\xed\xa0\x80"]


class Town:
    """A node with something of everything, and somebody who may do everything."""

    def __init__(self, home: Path, kind: str) -> None:
        self.kind = kind
        self.node = node = house.build(home)
        at, li = node.now(), Actor("li", may_severe=True)
        case = house.case_of(node, house.HARMED)
        with node.engine.connect() as connection:
            parts = lookups.parts(connection, case)
        who = [t for t, role in parts.roles.items() if role == "follower" and t in parts.acts][:3]
        orders = (Order(key="mute", hours=24, subjects=tuple(who), to="follower"),)
        asking = DecisionRequest(orders=orders, facts="He wrote it.", ground="harassment")
        made = node.proceedings.decisions.decide(case, asking, li, at)
        close = (Order(key="mute", hours=0, subjects=(who[0],), to="follower"),)
        asking = DecisionRequest(orders=close, facts="Again.", ground="harassment")
        node.proceedings.decisions.decide(case, asking, li, at)
        account = node.ledger.vault.accounts([who[0]])[who[0]]
        node.proceedings.redress.file(made, "affected", account, "No.", at)
        said = Complaint(category="insult", channel="web", reporter="r", about="v", subject="s")
        node.reports.receive(said, "web", node.now())
        accounts.add_user(node.ledger, "all", house.PASSWORD, accounts.ROLES, at, "test")
        self.app = create_app(
            node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6)
        )
        self.ids = {"case": case, "letter": self.first(outbox), "person": account}
        wording = Wording(kind="insult", term="灯塔水", sense="", weight=0.8, aimed=0.8)
        self.ids["term"] = node.lexicons.add(wording, "seen", li, at)
        for table in (decision, measure, appeal, report, protection):
            self.ids[table.name] = self.first(table)
        self.known = [*self.ids.values(), *who, *KINDS, "manual", "queued", "proposed"]
        self.known += ["upheld", "overturned", "settled", "harassment", "insult", "inciter"]
        self.known += ["clear", "active", "shadow", "retired", "灯塔水"]
        self.client = self.entered()

    def first(self, table: Any) -> str:
        with self.node.engine.connect() as connection:
            return str(connection.scalar(select(table.c.id).limit(1)) or "none")

    def entered(self) -> TestClient:
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=True)
        client.headers["accept"] = "text/html"
        form = {"name": "all", "password": house.PASSWORD, "next": "/"}
        client.post("/login", data={**form, "csrf": self.token(client, "/login")})
        client.headers["X-CSRF-Token"] = self.token(client, "/settings")
        return client

    def token(self, client: TestClient, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
        assert found
        return found[1]

    def forms(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Path and names of fields of each form."""
        for route in iter_route_contexts(self.app.routes):
            path = getattr(route, "path", "")
            posts = "POST" in (getattr(route, "methods", None) or ())
            if posts and not path.startswith("/v1/") and path not in LEFT_OUT:
                fields = route.route.dependant.body_params  # type: ignore[attr-defined]
                names = tuple(one.alias for one in fields)
                yield path, names + FREE.get(path, ())


@pytest.fixture(scope="module")
def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    made = Town(tmp_path_factory.mktemp("town"), databases.kind)
    with made.node:
        yield made
        made.client.close()


def posts(town: Town, path: str, names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Addresses and bodies for a form: real ids and values more often than odd ones."""
    plain = (town.known + WORDS) * 2 if town.kind == "sqlite" else town.known
    texts = st.sampled_from(plain + ODD).map(str.encode)
    values = texts | st.sampled_from(BYTES) | st.text(max_size=30).map(_encoded)
    places = re.findall(r"{(\w+)}", path)
    at = {
        one: st.sampled_from([town.ids.get(one, "x")] * 6 + ["0", "x y", "\x00", "\x85", "é" * 300])
        for one in places
    }
    fields = st.lists(st.tuples(st.sampled_from(names or ("x",)), values), max_size=len(names) + 3)
    return st.tuples(st.fixed_dictionaries(at), fields, st.booleans())


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.slow
def test_no_form_makes_the_server_fail(town: Town) -> None:
    forms = list(town.forms())
    assert len(forms) > 30
    failed = []
    for path, names in forms:
        try:
            fuzz(town, path, names)
        except Exception as error:
            failed.append(f"{path}: {error!r}"[:1000])
    assert failed == []
    assert audit_tables(town.node.engine).ok


def fuzz(town: Town, path: str, names: tuple[str, ...]) -> None:
    @given(post=posts(town, path, names))
    @settings(
        max_examples=POSTS[town.kind],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def holds(post: tuple[dict[str, str], list[tuple[str, bytes]], bool]) -> None:
        places, fields, partial = post
        url = re.sub(r"{(\w+)}", lambda m: quote(places[m[1]], safe=""), path)
        body = "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, value in fields)
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if partial:
            headers["hx-request"] = "true"
        answer = town.client.post(url, content=body, headers=headers)
        assert answer.status_code < 500, (url, body, answer.text[:300])
        assert answer.status_code != 401, "still signed in"
        leads = answer.headers.get("location", "")
        if leads.startswith("/") and answer.status_code == 303:
            assert town.client.get(leads).status_code < 500, (url, body, leads)

    holds()


@pytest.mark.slow
def test_files_in_place_of_fields_are_refused(town: Town) -> None:
    for path, names in town.forms():
        url = re.sub(r"{(\w+)}", lambda m: town.ids.get(m[1], "x"), path)
        files = [(name, ("f.txt", b"\x00\xff", "text/plain")) for name in names]
        answer = town.client.post(url, files=files or [("x", ("f", b"", "text/plain"))])
        assert answer.status_code < 500, path
