"""Editions of a table side by side: by date, never against one another."""

import datetime as dt

import pytest

from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.editions import read_all
from lianzhi.law.discretion.outcome import (
    MissingFactError,
    NotInForceError,
    RefusedError,
    UnknownItemError,
)

TABLE = """#table,{id},裁量,Table
{more}
id,item,in:harm,list,fine_from,fine_to,article
#type,,string
#values,,"none, minor"
1,{item},none,no_penalty,,,x
2,{item},minor,{list},,,x
"""


def put(folder, name, *, key="fire", more="", item="fire.exit", listed="lighter"):
    said = TABLE.format(id=key, more=more, item=item, list=listed)
    (folder / name).write_text(said.replace("\n\n", "\n"), "utf-8")


def listed(folder, day):
    return read_all([folder]).decide({"harm": "minor"}, "fire.exit", day).list


@pytest.mark.parametrize("other", ["fire", "fire.2026"])
@pytest.mark.parametrize("stated", [True, False])
def test_the_edition_in_force_on_the_day_decides(tmp_path, other, stated):
    begins = ["#effective_from,2024-01-01", "#effective_from,2026-01-01"] if stated else ["", ""]
    put(tmp_path, "fire-2024-01-01.csv", more=begins[0])
    put(tmp_path, "fire-2026-01-01.csv", key=other, more=begins[1], listed="ordinary")
    (series,) = read_all([tmp_path]).series
    assert [check(table) for table in series.tables] == [[], []]
    assert series.tables[0].effective_until == dt.date(2025, 12, 31)
    assert listed(tmp_path, dt.date(2025, 12, 31)) == "lighter"
    assert listed(tmp_path, dt.date(2026, 1, 1)) == "ordinary"
    with pytest.raises(NotInForceError):
        listed(tmp_path, dt.date(2023, 12, 31))
    with pytest.raises(MissingFactError, match="give the day"):
        listed(tmp_path, None)


def test_a_stated_end_leaves_days_between_without_an_edition(tmp_path):
    put(tmp_path, "a.csv", more="#effective_from,2024-01-01\n#effective_until,2025-06-30")
    put(tmp_path, "b.csv", more="#effective_from,2026-01-01")
    with pytest.raises(NotInForceError):
        listed(tmp_path, dt.date(2025, 7, 1))


@pytest.mark.parametrize(
    ("one", "other", "column", "said"),
    [
        ("2024-01-01\n#effective_until,2026-03-31", "2026-01-01", "effective_until", "2025-12-31"),
        ("2026-01-01", "2026-01-01", "effective_from", "from the same day"),
    ],
)
def test_editions_in_force_at_once_are_refused(tmp_path, one, other, column, said):
    put(tmp_path, "fire-a.csv", more=f"#effective_from,{one}")
    put(tmp_path, "fire-b.csv", more=f"#effective_from,{other}")
    with pytest.raises(TableError) as error:
        read_all([tmp_path])
    (problem,) = error.value.problems
    assert (problem.column, said in problem.mend) == (column, True)
    assert "fire-" in problem.row


def test_tables_beside_each_other_answer_for_their_own_items(tmp_path):
    put(tmp_path, "fire.csv")
    put(tmp_path, "noise.csv", key="noise", item="noise.night", listed="heavier")
    shelf = read_all([tmp_path / "fire.csv", tmp_path / "noise.csv"])
    assert shelf.decide({"harm": "minor"}, "noise.night", None).list == "heavier"
    with pytest.raises(UnknownItemError, match="fire, noise") as error:
        shelf.decide({}, "water.x", None)
    assert isinstance(error.value, RefusedError)
    put(tmp_path, "again.csv", key="again", item="noise.night")
    with pytest.raises(TableError, match=r"noise\.night.*it stands in"):
        read_all([tmp_path])


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(TableError, match="there is no table in it"):
        read_all([tmp_path])
