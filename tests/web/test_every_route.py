"""Every route of every domain on a filled home, from the table of routes itself.

A GET changes nothing but the access log; who may not take a route learns nothing of the ids in it.
"""

import re
import threading
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from demo_house import app_of, demo_node, person, program
from fastapi.routing import iter_route_contexts
from sqlalchemy import event
from starlette.routing import compile_path
from starlette.testclient import TestClient
from web_house import csrf_of

from lianzhi.chain.protection import Terms
from lianzhi.cli.demo_campaign import open_campaign
from lianzhi.office.actor import Actor
from lianzhi.office.wordings import Wording
from lianzhi.store import accounts
from lianzhi.store.accounts import ROLES
from lianzhi.store.keys import SCOPES
from lianzhi.store.looks import LOOKED
from lianzhi.store.users import list_users
from lianzhi.web.console.render import NAVIGATION

pytestmark = pytest.mark.slow

#: What the entry of a look is written to.
LOOK_TABLES = {"entry", "payload", "checkpoint", "look", "look_ref"}
#: Account tokens of the vault come into being when a look at an account is recorded.
TOKEN_TABLES = {"identity"}
WRITES = re.compile(
    r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.I
)
#: Pages of one route that are looked at.
EACH = 2
#: Share of routes that the walk must have shown; the others are asked with made-up ids.
SHOWN = 0.75
#: Where the walk starts, beside every address without parameters.
START = (
    "/v1/notices?account=x",
    "/v1/record/consistency?first=0&second=1",
    "/v1/record/entries/0/proof",
    "/v1/open311/discovery.json",
    "/v1/open311/services.json",
    "/v1/open311/requests.json",
)


#: Parts of paths that are no ids -> one of them.
NAMES = {"form": "json", "kind": "penalty", "noun": "measures"}
#: Ids of which the filled home has none -> why. What is refused for made-up ids alone is no test.
WITHOUT_ID = {
    "account": "a name that the platform chose",
    "code": "a public list",
    "letter": "nothing was undeliverable",
    "monitor": "no monitor runs",
    "notice": "nobody reads notices in the demo",
    "photo": "no visit of the demo has one",
    "quarter": "a part of the calendar",
    "token": "the link is the permission",
    "upload": "nothing waits for a confirmation",
}
#: Routes that show everybody what is published.
OPEN = {
    "/enforcement/public/decisions/{identity}",
    "/enforcement/public/draws/{name}/{file}",
    "/v1/open311/discovery.{form}",
    "/v1/open311/requests.{form}",
    "/v1/open311/requests/{identity}.{form}",
    "/v1/open311/services.{form}",
    "/v1/open311/services/{code}.{form}",
}


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with demo_node(tmp_path_factory.mktemp("demo")) as node:
        yield node


class Writes:
    """Tables that requests wrote to; threads that run beside requests do not count."""

    def __init__(self, engine):
        self.tables = set()
        self._others = {t.ident for t in threading.enumerate()} - {threading.get_ident()}
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, connection, cursor, statement, *rest):
        found = WRITES.match(statement)
        if found and threading.get_ident() not in self._others:
            self.tables.add(found[1].lower())

    def taken(self):
        tables, self.tables = self.tables, set()
        return tables


def files_of(home):
    return {
        path: path.stat().st_mtime_ns
        for path in home.rglob("*")
        if path.is_file() and not path.name.startswith("lianzhi.db") and path.name != "checkpoint"
    }


def links(url, page):
    """Addresses of this site that a page links to."""
    for href in re.findall(r'(?:href|src|hx-get)="([^"#]+)', page):
        target = urlsplit(urljoin(url, unescape(href)))
        if not target.netloc:
            yield target.path + (f"?{target.query}" if target.query else "")


@pytest.fixture(scope="module")
def app(node):
    return app_of(node)


@pytest.fixture(scope="module")
def walk(node, app):
    """(addresses that were shown by route, what GETs changed, all GET routes)."""
    anyone, keyed = person(app, node, *ROLES), program(app, node, *SCOPES)
    patterns = {
        route.path: compile_path(route.path)[0]
        for route in iter_route_contexts(app.routes)
        if "GET" in (getattr(route, "methods", None) or {"GET"})
    }
    queue = deque([*(path for path in patterns if "{" not in path), *START])
    seen, shown, wrong = set(queue), {}, []
    writes, size, files = Writes(node.engine), node.ledger.size, files_of(node.home)

    def ask(url):
        nonlocal size, files
        client = keyed if url.startswith("/v1/") or url == "/metrics" else anyone
        answer = client.get(url)
        tables, kinds = writes.taken(), {e.kind for e in node.ledger.entries(size)}
        size, now = node.ledger.size, files_of(node.home)
        if tables - LOOK_TABLES - TOKEN_TABLES or kinds - {LOOKED} or now != files:
            wrong.append((url, tables, kinds, {*now} ^ {*files}))
        files = now
        return answer

    def route_of(url):
        path = urlsplit(url).path
        exact = [template for template in patterns if template == path]
        return next(iter(exact), None) or next(
            (template for template, pattern in patterns.items() if pattern.match(path)), None
        )

    while queue:
        url = queue.popleft()
        answer = ask(url)
        template = route_of(url)
        if answer.status_code in (200, 303) and template:
            shown.setdefault(template, []).append(urlsplit(url).path)
        kind = answer.headers.get("content-type", "")
        found = list(links(url, answer.text)) if "html" in kind else []
        if url.startswith("/v1/") and "json" in kind and answer.status_code == 200:
            content = answer.json()
            rows = content if isinstance(content, list) else content.get("rows", [])
            ids = [row["id"] for row in rows if isinstance(row, dict) and "id" in row]
            for template in patterns:
                if template.startswith(f"{url}/{{") and template.count("{") == 1:
                    found += [re.sub(r"{\w+}", str(each), template) for each in ids[:EACH]]
        for link in found:
            template = route_of(link)
            if template and link not in seen and not link.startswith("/static"):
                seen.add(link)
                if sum(route_of(each) == template for each in seen) <= EACH + ("{" not in template):
                    queue.append(link)
    for template in {*patterns} - {*shown}:
        ask(re.sub(r"{\w+}", "0", template))
    return shown, wrong, patterns


