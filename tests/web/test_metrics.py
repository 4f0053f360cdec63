"""GET /metrics: what a node that runs shows to whoever watches it."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.text.arrays.batch import IN_FULL
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import NOW, body, calm, crowd, event, merged

LONG = event("long", NOW - 120_000, "x", "y", text="好" * (IN_FULL + 1))
EVENTS = merged(calm(80), crowd("victim", 50), [LONG])
SETTINGS = Settings(hosts=("testserver",), client_rate=1e6, client_burst=1e6, metrics_open=True)
ROOT = Path(__file__).parents[2]


class Samples:
    """The samples that an application shows, by name and labels in order of their names."""

    def __init__(self, client: TestClient) -> None:
        answer = client.get("/metrics")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/plain; version=")
        self.families = list(text_string_to_metric_families(answer.text))
        self.values = {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in self.families
            for sample in family.samples
        }

    def __getitem__(self, name: str | tuple[str, ...]) -> float:
        return self.values[(name,) if isinstance(name, str) else name]


@pytest.fixture
def running(tmp_path: Path):
    with Node(tmp_path, Config(lateness_seconds=5.0), lambda: NOW) as node:
        yield node


def test_a_running_node_shows_what_it_took_in_and_found(running: Node) -> None:
    rows = body(EVENTS)
    running.intake.submit(rows + b"{broken\n" + rows.split(b"\n")[0] + b"\n", "test")
    running.intake.finish()
    running.judge.ask_snapshot()
    with TestClient(create_app(running, SETTINGS)) as client:
        seen = Samples(client)
    assert seen["lianzhi_events_total", "accepted"] == len(EVENTS)
    assert seen["lianzhi_events_total", "duplicate"] == 1
    assert seen["lianzhi_events_total", "quarantined"] == 1
    assert seen["lianzhi_events_total", "late"] == 0
    assert seen["lianzhi_judged_events_total"] == len(EVENTS)
    assert seen["lianzhi_event_log_events"] == len(EVENTS)
    assert seen["lianzhi_event_log_bytes"] > 0
    assert seen["lianzhi_quarantine_rows"] == 1
    found = {key[1]: n for key, n in seen.values.items() if key[0] == "lianzhi_findings_total"}
    assert set(found) == {"bullying.pile_on"}
    assert seen["lianzhi_texts_total", "judge"] == sum(bool(one.text) for one in EVENTS)
    assert seen["lianzhi_texts_not_in_full_total", "judge"] == 1
    assert seen["lianzhi_text_seconds_total", "judge"] > 0
    assert seen["lianzhi_judging_lag_events"] == seen["lianzhi_judging_lag_seconds"] == 0
    assert seen["lianzhi_buffered_events"] == 0
    assert seen["lianzhi_backlog_judged_ratio"] == 1
    assert seen["lianzhi_watermark_age_seconds"] >= 0
    assert seen["lianzhi_record_entries"] == running.ledger.size
    assert seen["lianzhi_database_bytes"] > 0
    assert seen["lianzhi_database_up"] == 1


def test_findings_are_counted_by_stage(tmp_path: Path) -> None:
    stages: list[str] = []
    config = Config(lateness_seconds=5.0)
    with Node(tmp_path, config, lambda: NOW, lambda each: stages.append(each.stage)) as node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
        with TestClient(create_app(node, SETTINGS)) as client:
            seen = Samples(client)
    assert stages
    for stage in set(stages):
        counted = seen["lianzhi_findings_total", "bullying.pile_on", stage]
        assert counted == stages.count(stage)


def test_what_is_accepted_and_not_judged_is_lag(running: Node) -> None:
    running.intake.submit(body(EVENTS), "test")
    running.judge.wait()
    with running.judge.halted(), TestClient(create_app(running, SETTINGS)) as client:
        later = [event(f"more{n}", NOW, "x", "y", text="hello") for n in range(3)]
        running.intake.submit(body(later), "test")
        seen = Samples(client)
    assert seen["lianzhi_judging_lag_events"] == 3
    assert seen["lianzhi_judging_lag_seconds"] > 0


def test_the_state_that_is_saved_has_an_age(running: Node) -> None:
    with TestClient(create_app(running, SETTINGS)) as client:
        assert ("lianzhi_snapshot_age_seconds",) not in Samples(client).values
        with running.judge.halted():
            pass
        assert Samples(client)["lianzhi_snapshot_age_seconds"] >= 0


def test_requests_are_counted_by_template_and_status(client, app, bearer, node) -> None:
    client.headers |= bearer("read", "protect")
    for case in "abc":
        client.get(f"/v1/cases/{case}")
    client.get("/made-up")
    client.get("/static/made-up")
    client.post("/v1/nudge", json={"text": "你" * 4001})
    client.post("/v1/nudge", json={"text": "你好"})
    client.post("/v1/check", json={"channel": "comment", "actor": "a", "target": "b"})
    seen = Samples(client)
    assert seen["lianzhi_http_requests_total", "/v1/cases/{case}", "404"] == 3
    assert seen["lianzhi_http_requests_total", "-", "404"] == 1
    assert seen["lianzhi_http_requests_total", "/static", "404"] == 1
    assert seen["lianzhi_http_requests_total", "/v1/nudge", "200"] == 2
    assert seen["lianzhi_texts_total", "nudge"] == 2
    assert seen["lianzhi_texts_not_in_full_total", "nudge"] == 1
    assert seen["lianzhi_http_request_seconds_count", "/v1/nudge"] == 2
    assert seen["lianzhi_http_request_seconds_bucket", "+Inf", "/v1/check"] == 1
    assert seen["lianzhi_http_request_seconds_sum", "/v1/check"] > 0
    assert "made-up" not in str(seen.values)


def test_a_database_that_is_away_leaves_its_figures_out(client, bearer) -> None:
    client.headers |= bearer("read")
    seen = Samples(client)  # the figures of this node say so
    assert seen["lianzhi_database_up"] == 0
    assert ("lianzhi_record_entries",) not in seen.values
    assert seen["lianzhi_quarantine_rows"] == 0


def test_applications_count_for_themselves(node) -> None:
    with (
        TestClient(create_app(node, SETTINGS)) as one,
        TestClient(create_app(node, SETTINGS)) as other,
    ):
        one.get("/healthz")
        assert Samples(one)["lianzhi_http_requests_total", "/healthz", "200"] == 1
        assert not any("/healthz" in key for key in Samples(other).values)


def test_metrics_take_a_key_that_may_read_unless_they_are_open(client, bearer, node) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=bearer("ingest")).status_code == 403
    assert client.get("/metrics", headers=bearer("read")).status_code == 200
    with TestClient(create_app(node, SETTINGS)) as anybody:
        assert anybody.get("/metrics").status_code == 200


def test_the_documents_list_every_metric_with_its_help(client, bearer) -> None:
    client.headers |= bearer("read")
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(lianzhi_\w+)(?:{[\w,]+})?` \| (.+) \|$", operations, re.M))
    suffix = {"counter": "_total"}
    real = {
        each.name + suffix.get(each.type, ""): each.documentation
        for each in Samples(client).families
    }
    assert rows == real
