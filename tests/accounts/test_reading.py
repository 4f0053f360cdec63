"""Reading actions: good rows are kept, bad ones told by row and column, none goes silently."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lianzhi.accounts.action import ActionError, Columns, Counts, Rejected, duration
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.source import Source

HEAD = "account_id,object_id,content_id,timestamp_share\n"


def read(
    path: Path, columns: str = "", unit: str = "s"
) -> tuple[Counts, list[Rejected], list[int]]:
    """Counts, what was set aside, and the times of the actions."""
    folder = path.parent / "engine"
    folder.mkdir(exist_ok=True)
    with DuckDB(folder, "500MB", 1) as engine:
        counts, rejected = engine.read(Source(path, Columns.parse(columns), unit))
        times = engine.connection.execute("SELECT time FROM actions ORDER BY time").fetchall()
    return counts, rejected, [time for (time,) in times]


def wrote(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_times_are_seconds_or_moments_with_a_zone(tmp_path: Path) -> None:
    times = ["1700000000", "1700000000.25", "2023-11-15T06:13:21+08:00", "2023-11-14T22:13:22Z"]
    rows = "".join(f"u,o,c{n},{time}\n" for n, time in enumerate(times))
    counts, rejected, found = read(wrote(tmp_path / "a.csv", HEAD + rows))
    assert not rejected
    assert counts == Counts(4, 4, 0, 0)
    assert found == [1700000000000, 1700000000250, 1700000001000, 1700000002000]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("u,o,c,soon", "timestamp_share", "'soon' is no time; give Unix seconds"),
        ("u,o,c,2023-11-14T22:13:22", "timestamp_share", "with a zone"),
        ("u,o,c,1700000000000", "timestamp_share", "is it in another unit than s?"),
        ("u,o,c,-5", "timestamp_share", "not from 1970"),
        ("u,o,c,", "timestamp_share", "missing"),
        (",o,c,1", "account_id", "missing; give it"),
        ("u,o,c,nan", "timestamp_share", "is no time"),
        (f"u,{'o' * 300},c,1", "object_id", "longer than 256 characters"),
        (f"u,o,{'c' * 10_000_000},1", "content_id", "longer than 256 characters"),
        ("u,o,c", "timestamp_share", "Expected Number of Columns: 4 Found: 3"),
        ("u,o,c,1,2", "", "Expected Number of Columns: 4 Found: 5"),
        ('u,"o"x,c,1', "object_id", "quote"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_beside_it_are_kept(
    tmp_path: Path, row: str, column: str, reason: str
) -> None:
    text = f"{HEAD}u,o,c1,1\n{row}\nu,o,c2,2\nu,o,c3,never\n"
    counts, rejected, found = read(wrote(tmp_path / "a.csv", text))
    assert found == [1000, 2000]
    assert counts == Counts(4, 2, 0, 2)
    assert [one.row for one in rejected] == [3, 5]
    assert rejected[0].column == column
    assert reason in rejected[0].reason


def test_bytes_that_are_no_utf8_are_told(tmp_path: Path) -> None:
    counts, rejected, found = read(
        wrote(tmp_path / "a.csv", HEAD.encode() + b"u,\xff\xfe,c,1\nu,o,d,2\n")
    )
    assert (counts.actions, found) == (1, [2000])
    assert rejected[0].row == 2


def test_an_action_that_is_there_again_counts_once(tmp_path: Path) -> None:
    rows = "u,o,c,2\nu,o,c,1\nu,p,c,2\nv,o,d,1\n"
    counts, rejected, found = read(wrote(tmp_path / "a.csv", HEAD + rows))
    assert counts == Counts(4, 3, 1, 0)
    assert not rejected
    assert found == [1000, 1000, 2000]


def test_a_content_of_two_accounts_stays_with_the_first(tmp_path: Path) -> None:
    rows = "u,o,c,2\nv,o,c,1\nv,o,d,1\nu,o,c,2\n"
    counts, rejected, found = read(wrote(tmp_path / "a.csv", HEAD + rows))
    assert counts == Counts(4, 2, 1, 1)
    assert found == [1000, 2000]
    (one,) = rejected
    assert (one.row, one.column) == (3, "content_id")
    assert one.reason.startswith("'c' is of account 'u' by row 2, here of 'v'")


def test_every_row_is_a_content_where_there_is_no_such_column(tmp_path: Path) -> None:
    text = "who,what,when\nu,o,1\nu,o,1\nv,o,2\n"
    mapping = "account=who,object=what,time=when,content="
    counts, _, found = read(wrote(tmp_path / "a.csv", text), mapping)
    assert counts == Counts(3, 3, 0, 0)
    assert found == [1000, 1000, 2000]


def test_ndjson_is_read_with_numbers_and_what_is_no_object_is_told(tmp_path: Path) -> None:
    good = {"account_id": 7, "object_id": "o", "content_id": "c", "timestamp_share": 1700000000}
    lines = [
        json.dumps(good),
        "{",
        "[1]",
        "",
        json.dumps({**good, "content_id": "d", "object_id": None}),
    ]
    counts, rejected, found = read(wrote(tmp_path / "a.ndjson", "\n".join(lines) + "\n"))
    assert found == [1700000000000]
    assert counts.rejected == len(rejected) == 3
    assert [one.row for one in rejected] == [2, 3, 4]  # an empty line is no row
    assert "object_id" in [one.column for one in rejected]


def test_parquet_is_read_with_numbers_and_moments(tmp_path: Path) -> None:
    moment = pa.array([1700000000000, None], pa.timestamp("ms", "Asia/Shanghai"))
    table = pa.table({"a": [1, 2], "o": ["x", "y"], "c": [5, 6], "t": moment})
    pq.write_table(table, tmp_path / "a.parquet")
    counts, rejected, found = read(tmp_path / "a.parquet", "account=a,object=o,content=c,time=t")
    assert found == [1700000000000]
    assert rejected == [Rejected(2, "t", "missing; give it")]
    assert counts == Counts(2, 1, 0, 1)


def test_a_file_that_cannot_be_used_is_refused_by_name(tmp_path: Path) -> None:
    names = {name: ["x"] for name in ("account_id", "object_id", "content_id")}
    moment = pa.array([0], pa.timestamp("ms"))
    naive = pa.table({**names, "timestamp_share": moment})
    pq.write_table(naive, tmp_path / "naive.parquet")
    for name, text, said in (
        ("a.txt", "x", ".txt; give one of .csv"),
        ("a.csv", "", "the file is empty"),
        ("b.csv", "who,object_id\n", "no column 'account_id', 'content_id', 'timestamp_share'"),
        ("c.csv", "account_id,account_id\n", "column 'account_id' is there twice"),
        ("a.parquet", "PAR1", "give a file that can be read"),
        ("naive.parquet", None, "timestamp_share has no time zone"),
    ):
        path = tmp_path / name
        if text is not None:
            wrote(path, text)
        with pytest.raises(ActionError) as refused:
            read(path)
        assert said in str(refused.value), name
        assert name in str(refused.value)


def test_a_column_of_people_is_not_taken_for_one_of_posts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lianzhi.accounts.reading.MOST_TOLD", 1)
    rows = "u,o,c,1\nv,o,c,1\nu,o,d,1\nv,o,d,1\n"
    with pytest.raises(ActionError, match="write content= if there is none"):
        read(wrote(tmp_path / "a.csv", HEAD + rows))


def test_a_mapping_of_columns_may_be_empty() -> None:
    assert Columns.parse("") == Columns()


@pytest.mark.parametrize("given", ["account", "who=x", "account="])
def test_a_mapping_of_columns_must_name_fields(given: str) -> None:
    with pytest.raises(ActionError, match="account=COLUMN"):
        Columns.parse(given)


@pytest.mark.parametrize(
    ("given", "length"), [("500ms", 500), ("60s", 60_000), ("1.5h", 5_400_000)]
)
def test_lengths_of_time(given: str, length: int) -> None:
    assert duration(given) == length


@pytest.mark.parametrize("given", ["60", "0s", "s", "-1s", "400d", "1e3s"])
def test_what_is_no_length_of_time(given: str) -> None:
    with pytest.raises(ActionError, match="such as 60s or 10m"):
        duration(given)


def test_names_are_never_taken_for_sql(tmp_path: Path) -> None:
    odd = """we"i'rd); DROP TABLE actions; --"""
    table = pa.table({odd: ["u", "v"], "o": ["x", "x"], "c": ["1", "2"], "t": [0, 1]})
    pq.write_table(table, tmp_path / "it's [1]*?.parquet")
    mapping = f"account={odd},object=o,content=c,time=t"
    counts, _, _ = read(tmp_path / "it's [1]*?.parquet", mapping)
    assert counts.actions == 2


