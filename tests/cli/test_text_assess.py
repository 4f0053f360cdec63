"""`lianzhi text assess`: files in, files out, bad rows set aside."""

import csv
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main
from lianzhi.text import KINDS, assess
from lianzhi.text.model import encoder

ADDED = ["offence", *KINDS, "counter_speech", "spans"]
TEXTS = ["今天天气真好", "你就是个垃圾", "你们都是laji", '他说"好"，\n她说不好']


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["text", "assess", *map(str, words)])


def write(path: Path, rows: list[dict[str, object]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def read(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("form", [".csv", ".parquet", ".ndjson"])
@pytest.mark.parametrize("to", [".csv", ".parquet", ".ndjson"])
def test_every_row_gets_what_was_found(tmp_path: Path, form: str, to: str) -> None:
    source, target = tmp_path / f"in{form}", tmp_path / f"out{to}"
    write(source, [{"id": number, "said": text} for number, text in enumerate(TEXTS)])
    done = run(source, "--text-column", "said", "--out", target)
    assert done.exit_code == 0, done.output
    rows = read(target)
    assert list(rows[0]) == ["id", "said", *ADDED]
    assert [row["said"] for row in rows] == TEXTS
    for row, text in zip(rows, TEXTS, strict=True):
        found = assess(text)
        assert float(str(row["offence"])) == pytest.approx(found.offence, abs=1e-4)
        assert float(str(row["insult"])) == pytest.approx(found.kinds.get("insult", 0), abs=1e-4)
        assert json.loads(str(row["spans"])) == [span._asdict() for span in found.spans]
    assert json.loads(str(rows[2]["spans"]))[-1]["form"] == "垃圾"
    assert not list(tmp_path.glob("*.rejected.ndjson"))
    assert not list(tmp_path.glob(".*"))


def test_columns_keep_their_types(tmp_path: Path) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    schema = pa.schema([("at", pa.timestamp("ms")), ("said", pa.string()), ("none", pa.int8())])
    table = pa.Table.from_pylist([{"at": None, "said": "好", "none": None}], schema=schema)
    pq.write_table(table, source)
    assert run(source, "--text-column", "said", "--out", target).exit_code == 0
    assert [pq.read_schema(target).field(name).type for name in schema.names] == schema.types


def test_bad_rows_are_set_aside_and_good_ones_survive(tmp_path: Path) -> None:
    source, target = tmp_path / "in.ndjson", tmp_path / "out.ndjson"
    source.write_text(
        '{"said": "好"}\nnot json\n{"said": 5}\n[1]\n\n{"other": "x"}\n{"said": "坏"}\n'
    )
    done = run(source, "--text-column", "said", "--out", target, "--json")
    assert done.exit_code == 1
    flagged = sum(assess(text).offence > 0.5 for text in ("好", "坏"))
    assert json.loads(done.stdout) == {"rows": 2, "flagged": flagged, "rejected": 4}
    assert [row["said"] for row in read(target)] == ["好", "坏"]
    aside = read(tmp_path / "out.ndjson.rejected.ndjson")
    assert [row["row"] for row in aside] == [2, 3, 4, 6]
    assert "said: 5 is no text" in str(aside[1]["reason"])


def test_a_csv_row_of_other_length_is_set_aside(tmp_path: Path) -> None:
    source, target, aside = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "bad.ndjson"
    source.write_text('id,said\n1,"好\n啊"\n2,一,二\n3,坏\n')
    done = run(source, "--text-column", "said", "--out", target, "--rejected", aside)
    assert done.exit_code == 1
    assert [row["id"] for row in read(target)] == ["1", "3"]
    (bad,) = read(aside)
    assert bad["row"] == 4
    assert "3 fields where the head has 2" in str(bad["reason"])


@pytest.mark.parametrize(
    ("name", "text", "words", "said"),
    [
        ("in.csv", "id,said\n1,x\n", ["--text-column", "body"], "no column 'body'"),
        ("in.txt", "x", ["--text-column", "said"], "give one of .csv"),
        ("in.csv", "said,offence\nx,1\n", ["--text-column", "said"], "rename or drop them"),
        ("in.parquet", "no parquet", ["--text-column", "said"], "give a parquet file"),
        ("in.csv", "said\n\0\n", ["--text-column", "said"], "save the file as UTF-8"),
    ],
)
def test_what_cannot_be_done_says_why(
    tmp_path: Path, name: str, text: str, words: list[str], said: str
) -> None:
    source, target = tmp_path / name, tmp_path / "out.csv"
    source.write_text(text)
    done = run(source, *words, "--out", target)
    assert done.exit_code == 3
    assert said in done.stderr
    assert not target.exists()


def test_a_file_is_not_written_over_itself(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    write(source, [{"said": "好"}])
    before = source.read_bytes()
    assert run(source, "--text-column", "said", "--out", source).exit_code == 3
    assert source.read_bytes() == before


def test_more_rows_than_a_chunk_keep_their_order(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    write(source, [{"id": number, "said": f"第{number}楼"} for number in range(5000)])
    assert run(source, "--text-column", "said", "--out", target).exit_code == 0
    assert [row["id"] for row in read(target)] == [str(number) for number in range(5000)]


def test_the_encoder_is_asked_where_it_is_wanted(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    source, target = tmp_path / "in.csv", tmp_path / "out.ndjson"
    texts = [*TEXTS, "这种人还好意思说别人", "她凭什么这么说我们"]
    write(source, [{"said": text} for text in texts])
    done = run(source, "--text-column", "said", "--out", target, "--encoder")
    assert done.exit_code == 0, done.output
    told = [float(str(row["offence"])) for row in read(target)]
    asked = [assess(text, encoder=encoder.load()).offence for text in texts]
    assert told == pytest.approx(asked, abs=1e-4)
    assert told != pytest.approx([assess(text).offence for text in texts], abs=1e-4)


def test_without_onnxruntime_the_encoder_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.load.cache_clear()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    write(source, [{"said": text} for text in TEXTS])
    done = run(source, "--text-column", "said", "--out", target, "--encoder")
    assert done.exit_code == 3
    assert "pip install 'lianzhi[encoder]'" in done.output
    assert not target.exists()