def test_a_get_changes_nothing_but_that_a_look_is_recorded(walk):
    shown, wrong, patterns = walk
    assert not wrong, wrong
    assert len(shown) >= SHOWN * len(patterns), sorted({*patterns} - {*shown})


def test_the_nouns_of_the_chain_stand_before_the_domains(node, app):
    page = person(app, node, "viewer", "auditor").get("/scorecard").text
    rail = page[page.index('<aside class="rail">') : page.index("</aside>")]
    places = [rail.index(f'href="{url}"') for _, url, _ in NAVIGATION]
    first_domain = rail.index('id="domain-')
    own = [
        url for (_, url, _), place in zip(NAVIGATION, places, strict=True) if place < first_domain
    ]
    assert own[-1] == "/scorecard"
    assert places == sorted(places)


def examples_of(node, shown, patterns):
    """Ids that exist, by the text before them in a route and by their name."""
    protections = node.protections.grant(
        "somebody", Terms(("comment",), node.now() + 3_600_000, True, 0), "test", None, node.now()
    )
    term = Wording(kind="insult", term="灯塔水", sense="", weight=0.8, aimed=0.8)
    ids = {
        "protection": protections,
        "term": node.lexicons.add(term, "seen", Actor("li"), node.now()),
        "campaign": open_campaign(node.campaigns, "test"),
        "user_id": list_users(node.engine)[0].id,
        "key": accounts.add_key(node.ledger, "t", ["read"], node.now(), "test")[0].id,
    }
    for template, paths in shown.items():
        for path in paths:
            found = patterns[template].match(path)
            for name, value in (found.groupdict() if found else {}).items():
                ids.setdefault(name, value)
                ids.setdefault(before(template, name), value)
    return ids | {"dispute": ids["/mediation/disputes/"]}


def before(template, name):
    """The part of a route before this parameter, whatever those before it are called."""
    return re.sub(r"{\w+}", "{}", template.split(f"{{{name}}}")[0])


def refused(answer, url):
    """What an answer tells who may not see anything; None where it lets them do something."""
    if answer.status_code not in (303, 401, 403):
        return None
    location = answer.headers.get("location", "").split("?")[0]
    if answer.status_code == 303 and location != "/login":
        return None
    return answer.status_code, answer.text.replace(url, ""), location


def test_who_may_not_take_a_route_learns_nothing_of_its_ids(node, app, walk):
    """For ids that exist the answer is that for ids that nothing has, whatever the route."""
    shown, _, patterns = walk
    ids = examples_of(node, shown, patterns) | NAMES
    callers = {role: person(app, node, role) for role in ROLES}
    callers |= {f"key:{scope}": program(app, node, scope) for scope in SCOPES}
    callers["anonymous"] = anonymous = TestClient(app, follow_redirects=False)
    anonymous.get("/login")
    anonymous.headers["X-CSRF-Token"] = csrf_of(anonymous)
    wrong, without, open_to_all = [], set(), set()
    for route in iter_route_contexts(app.routes):
        path, names = route.path, re.findall(r"{(\w+)}", route.path)
        known = {name: ids.get(before(path, name), ids.get(name)) for name in names}
        without |= {name for name, value in known.items() if value is None}
        if not names or None in known.values():
            continue
        real = path.format(**known)
        fake = path.format(**{name: NAMES.get(name, "0") for name in names})
        for method in route.methods - {"HEAD"}:
            asked = 0
            for caller, client in callers.items():
                answer = refused(client.request(method, fake), fake)
                if answer is None:
                    continue
                asked += 1
                if refused(client.request(method, real), real) != answer:
                    wrong.append((method, path, caller))
            if not asked:
                open_to_all.add(path)
    assert not wrong, wrong
    assert without <= {*WITHOUT_ID}, "give an example, or a reason in WITHOUT_ID"
    assert open_to_all <= OPEN, "a route with an id that refuses nobody"
