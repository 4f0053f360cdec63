"""`lianzhi biosecurity change`: growth with its interval, from a file or from two counts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main
from lianzhi.domains.biosecurity.change import changes, last_two_years
from lianzhi.domains.biosecurity.figure_tables import PeriodCount


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["biosecurity", "change", *words])


def test_two_counts_of_a_newspaper() -> None:
    done = run("--counts", "7", "15")
    assert done.exit_code == 0, done.output
    assert "+114 %" in done.output
    assert "0.82 to 6.21" in done.output
    assert "与没有变化无法区分" in run("--counts", "7", "15", "--language", "zh").output


def test_months_are_added_up_and_groups_are_corrected(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    lines = ["时期,数量,工作量,组别"]
    for month in range(1, 13):
        lines += [f"2024-{month:02d},2,100,mail", f"2025-{month:02d},9,150,mail"]
        lines += [f"2024-{month:02d},1,100,freight", f"2025-{month:02d},1,100,freight"]
    file.write_text("\n".join(lines))
    done = run(str(file), "--json")
    assert done.exit_code == 0, done.output
    total, freight, mail = json.loads(done.output)
    assert (total["before"], total["after"], total["group"]) == (36, 120, "")
    assert (freight["distinct"], mail["distinct"]) == (False, True)
    assert mail["ratio"]["value"] == pytest.approx(4.5)
    assert mail["ratio_per_effort"]["value"] == pytest.approx(3)
    assert mail["adjusted_p"] == pytest.approx(2 * mail["ratio_per_effort"]["p"])
    assert "Among 2 groups" in mail["text"]
    assert "All together: 36 before" in run(str(file)).output


def test_a_group_that_is_new_counts_0_before() -> None:
    rows = [PeriodCount("2024", 5, 10.0, "a"), PeriodCount("2025", 5, 10.0, "a")]
    rows.append(PeriodCount("2025", 4, 10.0, "b"))
    *_, new = changes(rows, *last_two_years(rows))
    assert (new.change.before, new.change.after, new.change.effort) == (0, 4, None)


def test_unequal_months_are_refused() -> None:
    rows = [PeriodCount("2024-01", 1), PeriodCount("2024-02", 1), PeriodCount("2025-01", 1)]
    with pytest.raises(ValueError, match="there is no row for 2025-02"):
        changes(rows, "2024", "2025")
    with pytest.raises(ValueError, match="no row has the period 2019; the file has 2024-01"):
        changes(rows, "2019", "2025")
    with pytest.raises(ValueError, match="the year 2024 only"):
        last_two_years(rows[:2])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "give FILE, or --counts"),
        (("--counts", "1", "2", "--before", "2024", "--after", "2025"), "--before goes with"),
        (("--counts", "1", "2", "--effort", "0", "5"), "the exposures are 5.0 and 0.0"),
    ],
)
def test_wrong_arguments_are_explained(words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert done.exit_code != 0
    assert says in done.output


def test_a_wrong_cell_is_named(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("period,count\n2024,5\n2025,-3\n")
    assert "counts.csv:3: count is '-3'" in run(str(file)).output
