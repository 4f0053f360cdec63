"""A GET changes nothing but the access log: every GET route of every domain, on a filled home."""

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

from lianzhi.store.accounts import ROLES
from lianzhi.store.keys import SCOPES
from lianzhi.store.looks import LOOKED

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


def test_a_get_changes_nothing_but_that_a_look_is_recorded(node):
    app = app_of(node)
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
            shown[template] = shown.get(template, 0) + 1
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
    assert not wrong, wrong
    assert len(shown) >= SHOWN * len(patterns), sorted({*patterns} - {*shown})
