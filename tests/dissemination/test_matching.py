"""Matching: copies are led back to where they come from, other texts are left apart."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.dissemination.commands import dissemination
from lianzhi.domains.dissemination.matching import Article, lineage
from lianzhi.domains.dissemination.matching.candidates import candidates
from lianzhi.domains.dissemination.matching.sketches import exact, sketch


def text(seed: int, size: int = 600) -> str:
    rng = random.Random(seed)
    return "".join(chr(rng.randrange(0x4E00, 0x5E00)) for _ in range(size))


def test_a_copy_leads_to_its_source_and_a_copy_of_it_too() -> None:
    first, own = text(1), text(2, 240)
    second = first[:360] + own
    third = own + first[:200]
    links = lineage([Article("c", third, 3), Article("a", first, 1), Article("b", second, 2)], 0.5)
    assert [(link.id, link.parent, link.root) for link in links] == [
        ("a", "", "a"),
        ("b", "a", "a"),
        ("c", "b", "a"),
    ]
    assert links[1].share == pytest.approx(0.6, abs=0.12)


def test_a_cut_copy_stands_whole_in_its_source() -> None:
    whole = text(3, 900)
    _, cut = lineage([Article("whole", whole, 1), Article("cut", whole[200:500], 2)], 0.5)
    assert cut.parent == "whole"
    assert (cut.share, cut.kept) == (pytest.approx(1.0, abs=0.2), pytest.approx(1 / 3, abs=0.12))


def test_other_texts_are_left_apart() -> None:
    links = lineage([Article(str(n), text(n), n) for n in range(30)], 0.5)
    assert all(link.parent == "" and link.root == link.id for link in links)


def test_signs_and_spaces_make_no_difference() -> None:
    plain = text(4, 100)
    spaced = "，".join(plain[n : n + 3] for n in range(0, 100, 3))
    assert exact(plain, spaced) == (1.0, 1.0)


def test_a_thousand_reprints_make_no_million_pairs() -> None:
    sketches = sketch([text(5)] * 1000)
    later, earlier = candidates(sketches.least)
    assert later.size <= 4000
    assert np.all(earlier < later)


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_texts_have_earlier_parents(texts: list[str]) -> None:
    articles = [Article(f"n{n}", each, n) for n, each in enumerate(texts)]
    order = {article.id: n for n, article in enumerate(articles)}
    links = lineage(articles, 0.5)
    assert [link.id for link in links] == list(order)
    for link in links:
        assert link.parent == "" or order[link.parent] < order[link.id]
        assert 0 <= link.share <= 1
        assert 0 <= link.kept <= 1


def test_the_command_writes_the_lineage(tmp_path: Path) -> None:
    rows = [{"id": "a", "text": text(6), "time": 1}, {"id": "b", "text": text(6)[:400], "time": 2}]
    file, out = tmp_path / "articles.jsonl", tmp_path / "links.jsonl"
    file.write_text("\n".join(map(json.dumps, [*rows, rows[0], {"id": ""}])), "utf-8")
    ran = CliRunner().invoke(dissemination, ["match", str(file), "--out", str(out), "--json"])
    assert ran.exit_code == 1
    answer = json.loads(ran.stdout)
    assert (answer["articles"], answer["copies"]) == (2, 1)
    assert [error["line"] for error in answer["errors"]] == [3, 4]
    assert json.loads(out.read_text("utf-8").splitlines()[1])["parent"] == "a"
