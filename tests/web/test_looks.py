"""Every look at personal data is on the record before anything is shown."""

import time
from unittest.mock import Mock

import console_house as house
import msgspec
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import MetaData, select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient
from web_house import HOUR, NOW, FakeNode, pile_on

from lianzhi.chain import notice
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order, measure_id
from lianzhi.chain.protection import Terms
from lianzhi.cli.demo_campaign import open_campaign
from lianzhi.domains.monitor import Forming
from lianzhi.flow.quarantine import Rejected
from lianzhi.jobs.forms import Pulse
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.wordings import Wording
from lianzhi.record.entry import Draft
from lianzhi.store import accounts
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.keys import SCOPES
from lianzhi.store.looks import LOOKED, looks
from lianzhi.web.app import create_app
from lianzhi.web.core.looks import ONCE_MS, Memory
from lianzhi.web.core.settings import Settings

#: Routes that show accounts or texts: path -> (ref of the look, what is seen). A path with
#: {transfer} is asked with a measure that is one. All are asked by GET but those of EXPORTS.
SHOW = {
    "/": ("overview", 1),
    "/live": ("overview", 1),
    "/warnings": ("findings", 1),
    "/cases": ("cases", 1),
    "/cases/{case}": ("c0ffee", 1),
    "/protections": ("protections", 1),
    "/quarantine": ("quarantine", 1),
    "/decisions": ("decisions", 1),
    "/decisions/{decision}": ("DECISION", 1),
    "/cases/{case}/why/{seq}": ("c0ffee", 1),
    "/cases/{case}/decide": ("c0ffee", 1),
    "/measures": ("measures", 2),
    "/measures/{transfer}/transfer": ("TRANSFER", 1),
    "/appeals": ("appeals", 1),
    "/appeals/{appeal}": ("APPEAL", 1),
    "/revisits": ("revisits", 1),
    "/desk/looks/{decision}": ("DECISION", 1),
    "/cases/{case}/evidence": ("c0ffee", 1),
    "/v1/cases/{case}/evidence": ("c0ffee", 1),
    "/reports": ("reports", 1),
    "/reports/{report}": ("REPORT", 1),
    "/reports/{report}/case": ("REPORT", 2),
    "/lexicons/{term}": ("TERM", 1),
    "/v1/decisions": ("decisions", 1),
    "/v1/decisions/{decision}": ("DECISION", 1),
    "/v1/measures": ("measures", 2),
    "/v1/measures/{measure}": ("MEASURE", 1),
    "/v1/measures/{transfer}/transfer": ("TRANSFER", 1),
    "/v1/reports": ("reports", 1),
    "/v1/appeals/{appeal}": ("APPEAL", 1),
    "/v1/notices": ("notices", 1),
    "/v1/findings": ("findings", 1),
    "/v1/cases": ("cases", 1),
    "/v1/cases/{case}": ("c0ffee", 1),
    "/v1/protections": ("protections", 1),
    "/v1/protections/{protection}": ("PROTECTION", 1),
    "/v1/quarantine": ("quarantine", 1),
}
#: Routes that give out a pack, which is on the record in its case as well: they are POSTs.
EXPORTS = {path for path in SHOW if path.endswith(("/evidence", "/transfer"))}
#: GET routes that show none.
SHOW_NONE = {
    "/chains",
    "/chains/{case}",
    "/campaign/compare",
    "/campaign/compare.csv",
    "/campaign/draws/{identity}",
    "/campaign/draws/{identity}/roster.csv",
    "/campaign/plans",
    "/campaign/plans/new",
    "/campaign/plans/{identity}",
    "/campaign/plans/{identity}/behind/{noun}",
    "/campaign/plans/{identity}/bulletin.{form}",
    "/campaign/plans/{identity}/weeks.csv",
    "/campaign/samples/{identity}",
    "/campaign/samples/{identity}/items.csv",
    "/campaign/supplies/{identity}",
    "/campaign/tasks/{identity}",
    "/v1/campaigns",
    "/v1/campaigns/{campaign}",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static",
    "/login",
    "/login/oidc",
    "/login/oidc/back",
    "/search",
    "/record",
    "/settings",
    "/people",
    "/delivery",
    "/desk",
    "/rules",
    "/lexicons",
    "/lexicons/new",
    "/lexicons/try",
    "/decisions/{decision}/statements.json",
    "/v1/decisions/{decision}/statements",
    "/v1/statements",
    "/scorecard",
    "/signals",
    "/scorecard.csv",
    "/transparency",
    "/transparency.csv",
    "/v1/scorecard",
    "/v1/signals",
    "/v1/report-classes",
    "/report/{token}",
    "/appeal/{token}",
    "/receipt/{token}",
    "/reports/new",
    "/v1/reports/{report}",
    "/looks",
    "/v1/looks",
    "/v1/record/checkpoint",
    "/v1/record/entries/{index}/proof",
    "/v1/record/consistency",
}

