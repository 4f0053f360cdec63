"""The dashboard and the alert rules name metrics that exist; the dashboard shows all."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
OPS = ROOT / "ops"
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
DOCUMENTED = re.findall(r"^\| `(lianzhi_\w+)(?:{([\w,]+)})?` \|", PAGE, re.M)
METRICS = {name: set(filter(None, labels.split(","))) for name, labels in DOCUMENTED}
#: Of the scrape, not of the node.
TARGET_LABELS = {"job", "instance"}
DASHBOARD = json.loads((OPS / "grafana.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
RULES = yaml.safe_load((OPS / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]
ALERTS = [rule["expr"] for rule in RULES]


def metrics_of(expression: str) -> set[str]:
    """The documented names of an expression's metrics; a histogram has its buckets."""
    return {name.removesuffix("_bucket") for name in re.findall(r"\blianzhi_\w+", expression)}


def labels_of(expression: str) -> set[str]:
    """Labels that an expression selects or groups by."""
    selected = re.findall(r'(\w+)=~?"', expression)
    grouped = ",".join(re.findall(r"\bby \(([^)]*)\)", expression)).replace(" ", "").split(",")
    return {*selected, *filter(None, grouped)} - TARGET_LABELS


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *ALERTS])
def test_metrics_and_labels_exist(expression: str) -> None:
    named = metrics_of(expression)
    assert named <= METRICS.keys()
    known = set().union(*(METRICS[name] for name in named))
    assert labels_of(expression) <= known | ({"le"} if "_bucket" in expression else set())
    assert expression.count("(") == expression.count(")")
    assert expression.count("{") == expression.count("}")


def test_every_metric_is_shown() -> None:
    assert len(METRICS) > 20
    assert set().union(*map(metrics_of, EXPRESSIONS)) == METRICS.keys()


def test_counters_are_shown_as_rates() -> None:
    for expression in EXPRESSIONS:
        for name in re.findall(r"\blianzhi_\w+(?:_total|_bucket)\b", expression):
            assert re.search(rf"(rate|increase)\({name}\{{[^}}]*\}}\[", expression), expression


def test_panels_lie_side_by_side_and_are_described() -> None:
    taken: dict[tuple[int, int], int] = {}
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["id"]) == panel["id"]
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert all(
        panel["description"] and panel["datasource"]["uid"] == "${datasource}" for panel in PANELS
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"]


def test_alerts_are_few() -> None:
    assert 4 <= len(RULES) <= 8
    scraped = re.findall(r"job_name: (\w+)", PAGE)
    jobs = {job for rule in RULES for job in re.findall(r'job="(\w+)"', rule["expr"])}
    assert jobs == set(scraped)
