"""`lianzhi.client` against a node, and against servers that fail."""

import io
import json
import re
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from client_house import NOW, Scripted, Served
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.client import ApiError, Client, NoAnswerError, Order, batches, forms
from lianzhi.client.batches import MOST_BYTES, MOST_ROWS
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import event

ROOT = Path(__file__).parents[2]
EMPTY = {"accepted": 0, "duplicates": 0, "quarantined": 0, "late": 0}
DECISION = {"row": {"id": "d", "case": "c", "status": "effective", "measures": 0}}
DECISION["row"]["contest_until"] = 1


def impatient(server: Scripted) -> Client:
    return Client(server.url, "lz_a_b", attempts=3, backoff_s=0.001)


def rows(count: int, start: int = 0) -> list[dict[str, object]]:
    base = {"source": "client", "kind": "comment", "time": NOW, "actor": "a", "target": "b"}
    return [{**base, "id": f"e{start + n}", "text": "今天的比赛真精彩"} for n in range(count)]


def test_events_are_sent_in_batches_and_refused_rows_named_by_place(served: Served) -> None:
    sent: list[object] = rows(MOST_ROWS + 2)
    sent[MOST_ROWS + 1] = {"id": "broken"}
    sent.append({**rows(1, start=MOST_ROWS + 9)[0], "traget": "u1"})
    with Client(served.url, served.key) as client:
        receipt = client.send_events(iter(sent))
        again = client.send_events([*sent, event("struct", NOW, "x", "y", text="hello")])
        strict = client.send_events([{**rows(1)[0], "id": "s", "traget": "u1"}], strict=True)
    assert (receipt.accepted, receipt.duplicates, receipt.quarantined) == (MOST_ROWS + 2, 0, 1)
    assert [row.line for row in receipt.reasons] == [MOST_ROWS + 2]
    assert [(f.field, f.did_you_mean) for f in receipt.unknown_fields] == [("traget", "target")]
    assert (again.accepted, again.duplicates) == (1, MOST_ROWS + 2)
    assert (strict.accepted, strict.quarantined) == (0, 1)


def test_a_platform_asks_and_decides(served: Served) -> None:
    with Client(served.url, served.key) as client:
        assert client.check("private_message", "u7", "u1").allowed
        nudge = client.nudge("你这个废物，滚出去", "en")
        assert (nudge.nudge, nudge.language) == (True, "en")
        assert nudge.hints
        (case,) = client.cases()
        assert (case.account, case.kind) == ("victim", "bullying.pile_on")
        orders = [Order(measure="mute", hours=24, role="follower")]
        decision = client.decide(case.id, ground="harassment", reason="辱骂。", orders=orders)
        assert (decision.case, decision.status) == (case.id, "effective")
        assert decision.measures > 0
        with pytest.raises(ApiError) as refused:
            client.decide("no such", ground="harassment", reason="x")
    assert refused.value.status == 404
    assert "there is no such case" in str(refused.value)
    assert "see GET /v1/cases" in str(refused.value)


def test_all_pages_of_cases_are_read(scripted: Scripted) -> None:
    members = ("id", "kind", "about", "account", "status", "stage")
    case = {**dict.fromkeys(members, "x"), "opened_at": 1, "updated_at": 2}
    scripted.script = [
        (200, {}, {"rows": [case], "next": "1~a b"}),
        (200, {}, {"rows": [case, case], "next": None}),
    ]
    with impatient(scripted) as client:
        assert len([*client.cases("closed")]) == 3
    assert [request.path for request in scripted.requests] == [
        "/v1/cases?status=closed",
        "/v1/cases?status=closed&cursor=1~a%20b",
    ]


@pytest.mark.parametrize("status", [None, 500, 502, 503, 504])
def test_events_are_sent_again_when_an_answer_is_lost_or_the_node_fails(
    scripted: Scripted, status: int | None
) -> None:
    fault = None if status is None else (status, {}, {})
    scripted.script = [fault, fault, (200, {}, {**EMPTY, "accepted": 2})]
    with impatient(scripted) as client:
        assert client.send_events(rows(2)).accepted == 2
    first, second, third = scripted.requests
    assert first.body == second.body == third.body
    assert len(first.body.splitlines()) == 2
    assert first.headers["Authorization"] == "Bearer lz_a_b"
    assert first.headers["Content-Type"] == "application/x-ndjson"


@pytest.mark.parametrize("fault", [None, (500, {}, {}), (503, {"Retry-After": "0"}, {})])
def test_a_decision_that_may_have_been_made_is_never_repeated(
    scripted: Scripted, fault: tuple[int, dict[str, str], object] | None
) -> None:
    scripted.script = [fault, (201, {}, DECISION)]
    with impatient(scripted) as client, pytest.raises((NoAnswerError, ApiError)):
        client.decide("c", ground="harassment", reason="x")
    assert len(scripted.requests) == 1


@pytest.mark.parametrize("fault", [None, (500, {}, {}), (503, {"Retry-After": "0"}, {})])
def test_a_decision_with_a_key_is_repeated(
    scripted: Scripted, fault: tuple[int, dict[str, str], object] | None
) -> None:
    scripted.script = [fault, (201, {}, DECISION)]
    with impatient(scripted) as client:
        made = client.decide("c", ground="harassment", reason="x", idempotency_key="k1")
    assert made.id == "d"
    assert [request.headers["Idempotency-Key"] for request in scripted.requests] == ["k1", "k1"]