#: What changes something and answers with people, as a refused form does: path -> (what is sent,
#: ref of the look, what is seen). In town each of these forms is refused.
ANSWER = {
    "/cases/{case}/decide": ({"nothing": "1"}, "c0ffee", 1),
    "/appeals/{appeal}/answer": ({"outcome": "upheld"}, "APPEAL", 1),
    "/reports/{report}/join": ({"case": "c0ffee"}, "REPORT", 1),
    "/reports/{report}/answer": ({"outcome": "handled", "reason": "x"}, "REPORT", 1),
    "/reports/{report}/route": ({"class": "rumour"}, "REPORT", 1),
    "/lexicons/new": ({"term": "灯塔水", "kind": "insult", "strength": "clear"}, "lexicons", 1),
    "/reports/{report}/case": ({"about": "u1", "accounts": "u2", "roles": "inciter"}, "REPORT", 3),
    "/v1/cases/{case}/decisions": (
        {"orders": [], "reason": "nothing to do", "ground": "harassment"},
        "MADE",
        1,
    ),
    "/v1/measures/{measure}/lift": ({"reason": "it is over"}, "MEASURE", 1),
    "/v1/measures/{transfer}/done": ({}, "TRANSFER", 1),
}
#: What changes something and shows nobody whom the request doesn't name itself.
ANSWER_NONE = {
    "/chains/{case}/look",
    "/campaign/draws",
    "/campaign/draws/{identity}/{key}",
    "/campaign/plans",
    "/campaign/plans/{identity}/{key}",
    "/campaign/samples",
    "/campaign/samples/{identity}/{key}",
    "/campaign/supplies",
    "/campaign/supplies/{identity}/{key}",
    "/campaign/tasks",
    "/campaign/tasks/{identity}/{key}",
    "/receipt/{token}",
    "/v1/reports/{report}/contest",
    "/login",
    "/logout",
    "/cases/{case}/assign",
    "/cases/{case}/close",
    "/cases/{case}/decide/preview",
    "/cases/{case}/note",
    "/cases/{case}/protection",
    "/cases/{case}/reopen",
    "/cases/{case}/forget",
    "/cases/{case}/revisit",
    "/decisions/{decision}/confirm",
    "/decisions/{decision}/mark",
    "/decisions/{decision}/refuse",
    "/decisions/{decision}/reverse",
    "/delivery/{letter}/retry",
    "/desk/give-back",
    "/desk/looks/{decision}",
    "/desk/next",
    "/desk/take",
    "/measures/{measure}/answered",
    "/measures/{measure}/done",
    "/measures/{measure}/lift",
    "/lexicons",
    "/lexicons/try",
    "/lexicons/{term}/switch",
    "/people/keys",
    "/people/keys/{key}/body",
    "/people/keys/{key}/revoke",
    "/people/keys/{key}/rotate",
    "/people/users",
    "/people/users/{user_id}/body",
    "/people/users/{user_id}/disable",
    "/people/users/{user_id}/enable",
    "/people/users/{user_id}/roles",
    "/people/users/{user_id}/unlock",
    "/protections/{protection}/lift",
    "/record/verify",
    "/reports/new",
    "/rules/switch",
    "/language",
    "/password",
    "/theme",
    "/appeal/{token}",
    "/report/{token}",
    "/v1/appeal-links",
    "/v1/appeals",
    "/v1/check",
    "/v1/contacts/{account}",
    "/v1/events",
    "/v1/notices/{notice}/read",
    "/v1/nudge",
    "/v1/protections",
    "/v1/protections/{protection}",
    "/v1/report-links",
    "/v1/reports",
    "/v1/signals",
}


