"""What programs read and do through /v1, against a real record and database."""

import base64

import pytest
from web_house import HOUR, pile_on

from lianzhi.office.actor import Actor
from lianzhi.record.checkpoint import Verifier
from lianzhi.record.merkle import verify_consistency, verify_inclusion


@pytest.fixture
def url(databases, tmp_path):
    return databases.url(tmp_path)


def grant(node, **changes):
    terms = {
        "account": "u1",
        "channels": ["private_message", "comment"],
        "expires_at": node.clock + HOUR,
    }
    return terms | changes


def test_protection_from_grant_to_lift(client, node, bearer):
    key = bearer("protect")
    ask = {"channel": "comment", "actor": "u7", "target": "u1"}
    assert client.post("/v1/check", json=ask, headers=key).json()["allowed"] is True

    granted = client.post("/v1/protections", json=grant(node), headers=key)
    assert granted.status_code == 201, granted.text
    made = granted.json()
    assert made["account"] == "u1"
    assert made["channels"] == ["private_message", "comment"]
    assert made["granted_by"].startswith("key:")
    where = granted.headers["location"]
    assert client.get(where, headers=key).json() == made

    refused = client.post("/v1/check", json=ask, headers=key).json()
    assert refused == {"allowed": False, "reason": "stranger", "expires_at": made["expires_at"]}

    def listed(**query):
        rows = client.get("/v1/protections", params=query, headers=key).json()["rows"]
        return [row["id"] for row in rows]

    assert listed(account="u1", active=True) == [made["id"]]
    assert listed(account="u2") == []
    assert client.delete(where, headers=key).status_code == 204
    assert client.delete(where, headers=key).status_code == 404
    assert client.get(where, headers=key).json()["ended"] == "lifted"
    assert listed(active=True) == []
    assert client.post("/v1/check", json=ask, headers=key).json()["allowed"] is True


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expires_at": 1}, "body.expires_at"),
        ({"expires_at": "1999999999999"}, "body.expires_at"),
        ({"expires_at": 10**30}, "body.expires_at"),
        ({"strangers": False}, "body.strangers"),
        ({"strangers": 1}, "body.strangers"),
        ({"younger_than_days": False}, "body.younger_than_days"),
        ({"younger_than_days": 2.5}, "body.younger_than_days"),
        ({"channels": []}, "body.channels"),
        ({"channels": ["phone"]}, "body.channels.0"),
        ({"account": ""}, "body.account"),
        ({"account": "a\x00b"}, "body.account"),
        ({"account": "x" * 201}, "body.account"),
        ({"account": None}, "body.account"),
        ({"colour": "red"}, "body.colour"),
    ],
)
def test_refusals_name_the_field(client, node, bearer, change, field):
    answer = client.post("/v1/protections", json=grant(node, **change), headers=bearer("protect"))
    assert answer.status_code == 422
    problem = answer.json()
    assert [error["field"] for error in problem["errors"]] == [field]
    assert all(error["mend"] for error in problem["errors"])
    assert all(len(error["value"]) <= 120 for error in problem["errors"])
    assert {entry.kind for entry in node.ledger.entries()} == {"key.added"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"channel": "comment", "actor": "\\ud800", "target": "u1"}',
        b'{"channel": "comment", "actor": NaN, "target": "u1"}',
        b'{"channel": "comment", "actor": "a", "target": "u1", "at": Infinity}',
        b'{"channel": "comment", "actor": "a", "target": "u1", "at": 1' + b"0" * 5000 + b"}",
        b"[" * 100_000,
        b'{"\\ud800": 1}',
        b"\xff\xfe",
        b"",
        b"null",
        b'{"channel"',
    ],
)
def test_hostile_json_is_refused_in_form(client, bearer, body):
    headers = bearer("protect") | {"Content-Type": "application/json"}
    answer = client.post("/v1/check", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def test_check_can_ask_about_another_time_and_age(client, node, bearer):
    key = bearer("protect")
    terms = grant(node, strangers=False, younger_than_days=30)
    assert client.post("/v1/protections", json=terms, headers=key).status_code == 201
    ask = {"channel": "comment", "actor": "u7", "target": "u1"}

    def reason(**more):
        return client.post("/v1/check", json=ask | more, headers=key).json()["reason"]

    assert reason() == "unknown_age"
    assert reason(actor_created=node.clock - 29 * 24 * HOUR) == "young_account"
    assert reason(actor_created=node.clock - 31 * 24 * HOUR) == ""
    assert reason(at=node.clock + HOUR) == ""


def test_protection_in_an_unknown_case_is_refused(client, node, bearer):
    answer = client.post(
        "/v1/protections", json=grant(node, case="nope"), headers=bearer("protect")
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "body.case"


def test_protection_in_a_closed_case_is_a_conflict(client, node, bearer):
    with node.ledger.batch() as batch:
        batch.append(pile_on(1, node.clock, about=batch.tokens(["u1"])["u1"]))
    node.casework.close_case("c0ffee", "subsided", "quiet", Actor("user:x"), node.clock)
    answer = client.post(
        "/v1/protections", json=grant(node, case="c0ffee"), headers=bearer("protect")
    )
    assert answer.status_code == 409
    assert "closed" in answer.json()["detail"]
    assert client.get("/v1/protections", headers=bearer("protect")).json()["rows"] == []


def test_findings_by_person_kind_and_time(client, node, bearer):
    key = bearer("read")
    for number in range(5):
        node.ledger.append(pile_on(number, node.clock + number, case=f"c{number}"))

    def ids(**query):
        answer = client.get("/v1/findings", params=query, headers=key)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["rows"]]

    assert ids() == ["f4", "f3", "f2", "f1", "f0"]
    assert ids(since=node.clock + 1, until=node.clock + 3) == ["f2", "f1"]
    assert ids(about="p_victim", limit=1) == ["f4"]
    assert ids(about="nobody") == []
    assert ids(kind="bullying.other") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sinc=5", "query.sinc"),
        ("since=soon", "query.since"),
        ("since=-1", "query.since"),
        ("limit=0", "query.limit"),
        ("cursor=x", "query.cursor"),
        ("about=%00", "query.about"),
    ],
)
def test_questions_that_make_no_sense_are_refused(client, bearer, query, field):
    answer = client.get(f"/v1/findings?{query}", headers=bearer("read"))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_pages_follow_one_another(client, node, bearer):
    key, seen, cursor = bearer("read"), [], None
    for number in range(5):
        node.ledger.append(pile_on(number, node.clock, case=f"c{number}"))
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/findings", params=query, headers=key).json()
        seen += [row["id"] for row in page["rows"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == ["f0", "f1", "f2", "f3", "f4"]


def test_case_tells_its_story(client, node, bearer):
    key = bearer("read")
    node.ledger.append(pile_on(1, node.clock))
    node.casework.note_case("c0ffee", "seen", "user:x", node.clock)
    rows = client.get("/v1/cases", params={"status": "waiting"}, headers=key).json()["rows"]
    assert [row["id"] for row in rows] == ["c0ffee"]
    assert client.get("/v1/cases", params={"status": "closed"}, headers=key).json()["rows"] == []
    case = client.get("/v1/cases/c0ffee", headers=key).json()
    assert case["row"] == rows[0]
    assert [step["kind"] for step in case["steps"]] == ["case.opened", "case.noted"]
    assert [item["row"]["id"] for item in case["findings"]] == ["f1"]
    assert case["findings"][0]["reasons"][0]["feature"] == "strangers"
    assert [(part["token"], part["role"]) for part in case["parts"]] == [("p_a", "inciter")]
    assert [item["actor"] for item in case["evidence"]] == ["p_a"]


@pytest.mark.parametrize("path", ["/v1/cases/none", "/v1/cases/%00", "/v1/cases/a%ffb"])
def test_unknown_case(client, bearer, path):
    answer = client.get(path, headers=bearer("read"))
    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_quarantine_lists_what_was_refused(client, bearer):
    client.post(
        "/v1/events",
        content=b'{"id":"1"}\n\xff\xff',
        headers={"Content-Type": "application/x-ndjson"} | bearer("ingest"),
    )
    body = client.get("/v1/quarantine", headers=bearer("read")).json()
    assert body["count"] == 1
    assert (body["rows"][0]["line"], body["rows"][0]["reason"]) == (2, "broken_json")
    assert base64.b64decode(body["rows"][0]["raw"]) == b"\xff\xff"


def test_record_proves_itself_to_an_auditor(client, node, bearer):
    """Everything an auditor needs comes over HTTP; the check itself uses nothing of the node."""
    key = bearer("read")
    verifier: Verifier = node.ledger.signer.verifier
    notes = []
    for number in range(4):
        node.ledger.append(pile_on(number, node.clock, case=f"c{number}"))
        answer = client.get("/v1/record/checkpoint", headers=key)
        assert answer.headers["content-type"].startswith("text/plain")
        notes.append(verifier.checkpoint(answer.text))
    assert [note.size for note in notes] == [3, 5, 7, 9]  # the first entry is the key's own
    for index in range(9):
        proof = client.get(f"/v1/record/entries/{index}/proof", headers=key).json()
        steps = [bytes.fromhex(step) for step in proof["proof"]]
        leaf = bytes.fromhex(proof["leaf_hash"])
        assert proof["size"] == 9
        assert verify_inclusion(index, 9, leaf, notes[-1].root, steps)
    old, new = notes[1], notes[-1]
    sizes = {"first": old.size, "second": new.size}
    answer = client.get("/v1/record/consistency", params=sizes, headers=key).json()
    steps = [bytes.fromhex(step) for step in answer["proof"]]
    assert verify_consistency(old.size, new.size, old.root, new.root, steps)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/record/entries/8/proof", 404),
        ("/v1/record/entries/0/proof?size=99", 404),
        ("/v1/record/entries/1/proof?size=1", 404),
        ("/v1/record/entries/-1/proof", 422),
        ("/v1/record/entries/99999999999999999999/proof", 422),
        ("/v1/record/consistency?first=1", 422),
        ("/v1/record/consistency?first=2&second=1", 422),
        ("/v1/record/consistency?first=0&second=99", 404),
    ],
)
def test_proofs_that_do_not_exist(client, node, bearer, path, status):
    node.ledger.append(pile_on(1, node.clock))
    answer = client.get(path, headers=bearer("read"))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_health_needs_no_key(client, node):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
