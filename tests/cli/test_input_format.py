"""Files that are no UTF-8 NDJSON are recognised before anything is made; gzip needs no name."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lianzhi.cli.input_format import complaint
from lianzhi.cli.main import main
from streams import body, calm, event

NDJSON = body(calm(20))


def watched(home: Path, file: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["watch", str(file), "--home", str(home), *more])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (NDJSON.decode().encode("utf-16"), "this is UTF-16"),
        (NDJSON.decode().encode("utf-16-le"), "this is UTF-16"),
        (NDJSON.decode().encode("gb18030"), "this is GBK or GB 18030"),
        (b"id,source,kind,time,actor\n1,s,comment,2,a\n", "this looks like CSV"),
        ("编号\t来源\t类型\n1\ts\tcomment\n".encode(), "this looks like CSV"),
        (b"[" + b",".join(NDJSON.splitlines()) + b"]", "this is one JSON array"),
    ],
    ids=["utf-16", "utf-16 without mark", "gbk", "csv", "tsv", "array"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_other_formats_are_told_and_nothing_is_made(
    tmp_path: Path, data: bytes, said: str, packed: bool
) -> None:
    file, home = tmp_path / "events", tmp_path / "home"
    file.write_bytes(gzip.compress(data) if packed else data)
    code, output = watched(home, file)
    assert code == 3
    assert said in output
    assert len(output.strip().splitlines()) == 1
    assert not home.exists()


@pytest.mark.parametrize(
    "head",
    [NDJSON, b"", b"\n\n", b"\xef\xbb\xbf" + NDJSON, b"{broken\n" + NDJSON, NDJSON[:-2],
     NDJSON + b"\xff\xfe bad row\n", "{\"id\":\"长".encode()[:-1]],
)  # fmt: skip
def test_what_may_be_ndjson_is_read(head: bytes) -> None:
    assert complaint(head) is None


def test_gzip_is_recognised_without_its_name(tmp_path: Path) -> None:
    file = tmp_path / "events"
    file.write_bytes(gzip.compress(NDJSON))
    code, output = watched(tmp_path / "home", file, "--json")
    assert code == 0
    assert json.loads(output.splitlines()[-1])["accepted"] == 20


def test_a_misspelt_field_is_told_and_strict_refuses_it(tmp_path: Path) -> None:
    file = tmp_path / "events"
    rows = [json.loads(row) for row in body([event("1", 1_760_000_000_000, "a", None)]).split()]
    file.write_text(json.dumps(rows[0] | {"traget": "victim"}) + "\n")
    code, output = watched(tmp_path / "home", file)
    assert code == 0
    assert "1 rows have the field traget, which nobody reads: did you mean target?" in output
    code, output = watched(tmp_path / "strict", file, "--strict", "--json")
    totals = json.loads(output.splitlines()[-1])
    assert (code, totals["accepted"], totals["quarantined"]) == (1, 0, 1)