TERM = Wording(kind="insult", term="灯塔水", sense="", weight=0.8, aimed=0.8)


def forming(*accounts):
    """A live picture in which something forms around these."""
    return Pulse(
        watermark=NOW,
        accepted=1,
        judged=1,
        targets=1,
        seconds=(),
        forming=tuple(Forming(one, "warn", 4.0, 9, 9, 1.0, NOW) for one in accounts),
    )


@pytest.fixture
def town(node: FakeNode, monkeypatch):
    """A node with one of everything; yields (node, the ids of some)."""
    with node.ledger.batch() as batch:
        victim = batch.tokens(["victim"])["victim"]
    drafts = pile_on(1, node.clock)
    drafts = [
        msgspec.structs.replace(
            draft,
            payload=msgspec.json.decode(
                msgspec.json.encode(draft.payload).replace(b"p_victim", victim.encode())
            ),
        )
        for draft in drafts
    ]
    node.ledger.append(drafts)
    terms = Terms(("comment",), node.clock + HOUR, True, 0)
    protection = node.protections.grant("victim", terms, "test", None, node.clock)
    node.quarantine.hold("key:x", [Rejected(line=1, reason="broken_json", detail="x", raw=b"{")])
    monkeypatch.setattr(node.live, "pulse", lambda: forming("victim"))
    order = Order(key="mute", hours=24, subjects=("p_a",), to="inciter")
    transfer = Order(key="transfer", subjects=("p_a",), mode="manual", authority="the police")
    asking = DecisionRequest(orders=(order, transfer), facts="so", ground="harassment")
    deciding, redress = node.proceedings.decisions, node.proceedings.redress
    decision = deciding.decide("c0ffee", asking, Actor("wang", may_severe=True), node.clock)
    deciding.confirm(decision, Actor("zhao", may_severe=True), node.clock)
    node.proceedings.second_looks.mark(decision, True, Actor("li"), node.clock)
    plan = {"case": "c0ffee", "due": node.clock + HOUR}
    node.ledger.append([Draft("revisit.scheduled", "c0ffee", node.clock, plan)])
    said = Complaint(category="insult", channel="api", reporter="aunt", about="victim")
    report = node.reports.receive(said, "key:x", node.now())
    node.ledger.append([notice.draft("report_receipt", victim, "r_1", {}, {}, node.clock)])
    plan = open_campaign(node.campaigns, "li")
    ids = {
        "campaign": plan,
        "identity": plan,
        "noun": "measures",
        "form": "docx",
        "term": node.lexicons.add(TERM, "seen", Actor("li"), node.clock),
        "case": "c0ffee",
        "seq": "7",
        "protection": protection,
        "decision": decision,
        "report": report,
        "measure": measure_id(decision, "mute", "p_a", ""),
        "transfer": measure_id(decision, "transfer", "p_a", ""),
        "appeal": redress.file(decision, "harmed", "victim", "too little", node.clock),
    }
    return node, ids


def told(node):
    """(ref, payload) of the looks on the record."""
    return [
        (entry.ref, node.ledger.payload(entry.index))
        for entry in node.ledger.entries()
        if entry.kind == LOOKED
    ]


