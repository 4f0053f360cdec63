"""`lianzhi astroturf remember | returning | forget`: a group is known again under other names."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main

DAY, BEGIN = 86_400, 1_760_000_000
HEAD = ("object_id", "account_id", "content_id", "timestamp_share", "text", "made")
SAID = [
    f"{word}买三送一只限今天，姐妹们快去看看，客服态度特别好{word}"
    for word in ("面霜", "口红", "眼影", "粉底", "香水", "精华")
]
LIFE = "今天天气不错出去走走买点水果看看电影听听音乐做饭洗衣读书跑步"


def write(path: Path, names: list[str], first: int, seed: int) -> Path:
    """Thirty days of life, and accounts that from some day on act together each evening."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[object, ...]] = []
    for n in range(3000):
        text = "".join(draw.permutation(list(LIFE)))
        at = BEGIN + int(draw.integers(30 * DAY))
        thing = f"https://site{draw.integers(40)}.example/{draw.integers(200)}"
        rows.append((thing, f"person {draw.integers(400)}", f"c{seed}-{n}", at, text, ""))
    for day in range(first, first + 8):
        for times in range(2):
            at = BEGIN + day * DAY + times * 3600
            thing = f"https://shop{times}.example/{seed}/{day}"
            for name in names:
                late = int(draw.integers(50))
                text = SAID[(day + times) % len(SAID)]
                rows.append((thing, name, f"{name}-{day}-{times}", at + late, text, BEGIN))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["astroturf", *map(str, words)])


@pytest.fixture
def house(tmp_path: Path) -> Path:
    write(tmp_path / "old.csv", [f"moon{n:04}" for n in range(40, 48)], 3, 1)
    write(tmp_path / "new.csv", [f"moon{n:04}" for n in range(730, 738)], 21, 2)
    members = json.dumps({"members": [f"moon{n:04}" for n in range(40, 48)]})
    (tmp_path / "groups.ndjson").write_text(members + "\n")
    (tmp_path / "key").write_text("5e" * 32 + "\n")
    (tmp_path / "next").write_text("a7" * 32 + "\n")
    return tmp_path


def remember(house: Path, key: str = "key") -> Result:
    return run(
        *(
            "remember",
            house / "groups.ndjson",
            house / "old.csv",
            "--memory-file",
            house / "m.json",
        ),
        *("--key-file", house / key, "--text", "text", "--created", "made", "--at", "2025-11-10"),
        "--json",
    )


def returning(house: Path, *words: object, file: str = "new.csv") -> Result:
    return run(
        *("returning", house / file, "--memory-file", house / "m.json", "--text", "text"),
        *("--at", "2025-12-01", "--new", "12d", "--json", "--created", "made", *words),
    )


def test_a_group_is_known_again_with_evidence(house: Path) -> None:
    made = remember(house)
    assert made.exit_code == 0, made.output
    (group,) = json.loads(made.stdout)
    kept = (house / "m.json").read_text()
    assert not any(word in kept for word in ("moon", "shop", "面霜", "5e5e"))
    assert (house / "m.json").stat().st_mode & 0o077 == 0
    result = returning(house, "--key-file", house / "key", "--out", house / "links.ndjson")
    assert result.exit_code == 0, result.output
    (link,) = json.loads(result.stdout)["links"]
    assert link["remembered"] == group["id"]
    assert set(link["accounts"]) == {f"moon{n:04}" for n in range(730, 738)}
    assert 0.5 <= link["posterior"] <= 1
    assert "2025-10-30" <= link["first_said"] < "2025-11-08"
    assert {"phrase", "source", "name"} <= {match["trait"] for match in link["matches"]}
    assert "no ground for a measure" in link["note"]
    assert json.loads((house / "links.ndjson").read_text()) == link


def test_life_alone_gives_no_link(house: Path) -> None:
    remember(house)
    write(house / "calm.csv", [], 0, 3)
    result = returning(house, "--key-file", house / "key", file="calm.csv")
    assert json.loads(result.stdout)["links"] == []


def test_a_new_key_does_not_read_old_entries_but_both_do(house: Path) -> None:
    remember(house)
    told = json.loads(returning(house, "--key-file", house / "next").stdout)
    assert (told["links"], told["without_key"], told["remembered"]) == ([], 1, 0)
    both = ("--key-file", house / "next", "--key-file", house / "key")
    assert len(json.loads(returning(house, *both).stdout)["links"]) == 1


def test_what_has_expired_or_is_forgotten_links_nobody(house: Path) -> None:
    (group,) = json.loads(remember(house).stdout)
    late = returning(house, "--key-file", house / "key", "--at", "2026-05-10")
    assert json.loads(late.stdout)["remembered"] == 0
    assert run("forget", group["id"], "--memory-file", house / "m.json").exit_code == 0
    gone = returning(house, "--key-file", house / "key")
    assert json.loads(gone.stdout)["remembered"] == 0
    again = run("forget", group["id"], "--memory-file", house / "m.json")
    assert again.exit_code == 3
    assert "is not remembered" in again.output


def test_refusals_name_the_mend(house: Path) -> None:
    (house / "key").write_text("secret")
    assert "openssl rand -hex 32" in remember(house).output
    assert "no such file" in returning(house, "--key-file", house / "next").output
    (house / "groups.ndjson").write_text('{"members": 3}\n')
    assert "line 1: no group" in remember(house, "next").output


def test_a_group_of_too_few_accounts_is_told_and_not_remembered(house: Path) -> None:
    (house / "groups.ndjson").write_text('{"members": ["moon0040", "gone"]}\n')
    result = remember(house)
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["id"] is None
