"""What the case page of reviews shows is compared by the operator's policy, where there is one."""

import re
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lianzhi.chain.views import EvidenceRow
from lianzhi.domains.astroturf.case_story import case_story
from lianzhi.domains.astroturf.memory.desk import Desk
from made_means import bare_means

AT = 1_796_000_000_000
TEXTS = (
    "这家店的菜味道很好服务热情环境干净下次还会带朋友来",
    "这家店的菜味道很好服务热情环境干净我下次还会再来吃",
)


def view(kind: str = "astroturf.reviews") -> Any:
    evidence = [
        EvidenceRow(
            source="s", event=f"e{n}", seq=n, at=AT + n, actor=f"p{n}", account=None, text=t
        )
        for n, t in enumerate(TEXTS)
    ]
    row = SimpleNamespace(kind=kind, opened_at=AT)
    return SimpleNamespace(row=row, evidence=evidence, leading=SimpleNamespace(row=row_at(AT)))


def row_at(at: int) -> SimpleNamespace:
    return SimpleNamespace(at=at)


def strict_policy(folder: Path) -> Path:
    """An operator's policy by which only the same text is alike."""
    (shipped,) = (
        file
        for file in files("lianzhi.domains.astroturf").joinpath("policy").iterdir()
        if file.name.endswith(".toml")
    )
    families = r"(\[reviews\.families\]\s*least_alike = )[\d.]+"
    text, changed = re.subn(families, r"\g<1>0.99", shipped.read_text("utf-8"))
    assert changed == 1
    folder.mkdir()
    (folder / shipped.name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(("own", "count"), [(False, 1), (True, 2)])
def test_texts_are_compared_by_the_operators_policy(tmp_path: Path, own: bool, count: int) -> None:
    means = bare_means(cast(Any, None), tmp_path, lambda: AT)
    policy = strict_policy(tmp_path / "policy") if own else None
    desk = Desk(means._replace(policy=policy))
    assert len(case_story(view(), desk).context["alike"]) == count


def test_without_a_desk_they_are_compared_by_the_shipped_policy() -> None:
    assert len(case_story(view(), None).context["alike"]) == 1