def test_every_get_is_said_to_show_people_or_not(app):
    found = {
        route.path
        for route in iter_route_contexts(app.routes)
        if "GET" in (getattr(route, "methods", None) or {"GET"})
    }
    assert found == {*SHOW} - EXPORTS | SHOW_NONE
    assert not set(SHOW) & SHOW_NONE


def test_every_change_is_said_to_answer_with_people_or_not(app):
    found = {
        route.path
        for route in iter_route_contexts(app.routes)
        if {"POST", "PUT", "PATCH", "DELETE"} & (getattr(route, "methods", None) or set())
    }
    changing = {path.replace("{transfer}", "{measure}") for path in {*ANSWER} | EXPORTS}
    assert found == changing | ANSWER_NONE
    assert not set(ANSWER) & ANSWER_NONE


@pytest.mark.parametrize("path", ANSWER)
def test_who_is_answered_with_people_is_told(town, client, signed_in, bearer, monkeypatch, path):
    node, ids = town
    sent, wanted, count = ANSWER[path]
    url = path.format(**ids)
    if path.startswith("/v1/"):
        answer = client.post(url, json=sent, headers=bearer("decide"))
        assert answer.is_success, answer.text
        made = answer.json().get("row", {}).get("id")
    else:
        node.proceedings.complaints.answer(ids["report"], "handled", "done", "li", node.clock)
        monkeypatch.setattr(node.conclusions, "conclude", refused)
        client = signed_in("senior", "appeals")
        made = None
        status = 200 if path == "/lexicons/new" else 409
        assert client.post(url, data=sent).status_code == status
    ((ref, said),) = told(node)
    assert ref == {**ids, "made": made}.get(wanted.lower(), wanted)
    assert said["what"] == path.replace("{transfer}", "{measure}")
    assert len(said["refs"]) == count


def refused(said, by, at):
    raise IllegalStepError("finding.made", "", rule="reasons_given")


@pytest.mark.parametrize("path", SHOW)
def test_a_look_is_one_entry_that_says_who_saw_what(town, client, signed_in, bearer, path):
    node, ids = town
    url = path.format(**ids)
    url += "?account=victim" if path == "/v1/notices" else ""
    if path.startswith("/v1/"):
        headers = bearer("read", "protect", "report", "notices")
        by, role = f"key:{headers['Authorization'].split('_')[1]}", "key"
    else:
        client = signed_in("senior", "auditor")
        headers, by, role = {}, "senior-auditor-0", "senior auditor"
    method = "POST" if path in EXPORTS else "GET"
    assert client.request(method, url, headers=headers).status_code == 200
    assert client.request(method, url, headers=headers).status_code == 200
    ((ref, said),) = told(node)
    wanted, count = SHOW[path]
    assert ref == ids.get(wanted.lower(), wanted)
    what = path.replace("{transfer}", "{measure}")
    assert (said["by"], said["role"], said["what"]) == (by, role, what)
    assert len(said["refs"]) == count
    assert "victim" not in str(said)


def test_routes_that_show_nobody_leave_no_look(town, app, signed_in, bearer):
    node, ids = town
    client = signed_in("admin", "auditor")
    known = ids | dict.fromkeys(("index", "decision", "report", "token"), "0")
    for path in SHOW_NONE:
        headers = bearer(*SCOPES) if path.startswith("/v1/") else {}
        client.get(path.format(**known), headers=headers)
    check = {"channel": "comment", "actor": "a", "target": "victim"}
    client.post("/v1/check", json=check, headers=bearer("protect"))
    client.post("/v1/nudge", json={"text": "你好"}, headers=bearer("protect"))
    assert told(node) == []


def test_an_empty_list_shows_nobody(node, signed_in):
    client = signed_in("viewer")
    for path in ("/", "/live", "/cases", "/warnings", "/protections", "/quarantine"):
        assert client.get(path).status_code == 200
    assert told(node) == []