def test_a_decision_waits_where_it_was_refused_for_its_rate(scripted: Scripted) -> None:
    scripted.script = [(429, {"Retry-After": "1"}, {}), (201, {}, DECISION)]
    began = time.monotonic()
    with impatient(scripted) as client:
        assert client.decide("c/d", ground="g", reason="x", decided_by="li").id == "d"
    assert time.monotonic() - began >= 1
    assert {request.path for request in scripted.requests} == {"/v1/cases/c%2Fd/decisions"}
    assert json.loads(scripted.requests[1].body) == {
        "ground": "g",
        "reason": "x",
        "orders": [],
        "decided_by": "li",
    }


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 413, 415, 422, 429])
def test_no_other_refusal_is_tried_again(scripted: Scripted, status: int) -> None:
    headers = {"Retry-After": "0"} if status != 429 else {}
    scripted.script = [(status, headers | {"Location": "/"}, {"detail": "no", "mend": "do"})]
    with impatient(scripted) as client, pytest.raises(ApiError, match=f"^{status}: no; do$"):
        client.send_events(rows(1))
    assert len(scripted.requests) == 1


def test_attempts_end(scripted: Scripted) -> None:
    scripted.script = [(503, {}, {"detail": "full"})] * 3
    with impatient(scripted) as client, pytest.raises(ApiError, match="503: full"):
        client.send_events(rows(1))
    scripted.script = [None] * 3
    with impatient(scripted) as client, pytest.raises(NoAnswerError, match="no answer"):
        client.send_events(rows(1))
    assert len(scripted.requests) == 6
    nobody = Client("http://127.0.0.1:1", "k", attempts=2, backoff_s=0)
    with nobody, pytest.raises(NoAnswerError):
        nobody.decide("c", ground="g", reason="x")


def test_what_is_no_answer_of_a_node_is_told(scripted: Scripted) -> None:
    scripted.script = [(200, {}, ["a proxy"]), (418, {}, ["a proxy"])]
    with impatient(scripted) as client:
        with pytest.raises(NoAnswerError, match="no answer of a node"):
            client.nudge("x")
        with pytest.raises(ApiError, match="418: no answer of a node"):
            client.nudge("x")


@pytest.mark.parametrize("url", ["http://lianzhi.example", "ftp://x", "127.0.0.1:8000", "https://"])
def test_a_key_is_sent_over_https_or_to_this_machine(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Client(url, "k")


def test_other_http_is_a_choice() -> None:
    Client("http://lianzhi.internal:8000", "k", insecure=True).close()
    Client("https://lianzhi.example", "k").close()


@given(st.lists(st.text(max_size=8), max_size=60), st.integers(1, 7), st.integers(1, 60))
def test_batches_hold_every_event_in_order_and_their_bounds(
    texts: list[str], most_rows: int, most_bytes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "MOST_ROWS", most_rows)
        patch.setattr(batches, "MOST_BYTES", most_bytes)
        made = [*batches.batches({"t": text} for text in texts)]
    lines = [body.split(b"\n") for _, body in made]
    assert [json.loads(line)["t"] for each in lines for line in each] == texts
    for (count, body), each in zip(made, lines, strict=True):
        assert count == len(each) <= most_rows
        assert len(body) <= most_bytes or count == 1


def test_a_batch_stays_below_what_a_node_takes() -> None:
    assert MOST_BYTES * 2 < 16 * 1024 * 1024


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        (forms.Receipt, "ReceiptReply"),
        (forms.RefusedRow, "RowRefused"),
        (forms.UnknownField, "UnknownField"),
        (forms.Verdict, "VerdictReply"),
        (forms.Hint, "HintReply"),
        (forms.Nudge, "NudgeReply"),
        (forms.Case, "CaseReply"),
        (forms.Order, "OrderForm"),
        (forms.Decision, "DecisionReply"),
        (forms.Problem, "Problem"),
        (forms.FieldProblem, "FieldProblem"),
    ],
)
def test_the_forms_are_those_of_the_description(served: Served, form: type, schema: str) -> None:
    schemas = create_app(served.node, Settings()).openapi()["components"]["schemas"]
    assert set(form.__struct_fields__) <= set(schemas[schema]["properties"])


def test_the_example_of_the_documents_runs_as_it_stands(served: Served, monkeypatch) -> None:
    page = (ROOT / "docs" / "client.md").read_text("utf-8")
    calls = next(code for code in re.findall(r"```python\n(.*?)```", page, re.S) if "Order" in code)
    monkeypatch.setenv("LIANZHI_URL", served.url)
    monkeypatch.setenv("LIANZHI_KEY", served.key)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(calls, "client.md", "exec"), {})
    accepted, may, nudge, *cases = printed.getvalue().splitlines()
    assert accepted == "3 accepted; 0 refused: ()"
    assert may == "may write"
    assert "insult" in nudge
    assert cases


def test_the_client_loads_nothing_of_the_server() -> None:
    check = (
        "import sys, lianzhi.client;"
        "print({'fastapi', 'sqlalchemy', 'numpy', 'pydantic', 'duckdb'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, text=True)
    assert ran.stdout == "set()\n"
