"""`lianzhi evidence`: a case leaves a deployment as a file and is verified where there is none."""

import contextlib
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from lianzhi.cli import evidence
from lianzhi.cli.main import main
from lianzhi.config import Config
from lianzhi.documents import pack, pack_reader
from lianzhi.jobs.node import Node
from lianzhi.store import views
from streams import NOW, body, calm, crowd, merged


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with Node(home, Config(lateness_seconds=1.0), clock=lambda: NOW) as node:
        node.intake.submit(body(merged(calm(80), crowd("victim", 50))), "test")
        node.intake.finish()
    return home


def run(*words: object, language: str = "en_GB.UTF-8", **env: str) -> Result:
    runner = CliRunner(env={"LC_ALL": "", "LC_MESSAGES": "", "LANG": language, **env})
    return runner.invoke(main, ["evidence", *map(str, words)])


def case_of(home: Path) -> str:
    with Node(home, Config(lateness_seconds=1.0), clock=lambda: NOW) as node:
        return views.cases(node.engine, query="victim").rows[0].id


def key_of(home: Path) -> str:
    done = CliRunner().invoke(main, ["record", "verify", "--home", str(home), "--json"])
    return msgspec.json.decode(done.stdout)["key"]


def test_a_case_is_exported_and_verified_elsewhere(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    done = run("export", case_of(home), "-o", file, "--home", home)
    assert done.exit_code == 0, done.output
    assert "on the record as entry" in done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["pack.zip"]
    # No home, no database: only the file.
    found = run("verify", file, LIANZHI_HOME=str(tmp_path / "nowhere"))
    assert found.exit_code == 0, found.output
    assert "The pack is sound" in found.output
    digest = done.output.split("SHA-256: ")[1].strip()
    assert run("verify", file, "--sha256", digest).exit_code == 0
    assert run("verify", file, "--sha256", "0" * 64).exit_code == 1
    assert "key inside the pack" in found.output
    found = run("verify", file, "--key", key_of(home))
    assert found.exit_code == 0, found.output
    assert "the key you gave" in found.output
    assert "key inside the pack" not in found.output
    verified = CliRunner().invoke(main, ["record", "verify", "--home", str(home)])
    assert verified.exit_code == 0, verified.output


def test_the_record_holds_the_digest_of_the_file(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    case = case_of(home)
    done = run("export", case, "-o", file, "--home", home, "--lang", "zh", "--json")
    said = msgspec.json.decode(done.stdout)
    from hashlib import sha256

    assert sha256(file.read_bytes()).hexdigest() == said["sha256"]
    shown = CliRunner().invoke(main, ["case", "show", case, "--home", str(home), "--json"])
    step = msgspec.json.decode(shown.stdout)["steps"][-1]
    assert step["kind"] == "evidence.exported"
    assert step["payload"]["sha256"] == said["sha256"]
    assert step["payload"]["size"] == said["checkpoint"] == said["entry"]


@pytest.mark.parametrize(
    ("given", "language", "told"),
    [
        ((), "zh_CN.UTF-8", "网暴围攻"),
        ((), "en_GB.UTF-8", "Pile-on against"),
        (("--lang", "en"), "zh_CN.UTF-8", "Pile-on against"),
    ],
)
def test_the_summary_speaks_the_language_asked_for(
    home: Path, tmp_path: Path, given: tuple[str, ...], language: str, told: str
) -> None:
    file = tmp_path / "pack.zip"
    done = run("export", case_of(home), "-o", file, "--home", home, *given, language=language)
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(file) as archive:
        assert told in archive.read("summary.html").decode()


def test_a_damaged_pack_is_refused_with_its_first_fault(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    run("export", case_of(home), "-o", file, "--home", home)
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(data)
    found = run("verify", file)
    assert found.exit_code == 1
    assert "NOT SOUND" in found.output
    assert "is sound" not in found.output
    assert msgspec.json.decode(run("verify", file, "--json").stdout)["ok"] is False


@pytest.mark.parametrize("most", [pack_reader.MOST_BYTES, 1000])
def test_a_pack_may_come_through_a_pipe(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    file, pipe = tmp_path / "pack.zip", tmp_path / "pipe"
    run("export", case_of(home), "-o", file, "--home", home)
    monkeypatch.setattr(pack_reader, "MOST_BYTES", most)
    monkeypatch.setattr(evidence, "MOST_BYTES", most)
    os.mkfifo(pipe)

    def write() -> None:
        with contextlib.suppress(BrokenPipeError):
            pipe.write_bytes(file.read_bytes())

    with ThreadPoolExecutor(1) as pool:
        pool.submit(write)
        found = run("verify", pipe)
    if most == 1000:
        assert (found.exit_code, "more than 1,000 bytes" in found.output) == (1, True)
    else:
        assert found.exit_code == 0, found.output


def test_a_pack_may_come_through_standard_input(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pack.zip"
    run("export", case_of(home), "-o", file, "--home", home)
    command = [sys.executable, "-c", "from lianzhi.cli.main import main; main()"]
    done = subprocess.run(
        [*command, "evidence", "verify", "-"],
        input=file.read_bytes(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"The pack is sound" in done.stdout


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x05\x06" + bytes(18)])
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    found = run("verify", file)
    assert found.exit_code == 1
    assert "not an evidence pack" in found.output


def test_what_cannot_be_done_leaves_nothing_behind(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pack.zip"
    done = run("export", "none", "-o", file, "--home", home)
    assert (done.exit_code, "there is no case none" in done.output) == (3, True)
    file.write_bytes(b"mine")
    done = run("export", case_of(home), "-o", file, "--home", home)
    assert (done.exit_code, "is there already" in done.output) == (3, True)
    assert file.read_bytes() == b"mine"
    done = run("export", case_of(home), "-o", tmp_path / "no" / "x.zip", "--home", home)
    assert done.exit_code == 3
    monkeypatch.setattr(pack, "MOST_BYTES", 1000)
    done = run("export", case_of(home), "-o", tmp_path / "y.zip", "--home", home)
    assert (done.exit_code, "more evidence than one pack" in done.output) == (3, True)
    assert [path.name for path in tmp_path.iterdir()] == ["pack.zip"]


def test_a_key_that_is_none_is_called_wrong(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"")
    done = run("verify", file, "--key", "abc")
    assert done.exit_code == 2
    assert "--key" in done.output