def test_a_live_page_is_told_again_for_what_is_new_and_after_ten_minutes(
    town, signed_in, monkeypatch
):
    node, _ = town
    client = signed_in("viewer")
    for _ in range(5):
        client.get("/live")
    monkeypatch.setattr(node.live, "pulse", lambda: forming("victim", "second"))
    client.get("/live")
    assert [len(said["refs"]) for _, said in told(node)] == [1, 1]
    tokens = node.vault.known(["victim", "second"])
    assert [said["refs"] for _, said in told(node)] == [[tokens["victim"]], [tokens["second"]]]
    signed_in("viewer").get("/live")
    assert len(told(node)) == 3, "another reader is another look"
    node.clock += ONCE_MS
    client.get("/live")
    assert len(told(node)) == 4
    assert len(told(node)[-1][1]["refs"]) == 2


@pytest.mark.parametrize("path", SHOW)
def test_what_cannot_be_recorded_is_not_shown(town, client, signed_in, bearer, monkeypatch, path):
    node, ids = town
    url = path.format(**ids)
    url += "?account=victim" if path == "/v1/notices" else ""
    api = path.startswith("/v1/")
    client = client if api else signed_in("senior")
    headers = bearer("read", "protect", "report", "notices") if api else {}
    method = "POST" if path in EXPORTS else "GET"
    for failure in (OperationalError("INSERT", {}, Exception("full")), OSError(28, "full")):
        with monkeypatch.context() as patched:
            patched.setattr(node.ledger, "batch", Mock(side_effect=failure))
            answer = client.request(method, url, headers=headers)
        assert answer.status_code == 503
        assert "victim" not in answer.text
        assert int(answer.headers["retry-after"]) > 0
    assert client.request(method, url, headers=headers).status_code == 200, "and is tried again"
    assert len(told(node)) == 1


def test_the_access_log_filters_and_pages(town, client, signed_in, bearer):
    node, _ = town
    for name in ("first", "second"):
        reader = signed_in("reviewer") if name == "first" else signed_in("viewer")
        reader.get("/cases")
        reader.get("/cases/c0ffee")
    log, key = signed_in("auditor"), bearer("audit")

    def api(**query):
        return client.get("/v1/looks", params=query, headers=key).json()

    everything = api()["rows"]
    assert [row["what"] for row in everything] == ["/cases/{case}", "/cases"] * 2
    assert [row["index"] for row in everything] == sorted(
        (row["index"] for row in everything), reverse=True
    )
    assert {row["by"] for row in api(by="reviewer-0")["rows"]} == {"reviewer-0"}
    assert len(api(ref="c0ffee")["rows"]) == len(api(ref="victim")["rows"]) == 4
    assert api(ref="nobody")["rows"] == api(by="nobody")["rows"] == []
    page = api(limit=3)
    rest = api(limit=3, cursor=page["next"])
    assert page["rows"] + rest["rows"] == everything
    assert rest["next"] is None
    assert client.get("/v1/looks?cursor=nonsense", headers=key).status_code == 422
    assert client.get("/v1/looks", headers=bearer("read")).status_code == 403

    shown = log.get("/looks", params={"by": "viewer-1", "ref": "victim"}).text
    assert "viewer-1" in shown
    assert "reviewer-0" not in shown
    assert log.get("/looks?cursor=nonsense").status_code == 422
    assert "<html" not in log.get(f"/looks?cursor={page['next']}").text
    assert [row.index for row in looks(node.engine, limit=2).rows] == [
        row["index"] for row in everything[:2]
    ]


def test_the_log_comes_from_the_record_alone(town, signed_in):
    node, _ = town
    signed_in("viewer").get("/cases")
    before = looks(node.engine)
    assert audit_tables(node.engine).ok
    node.ledger.rebuild()
    assert looks(node.engine) == before
    with node.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM look")
    (fault,) = audit_tables(node.engine).faults
    assert (fault.table, fault.detail) == ("look", "the row is gone")


