"""Ranking audits: worlds with a planted push, an organic burst, and no coordination."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lianzhi.audits.ranking.audit import ranks
from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.stats.traffic_shares import traffic_shares

MAP = "account: account\nitem: item\ntime: time\nwindow_minutes: 60\n"
HOUR = "2026-05-01 12:00:00"


def world(
    *, pushed: int = 0, burst: int = 0, seed: int = 1
) -> tuple[list[dict[str, object]], list[dict[str, object]], list[str]]:
    """Actions, the list that their counts make, and 80 accounts that act together.

    Item i15 is organically small: `pushed` actions of the coordinated are added, or `burst` of
    accounts that come for it alone. The coordinated act on other things as everybody does.
    """
    dice = np.random.default_rng(seed)
    coordinated = [f"c{n}" for n in range(80)]
    everybody = [f"a{n}" for n in range(1200)] + coordinated
    popularity = 1 / np.arange(1, 21)
    actions: list[tuple[str, int]] = [
        (everybody[who], int(item))
        for who, item in zip(
            dice.integers(0, len(everybody), 4000),
            dice.choice(20, 4000, p=popularity / popularity.sum()),
            strict=True,
        )
    ]
    actions += [(coordinated[n % 80], 15) for n in range(pushed)]
    actions += [(f"b{n}", 15) for n in range(burst)]
    counts = np.bincount([item for _, item in actions], minlength=20)
    order = np.argsort(-counts, kind="stable")[:10]
    rows = [
        {"account": who, "item": f"i{item}", "time": f"2026-05-01 11:{n % 59:02d}:30"}
        for n, (who, item) in enumerate(actions)
    ]
    entries = [
        {"time": HOUR, "item": f"i{item}", "rank": place} for place, item in enumerate(order, 1)
    ]
    return rows, entries, coordinated


def audited(
    folder: Path, rows: list[dict[str, object]], entries: list[dict[str, object]],
    accounts: str, text: str = MAP,
) -> dict:  # fmt: skip
    for name, table in (("actions", rows), ("lists", entries)):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
    (folder / "accounts.txt").write_text(accounts)
    (folder / "map.yaml").write_text(text)
    command = ["ranking", str(folder / "actions.csv"), "--map", str(folder / "map.yaml")]
    command += ["--lists", str(folder / "lists.csv"), "--accounts", str(folder / "accounts.txt")]
    ran = CliRunner().invoke(algorithms, [*command, "--json", "--out", str(folder / "out")])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.output)


def entry(fields: dict, item: str) -> dict:
    return next(each for each in fields["entries"] if each["item"] == item)


def test_a_pushed_entry_is_confirmed_and_the_others_are_not(tmp_path: Path) -> None:
    rows, entries, coordinated = world(pushed=600)
    fields = audited(tmp_path, rows, entries, "\n".join(coordinated))
    pushed = entry(fields, "i15")
    assert pushed["verdict"] == fields["verdict"] == "confirmed"
    assert (pushed["rank"], pushed["rank_with"]) == (2, 2)
    assert pushed["rank_without"] > 10
    assert pushed["coordinated"] > 600
    assert fields["lists"][0]["displaced"] == 1
    assert 0.1 < fields["lists"][0]["lo"] < fields["lists"][0]["share"] < fields["lists"][0]["hi"]
    others = {each["verdict"] for each in fields["entries"] if each["item"] != "i15"}
    assert others <= {"none_found", "insufficient"}
    for name in ("report.zh.html", "report.en.pdf"):
        first = (tmp_path / "out" / name).read_bytes()
        audited(tmp_path, rows, entries, "\n".join(coordinated))
        assert (tmp_path / "out" / name).read_bytes() == first
    page = (tmp_path / "out" / "report.zh.html").read_text("utf-8")
    assert "algorithms_" not in page


@pytest.mark.parametrize("seed", range(1, 9))
def test_an_organic_burst_is_not_flagged(tmp_path: Path, seed: int) -> None:
    rows, entries, coordinated = world(burst=600, seed=seed)
    fields = audited(tmp_path, rows, entries, "\n".join(coordinated))
    assert entry(fields, "i15")["rank"] <= 2
    assert {each["verdict"] for each in fields["entries"]} <= {"none_found", "insufficient"}
    assert entry(fields, "i15")["verdict"] == "none_found"


def test_accounts_come_from_findings_as_well(tmp_path: Path) -> None:
    rows, entries, coordinated = world(pushed=600)
    findings = json.dumps({"id": "f1", "kind": "coaction", "subjects": coordinated})
    assert entry(audited(tmp_path, rows, entries, findings), "i15")["verdict"] == "confirmed"
    nobody = audited(tmp_path, rows, entries, "")
    assert nobody["verdict"] == "none_found"


def test_a_list_that_the_score_does_not_explain_is_not_comparable(tmp_path: Path) -> None:
    rows, entries, coordinated = world(pushed=600)
    turned = [each | {"rank": 11 - int(str(each["rank"]))} for each in entries]
    assert audited(tmp_path, rows, turned, "\n".join(coordinated))["verdict"] == "not_comparable"


def test_scores_by_accounts_and_by_weight(tmp_path: Path) -> None:
    rows, entries, coordinated = world(pushed=600)
    by_accounts = audited(
        tmp_path, rows, entries, "\n".join(coordinated), MAP + "score: accounts\n"
    )
    # 80 accounts count 80, however often they act: others rank higher than i15.
    assert entry(by_accounts, "i15")["rank_with"] > 2
    weighted = [row | {"w": 0 if str(row["account"]).startswith("c") else 1} for row in rows]
    text = MAP + "score: weighted\nweight: w\n"
    fields = audited(tmp_path, weighted, entries, "\n".join(coordinated), text)
    assert entry(fields, "i15")["rank_with"] == entry(fields, "i15")["rank_without"]


def test_traffic_before_and_after_an_adjustment(tmp_path: Path) -> None:
    rows, entries, coordinated = world(pushed=600)
    rows += [row | {"time": HOUR} for row in rows if not str(row["account"]).startswith("c")]
    text = MAP + f"adjusted_at: '{HOUR}'\n"
    traffic = audited(tmp_path, rows, entries, "\n".join(coordinated), text)["traffic"]
    assert traffic["after"] == 0 < 0.15 < traffic["before"]
    assert traffic["lo"] < traffic["change"] < traffic["hi"] < -0.1


def test_the_interval_of_a_change_of_shares_holds_it_as_often_as_it_says() -> None:
    dice, held = np.random.default_rng(3), 0
    for _ in range(1000):
        marked = dice.random(300) < 0.2
        taste = dice.gamma(2, 2, 300)
        shares = traffic_shares(
            dice.poisson(taste).astype(float), dice.poisson(taste).astype(float), marked
        )
        assert shares is not None
        held += shares.limits.lo <= 0 <= shares.limits.hi
    assert held / 1000 == pytest.approx(0.95, abs=0.025)


def test_ranks_share_the_better_place() -> None:
    assert ranks(np.array([5.0, 3.0, 3.0, 1.0]), np.arange(4)).tolist() == [1, 2, 2, 4]
