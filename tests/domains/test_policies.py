"""An operator's own policy folder: what it holds is read, and what would not be is refused."""

import hashlib
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.policies import Policies
from lianzhi.office.automation import rules_of

LATEST = 1 << 50


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"none is no folder; mend `policy` in config.toml"):
        Policies(tmp_path / "none")


@pytest.mark.parametrize("name", ["2026-11-01.toml", "rules", "bulying"])
def test_what_nothing_would_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(PolicyError, match=rf"nothing reads '{name}'; it holds a folder for each"):
        Policies(tmp_path)


def test_a_domains_own_folder_stands_in_for_what_is_shipped(tmp_path: Path) -> None:
    (tmp_path / "bullying").mkdir()
    with pytest.raises(PolicyError, match="no policy version found"):
        Policies(tmp_path)


def test_a_further_kind_in_a_domain_leaves_its_rules_as_they_were() -> None:
    policy = Policies().case(LATEST)
    more = tuple(
        msgspec.structs.replace(each, kinds=(*each.kinds, "bullying.further"))
        for each in policy.proposals
    )
    wider = rules_of(msgspec.structs.replace(policy, proposals=more))
    for name, rule in rules_of(policy).items():
        assert wider[name].terms == rule.terms


def test_edits_of_one_day_have_versions_of_their_own(tmp_path: Path) -> None:
    shipped = Path(str(files("lianzhi.domains.bullying"))) / "policy" / "2026-11-01.toml"
    (tmp_path / "bullying").mkdir()
    own = tmp_path / "bullying" / shipped.name
    own.write_bytes(shipped.read_bytes() + b"# edited\n")
    as_shipped = Policies().case(LATEST).versions_for("bullying.pile_on")
    edited = Policies(tmp_path).case(LATEST).versions_for("bullying.pile_on")
    assert set(edited) == {"chain", "bullying"}
    assert edited["chain"] == as_shipped["chain"]
    digest = hashlib.sha256(own.read_bytes()).hexdigest()[:8]
    assert edited["bullying"] == f"2026-11-01+{digest}" != as_shipped["bullying"]


def test_a_file_cannot_name_its_own_versions(tmp_path: Path) -> None:
    shipped = Path(str(files("lianzhi.chain"))) / "case_policy" / "2026-11-01.toml"
    (tmp_path / "chain").mkdir()
    text = 'versions = { chain = "2020-01-01" }\n' + shipped.read_text("utf-8")
    (tmp_path / "chain" / shipped.name).write_text(text, "utf-8")
    with pytest.raises(PolicyError, match="unknown field `versions`"):
        Policies(tmp_path)