def test_memory_is_bounded_and_forgets_the_oldest():
    memory = Memory(size=3)
    memory.keep("a", "/x", ["1", "2", "3", "4"], 0)
    assert memory.fresh("a", "/x", ["1", "2", "3", "4", "4"], ONCE_MS - 1) == ["1"]
    assert memory.fresh("a", "/y", ["4"], 0) == memory.fresh("b", "/x", ["4"], 0) == ["4"]
    assert memory.fresh("a", "/x", ["2", "2", "3"], ONCE_MS) == ["2", "3"]


def test_whoever_is_asked_about_is_told_though_no_report_names_them(town, signed_in):
    node, ids = town
    client, url = signed_in("reviewer"), f"/reports/{ids['report']}/case"
    assert client.get(url, params={"about": "other", "accounts": "u1, u2"}).status_code == 200
    assert client.get(url, params={"about": "u1", "accounts": "victim"}).status_code == 200
    tokens = node.vault.known(["other", "u1", "u2", "victim"])
    asked = {ids["report"], tokens["other"], tokens["u1"], tokens["u2"]}
    assert [{*said["refs"]} for _, said in told(node)] == [asked, {tokens["victim"]}]
    assert client.get(url, params={"about": "a\0b"}).status_code == 422


@pytest.mark.slow
def test_a_look_does_not_slow_the_page_noticeably(tmp_path):
    """Median time of a case page with its look, against one without. `pytest -s` prints both."""
    clock = [house.NOW]
    with house.build(tmp_path) as node:
        node.now = lambda: clock[0]
        app = create_app(node, Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6))
        case = house.case_of(node, house.HARMED)
        _, token = accounts.add_key(node.ledger, "t", ("read",), clock[0], "test")
        with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
            took = {}
            for name, step in (("without", 0), ("with", ONCE_MS)):
                times = []
                for _ in range(30):
                    clock[0] += step
                    started = time.perf_counter()
                    assert client.get(f"/v1/cases/{case}").status_code == 200
                    times.append(1000 * (time.perf_counter() - started))
                took[name] = sorted(times)[len(times) // 2]
        assert isinstance(node, Node)
        print(f"\ncase without a look {took['without']:.1f} ms, with one {took['with']:.1f} ms")
        assert took["with"] - took["without"] < 50


#: The exception: a look at personal data is put on the record before it is shown. These tables hold
#: the entry, its payload, the checkpoint over it, and its row in the access log.
LOOK_TABLES = {"entry", "payload", "checkpoint", "look", "look_ref"}


def rows_of(node: FakeNode) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table of the database."""
    tables = MetaData()
    tables.reflect(node.engine)
    with node.engine.connect() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in tables.tables.items()
        }


@pytest.mark.slow
def test_no_get_changes_anything_but_that_a_look_is_recorded(town, client, signed_in, bearer):
    node, ids = town
    named = {"index": 0, "token": "0", "notice": "0", "account": "victim", **ids}
    keyed, person = bearer(*SCOPES), signed_in("senior", "appeals", "auditor", "admin")
    wrong, before, size = [], rows_of(node), len(list(node.ledger.entries()))
    for path in sorted({*SHOW, *SHOW_NONE} - EXPORTS):
        url = path.format(**named) + ("?account=victim" if path == "/v1/notices" else "")
        node.clock += 1
        if path.startswith("/v1/"):
            client.get(url, headers=keyed)
        else:
            person.get(url)
        after, entries = rows_of(node), list(node.ledger.entries())
        new = {entry.kind for entry in entries[size:]}
        changed = {name for name in before if before[name] != after[name]}
        kinds = {LOOKED} if path in SHOW else set()
        tables = LOOK_TABLES if new else set()
        if new - kinds or changed - tables:
            wrong.append((path, new - kinds, changed - tables))
        before, size = after, len(entries)
    assert not wrong, wrong