def test_memory_must_be_an_amount(tmp_path: Path) -> None:
    with pytest.raises(ActionError, match="write it as 2GB"):
        DuckDB(tmp_path, "much")


def test_a_number_that_comes_with_actions_is_read_where_it_is_named(tmp_path: Path) -> None:
    text = "who,what,when,stars\nu,o,1,4.5\nv,o,2,\nw,o,3,many\nx,o,4,nan\ny,o,5,-1e3\n"
    usual = Columns("who", "what", "", "when", "stars")
    path = wrote(tmp_path / "a.csv", text)
    with DuckDB(tmp_path, "500MB", 1) as engine:
        counts, rejected = engine.read(Source(path, Columns.parse("", usual), "s"))
        found = engine.connection.execute("SELECT rating FROM actions ORDER BY time").fetchall()
    assert found == [(4.5,), (-1000.0,)]
    assert counts == Counts(5, 2, 0, 3)
    assert [(one.row, one.column) for one in rejected] == [(3, "stars"), (4, "stars"), (5, "stars")]
    assert [one.reason for one in rejected] == [
        "missing; give it",
        "'many' is no number; give one",
        "'nan' is no number; give one",
    ]


def test_of_an_action_that_is_there_again_the_first_number_is_kept(tmp_path: Path) -> None:
    text = "who,what,post,when,stars\nu,o,c,9,1\nu,o,c,2,5\n"
    columns = Columns("who", "what", "post", "when", "stars")
    with DuckDB(tmp_path, "500MB", 1) as engine:
        counts, _ = engine.read(Source(wrote(tmp_path / "a.csv", text), columns, "s"))
        found = engine.connection.execute("SELECT time, rating FROM actions").fetchall()
    assert counts == Counts(2, 1, 1, 0)
    assert found == [(2000, 5.0)]


