"""The description of the API gives a whole client, which then works against a node."""

import importlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from client_house import NOW, Served

from lianzhi.client.batches import batches
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from streams import event

ROOT = Path(__file__).parents[2]


def generate(schema: dict[str, Any], folder: Path, config: str, *options: str) -> str:
    """Generate a client into `folder`; returns what the generator says."""
    folder.parent.mkdir(exist_ok=True)
    (folder.parent / "openapi.json").write_text(json.dumps(schema), "utf-8")
    (folder.parent / "config.yaml").write_text(f"post_hooks: []\n{config}", "utf-8")
    call = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    call += ["--path", str(folder.parent / "openapi.json"), "--output-path", str(folder)]
    call += ["--config", str(folder.parent / "config.yaml"), *options]
    ran = subprocess.run(call, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def schema(served: Served) -> dict[str, Any]:
    return create_app(served.node, Settings()).openapi()


def operations(schema: dict[str, Any]) -> set[str]:
    return {op["operationId"] for path in schema["paths"].values() for op in path.values()}


def generated(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("api/*/*.py")} - {"__init__"}


@pytest.mark.slow
def test_no_operation_is_dropped(schema: dict[str, Any], tmp_path: Path) -> None:
    told = generate(schema, tmp_path / "plain" / "platform_client", "")
    assert "Endpoint will not be generated" not in told
    assert "Unable to parse" not in told
    assert generated(tmp_path / "plain" / "platform_client") == operations(schema)


@pytest.fixture(scope="module")
def client(
    schema: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    """The package, generated with the configuration of the documents, without a warning."""
    folder = tmp_path_factory.mktemp("generated") / "lianzhi_generated"
    page = (ROOT / "docs" / "client.md").read_text("utf-8")
    (config,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    generate(schema, folder, config, "--fail-on-warning")
    assert generated(folder) == operations(schema)
    sys.path.insert(0, str(folder.parent))
    yield importlib.import_module("lianzhi_generated")
    sys.path.remove(str(folder.parent))


@pytest.mark.slow
def test_a_generated_client_sends_events_and_decides(client: ModuleType, served: Served) -> None:
    def operation(name: str) -> Any:
        return importlib.import_module(f"{client.__name__}.api.{name}").sync

    models = importlib.import_module(f"{client.__name__}.models")
    types = importlib.import_module(f"{client.__name__}.types")
    node = client.AuthenticatedClient(served.url, served.key, raise_on_unexpected_status=True)
    with node:
        ((_, body),) = batches([event("generated", NOW, "x", "y", text="hello")])
        sent = types.File(payload=io.BytesIO(body))
        receipt = operation("events.send_events")(client=node, body=sent)
        assert (receipt.accepted, receipt.quarantined) == (1, 0)
        findings = operation("findings.list_findings")(client=node, about="victim").rows
        assert {finding.kind for finding in findings} == {"bullying.pile_on"}
        (case,) = operation("cases.list_cases")(client=node).rows
        assert case.account == "victim"
        mute, follower = models.OrderFormMeasure("mute"), models.OrderFormRoleType0("follower")
        order = models.OrderForm(measure=mute, hours=24, role=follower)
        form = models.DecisionForm(orders=[order], reason="辱骂。", ground="harassment")
        decision = operation("decisions.decide_case")(case.id, client=node, body=form)
        assert decision.row.status == "effective"
        assert {measure.key for measure in decision.measures} == {"mute"}
        refused = operation("decisions.decide_case")("none", client=node, body=form)
        assert isinstance(refused, models.Problem)
        assert refused.status == 404
        evidence = operation("cases.export_evidence")(case.id, client=node)
        assert evidence.payload.read(2) == b"PK"
