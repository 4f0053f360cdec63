"""What is in force is on the record by name and SHA-256: law tables, rules' texts, policies."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from node_house import opened

from lianzhi.jobs.in_force import KIND, loaded

#: One of each: a law table, legal bases, rules' texts, the policy of returning groups, of cases.
NAMES = {
    "enforcement/policy/discretion/fire-2021-07-15.csv": "domains/enforcement/policy/discretion",
    "law/bases/civil.toml": "law/bases",
    "bullying/policy/rules/2026-11-01.toml": "domains/bullying/policy/rules",
    "astroturf/returning/2026-11-26.toml": "domains/astroturf/returning",
    "chain/case_policy/2026-11-01.toml": "chain/case_policy",
}


def entries(home: Path) -> list[dict[str, Any]]:
    """Payloads of all such entries after a start and a stop of the node."""
    node, _ = opened(home)
    with node:
        payloads = [node.ledger.payload(e.index) for e in node.ledger.entries() if e.kind == KIND]
    return [payload for payload in payloads if payload is not None]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_is_named_with_its_digest(name: str) -> None:
    shipped = files("lianzhi") / NAMES[name] / name.rpartition("/")[2]
    assert loaded(Path("/none"), None)[name] == sha256(shipped.read_bytes()).hexdigest()


def test_a_start_records_it_once_and_again_when_a_file_has_changed(tmp_path: Path) -> None:
    (first,) = entries(tmp_path)
    assert first == {"sha256": loaded(tmp_path, None), "changed": []}
    assert entries(tmp_path) == [first]
    own = tmp_path / "mediation" / "bases" / "ours.toml"
    own.parent.mkdir(parents=True)
    own.write_text("")
    (_, second) = entries(tmp_path)
    assert second["changed"] == ["own/mediation/bases/ours.toml"]
    own.unlink()
    (_, _, third) = entries(tmp_path)
    assert (third["sha256"], third["changed"]) == (first["sha256"], second["changed"])


def test_a_deployment_s_own_policy_counts_and_files_of_people_do_not(tmp_path: Path) -> None:
    policy, upload = tmp_path / "policy" / "chain", tmp_path / "enforcement" / "uploads" / "1"
    for folder, name in ((policy, "2026-12-01.toml"), (upload, "enterprises.csv")):
        folder.mkdir(parents=True)
        (folder / name).write_text("x")
    own = {name for name in loaded(tmp_path, tmp_path / "policy") if name.startswith("own/")}
    assert own == {"own/policy/chain/2026-12-01.toml"}