def test_only_where_numbers_are_read_may_their_column_be_named() -> None:
    with pytest.raises(ActionError, match=r"content=COLUMN, time=COLUMN$"):
        Columns.parse("rating=stars")
    assert Columns.parse("rating=stars", Columns(rating="rating")).rating == "stars"


def test_a_date_alone_is_no_moment(tmp_path: Path) -> None:
    rows = "u,o,c,2024-01-15\nu,o,d,2024-01-15 08:00+08\nu,o,e,2024-01-15T00:00:01.5+0000\n"
    _, rejected, found = read(wrote(tmp_path / "a.csv", HEAD + rows))
    assert found == [1705276800000, 1705276801500]
    assert [one.row for one in rejected] == [2]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_folders_are_no_columns(tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "account_id=7"
    folder.mkdir()
    path = folder / f"a.{ending}"
    if ending == "csv":
        wrote(path, HEAD + "u,o,c,1\nv,o,d,2\n")
    else:
        columns = {"account_id": ["u", "v"], "object_id": ["o", "o"], "content_id": ["c", "d"]}
        pq.write_table(pa.table({**columns, "timestamp_share": [1, 2]}), path)
    with DuckDB(tmp_path, "500MB", 1) as engine:
        engine.read(Source(path, Columns(), "s"))
        (accounts,) = engine.connection.execute(
            "SELECT COUNT(DISTINCT account) FROM actions"
        ).fetchall()
    assert accounts == (2,)


def test_columns_that_differ_in_capitals_alone_are_refused(tmp_path: Path) -> None:
    path = wrote(tmp_path / "a.csv", "account_id,Account_ID,object_id,content_id,timestamp_share\n")
    with pytest.raises(ActionError, match="is there twice, capitals aside"):
        read(path)


def test_the_row_names_of_r_and_columns_of_any_name_are_read(tmp_path: Path) -> None:
    text = '"","time","object","row_","account"\n"1",5,"o",7,"u"\n"2",6,"o",7,"v"\n'
    mapping = "account=account,object=object,time=time,content="
    counts, rejected, found = read(wrote(tmp_path / "a.csv", text), mapping)
    assert not rejected
    assert counts.actions == 2
    assert found == [5000, 6000]


def test_lines_of_ndjson_that_are_no_objects_are_told_as_such(tmp_path: Path) -> None:
    lines = (
        '{bad\n[1,2]\n"text"\n{"account_id":1,"object_id":2,"content_id":3,"timestamp_share":4}\n'
    )
    counts, rejected, _ = read(wrote(tmp_path / "a.ndjson", lines))
    assert counts.actions == 1
    assert {one.reason for one in rejected} == {"no JSON object; give one a line"}


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("timestamp_share", pa.array([1, 2], pa.date32()), "store times as numbers or moments"),
        ("account_id", pa.array([1.5, None], pa.float64()), "store names as text or whole numbers"),
        ("object_id", pa.array([b"a", b"b"], pa.binary()), "store names as text or whole numbers"),
    ],
)
def test_types_that_say_something_else_are_refused(
    tmp_path: Path, column: str, values: pa.Array, said: str
) -> None:
    columns = {"account_id": ["u", "v"], "object_id": ["o", "o"], "content_id": ["c", "d"]}
    table = pa.table({**columns, "timestamp_share": [1, 2], column: values})
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(ActionError, match=said):
        read(tmp_path / "a.parquet")


def test_text_in_dictionaries_is_read(tmp_path: Path) -> None:
    columns = {"account_id": ["u", "v"], "object_id": ["o", "o"], "content_id": ["c", "d"]}
    coded = {name: pa.array(some).dictionary_encode() for name, some in columns.items()}
    pq.write_table(pa.table({**coded, "timestamp_share": [1, 2]}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet")[0].actions == 2
