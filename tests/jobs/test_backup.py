"""A deployment in one file and back: nothing acknowledged is missing, whatever goes on."""

import errno
import gzip
import io
import multiprocessing
import os
import random
import shutil
import signal
import tarfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from node_house import opened, told
from restore_driver import MOMENTS, restore_until
from sqlalchemy import inspect

from databases import KINDS, Databases, Server, closing_engine
from lianzhi.chain.protection import Terms
from lianzhi.cli.main import main
from lianzhi.jobs import restore as restores
from lianzhi.jobs.backup import BackupError, backup
from lianzhi.jobs.node import Node
from lianzhi.jobs.restore import RestoreError, restore
from lianzhi.record.entry import Draft
from lianzhi.store import archive, rows
from lianzhi.store.accounts import add_key, add_user
from lianzhi.store.archive import ArchiveError
from lianzhi.store.db import DatabaseRefusedError
from lianzhi.store.keys import find_key
from lianzhi.store.ledger import RecordError
from lianzhi.store.users import list_users
from streams import NOW, START, body, calm, crowd, merged

EVENTS = merged(calm(160), crowd("victim", 50), crowd("erased-one", 50, seed=5))
LATER = crowd("late-victim", 50, seed=8, start=START + 3_600_000)
PASSWORD = "correct horse battery"


def made(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Databases of one kind; a home says in its own configuration where they are."""
    postgres = request.param == "postgres"
    made = Databases(request.getfixturevalue("server") if postgres else None)
    yield made
    made.close()


databases = pytest.fixture(scope="module", params=KINDS)(made)
other = pytest.fixture(scope="module", params=KINDS)(made)


def begun(home: Path, databases: Databases, **settings: Any) -> Node:
    """A node whose configuration tells where its database is."""
    home.mkdir(exist_ok=True)
    url = databases.url(home)
    (home / "config.toml").write_text(f"# ours\ndatabase = '{url}'\nlateness_seconds = 5.0\n")
    return opened(home, database=url, **settings)[0]


def lived(home: Path, databases: Databases) -> Node:
    """A node with two sealed segments, an open one, cases, an erased person, refused rows."""
    node = begun(home, databases)
    node.intake.submit(body(EVENTS[:130]) + b"{broken\n", "test")
    node.intake.finish()
    node.store.log.turn()
    node.segments.seal()
    node.intake.submit(body(EVENTS[130:]), "test")
    node.intake.finish()
    node.protections.grant("victim", Terms(("comment",), NOW + 10**9), "li", None, NOW)
    assert node.erasure.erase("erased-one").events
    node.intake.submit(body(calm(30, seed=9, start=START + 1_800_000)), "test")
    node.intake.finish()
    node.judge.ask_snapshot()
    return node


def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table."""
    with closing_engine(url) as engine, engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            for table in rows.tables(connection)
        }


def files(home: Path) -> dict[str, bytes]:
    """Every file that belongs to the home and does not change by itself."""
    skipped = ("lianzhi.db", "lock", "config.toml")
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith(skipped)
    }


def sound(home: Path) -> bool:
    result = CliRunner().invoke(main, ["record", "verify", "--json", "--home", str(home)])
    return result.exit_code == 0 and msgspec.json.decode(result.stdout)["ok"]


@pytest.fixture
def target(other: Databases, tmp_path: Path) -> str:
    """What `--database` says for the home `back`."""
    return "sqlite" if other.kind == "sqlite" else other.url(tmp_path / "back", empty=True)


def test_there_and_back_again(databases: Databases, target: str, tmp_path: Path) -> None:
    home, back, file = tmp_path / "home", tmp_path / "back", tmp_path / "x.tar.gz"
    with lived(home, databases) as node:
        add_user(node.ledger, "ann", PASSWORD, ["admin"], NOW, "test")
        _, token = add_key(node.ledger, "platform", ("ingest",), NOW, "test")
        found = told(node)
        assert found
        node.ledger.append([Draft("test.filled", "x", NOW, {"n": n}) for n in range(300)])
    before, held = contents(databases.url(home)), files(home)
    made = backup(home, file, NOW)
    assert (file.stat().st_mode & 0o777, made.bytes) == (0o600, file.stat().st_size)
    done = restore(file, back, NOW, database=target)
    assert (done.faults, done.missing, done.at) == ((), (), NOW)
    url = f"sqlite:///{back / 'lianzhi.db'}" if target == "sqlite" else target
    after = contents(url)
    assert after == before
    filled = {"entry", "person", "evidence", "finding", "case", "user", "api_key", "notice"}
    assert filled <= {name for name in after if after[name]}
    note = back / "restored.json"
    assert files(back) == held | {"restored.json": note.read_bytes()}
    assert [p for p in back.rglob("*") if p.stat().st_mode & 0o077] == []
    assert sound(back)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []
    kept = note.read_bytes()
    with Node(back, clock=lambda: NOW) as node:
        assert said_restored(node) == [{"at": NOW, "backup_at": NOW, "entries": done.entries}]
        assert told(node) == found
        assert [user.name for user in list_users(node.engine)] == ["ann"]
        assert find_key(node.engine, token) is not None
        assert not node.guard.check("comment", "somebody new", "victim", NOW, None).allowed
        again = node.intake.submit(body(EVENTS), "test")
        assert (again.accepted, again.duplicates) == (0, len(EVENTS)), "erased ones are known, too"
        node.intake.submit(body(LATER), "test")
        node.intake.finish()
        assert len(told(node)) > len(found), "detection goes on"
    note.write_bytes(kept)  # as if the first start had been killed before it was gone
    with Node(back, clock=lambda: NOW) as node:
        assert len(said_restored(node)) == 1
    assert not note.exists()
    assert sound(back)


def said_restored(node: Node) -> list[dict[str, object]]:
    return [
        node.ledger.payload(entry.index)
        for entry in node.ledger.entries()
        if entry.kind == "record.restored"
    ]


@pytest.mark.slow
def test_a_running_node_is_backed_up_at_one_moment(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It accepts, seals, records, saves its state meanwhile; every archive starts and is whole."""
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.01)
    monkeypatch.setattr(rows, "CHUNK_BYTES", 2000)
    events = merged(calm(3000), *(crowd(f"v{n}", 40, seed=n + 20) for n in range(6)))
    home, sent, done = tmp_path / "home", [0], threading.Event()
    taken: list[tuple[Path, int]] = []

    def feed() -> None:
        for start in range(0, len(events), 30):
            while start >= 800 * len(taken):  # four backups at the least, however fast this is
                time.sleep(0.001)
            node.intake.submit(body(events[start : start + 30]), "test")
            sent[0] = start + 30
            if start % 150 == 0:
                node.store.log.turn()
            time.sleep(0.003)
        done.set()

    node = begun(home, databases, snapshot_minutes=0.0005)
    with node:
        feeder = threading.Thread(target=feed)
        feeder.start()
        while not done.is_set() or not taken:
            acknowledged = sent[0]
            taken.append((tmp_path / f"{len(taken)}.tar.gz", acknowledged))
            backup(home, taken[-1][0], NOW)
        feeder.join()
        node.intake.finish()
        found = told(node)
    assert len(taken) > 3
    for file, acknowledged in taken[:: max(1, len(taken) // 3)]:
        back = tmp_path / "back" / file.name
        assert restore(file, back, NOW, database="sqlite").faults == ()
        with Node(back, clock=lambda: NOW) as node:
            assert node.store.log.next >= acknowledged
            receipt = node.intake.submit(body(events), "test")
            assert receipt.accepted + receipt.duplicates == len(events)
            assert receipt.duplicates >= acknowledged
            node.intake.finish()
            assert len(told(node)) == len(set(told(node))) >= len(found) - 6
        assert sound(back)


def test_who_was_erased_before_is_nowhere_in_the_archive(
    databases: Databases, tmp_path: Path
) -> None:
    with lived(tmp_path / "home", databases) as node:
        backup(tmp_path / "home", tmp_path / "x.tar.gz", NOW)
        assert node.store.log.next == len(EVENTS) + 30
    data = gzip.decompress((tmp_path / "x.tar.gz").read_bytes())
    assert b"victim" in data
    assert b"erased-one" not in data


def test_an_erasure_meanwhile_is_refused_or_whole(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may wait for the transaction of a backup, but never ends in half a person."""
    monkeypatch.setattr("lianzhi.store.db._SCRUB_MS", 100)
    home, file = tmp_path / "home", tmp_path / "x.tar.gz"
    started, told_ = threading.Event(), []
    dump = rows.dump

    def slow(*of: object) -> Iterator[tuple[bytes, int]]:
        started.set()
        time.sleep(0.05)
        yield from dump(*of)

    monkeypatch.setattr(rows, "dump", slow)
    node = begun(home, databases)
    with node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()

        def erase() -> None:
            started.wait()
            for _ in range(3):
                try:
                    node.erasure.erase("victim")
                    return
                except TimeoutError as error:
                    told_.append(str(error))

        eraser = threading.Thread(target=erase)
        eraser.start()
        backup(home, file, NOW)
        eraser.join()
        assert all("erase again" in one for one in told_)
        node.erasure.erase("victim")
    assert restore(file, tmp_path / "back", NOW, database="sqlite").faults == ()
    with Node(tmp_path / "back") as node:
        node.erasure.erase("victim")
    assert sound(tmp_path / "back")
    with Node(home):
        pass
    assert sound(home)


def test_without_keys_they_are_put_there_by_hand(databases: Databases, tmp_path: Path) -> None:
    home, back, file = tmp_path / "home", tmp_path / "back", tmp_path / "x.tar.gz"
    lived(home, databases).close()
    (home / "web.key").write_text("secret of sessions")
    backup(home, file, NOW, keys=False)
    with tarfile.open(file) as tar:
        assert [n for n in tar.getnames() if "key" in n and "api_key" not in n] == []
    done = restore(file, back, NOW, database="sqlite")
    assert done.faults == ()
    assert done.missing == ("keys/record.ed25519", "keys/ids.key", "web.key")
    with pytest.raises(RecordError, match=r"record.ed25519 is missing: restore it"):
        Node(back)
    (back / "keys").mkdir(exist_ok=True, mode=0o700)
    shutil.copy(home / "keys" / "record.ed25519", back / "keys")
    with pytest.raises(Exception, match=r"ids.key is missing: restore it"):
        Node(back)
    shutil.copy(home / "keys" / "ids.key", back / "keys")
    with Node(back, clock=lambda: NOW) as node:
        assert node.intake.submit(body(EVENTS), "test").accepted == 0
    assert sound(back)


# --- what is refused ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An archive of a small deployment on SQLite."""
    folder = tmp_path_factory.mktemp("packed")
    with opened(folder / "home")[0] as node:
        node.intake.submit(body(EVENTS), "test")
        node.intake.finish()
    backup(folder / "home", folder / "x.tar.gz", NOW)
    return (folder / "x.tar.gz").read_bytes()


def changed(data: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """The archive with one part changed, in a whole tar file and a whole gzip file."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as old,
        tarfile.open(fileobj=out, mode="w:gz") as new,
    ):
        for info in old:
            source = old.extractfile(info)
            assert source is not None
            content: bytes | None = source.read()
            if info.name == name:
                content = change(content or b"")
            if content is not None:
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
    return out.getvalue()


def nothing_left(folder: Path, *names: str) -> bool:
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("home/keys/ids.key", lambda _: b"0" * 64 + b"\n", "ids.key is not what"),
        ("home/keys/ids.key", lambda _: None, "is not what the manifest says"),
        ("database/entry/000000.ndjson", lambda d: d[:-20], "entry/000000.ndjson is not what"),
        ("manifest.json", lambda _: None, "no manifest"),
        ("manifest.json", lambda _: b"{}", "another format"),
        ("manifest.json", lambda d: d[:-30], "cut short or changed"),
        ("manifest.json", lambda d: d.replace(b'"entries": ', b'"entries": "x'), "cut short or"),
        ("manifest.json", lambda d: d.replace(b'"record_0003"', b'"record_9999"'), "record_9999"),
        ("manifest.json", lambda d: d.replace(b'"person": 7', b'"person": 8'), "other rows"),
    ],
)
def test_a_changed_archive_is_refused(
    packed: bytes, tmp_path: Path, name: str, change: Callable[[bytes], bytes], words: str
) -> None:
    if words == "other rows":
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as tar:
            source = tar.extractfile("manifest.json")
            assert source is not None
            people = msgspec.json.decode(source.read())["rows"]["person"]
        old, new = (b'"person": %d' % n for n in (people, people + 1))
        change = lambda data: data.replace(old, new)  # noqa: E731
    file = tmp_path / "x.tar.gz"
    file.write_bytes(changed(packed, name, change))
    with pytest.raises((ArchiveError, RestoreError), match=words):
        restore(file, tmp_path / "back", NOW, database="sqlite")
    assert nothing_left(tmp_path, "x.tar.gz")


@pytest.mark.parametrize(
    "name", ["../escaped", "/tmp/escaped", "home/../../escaped", "home//x", "./home/x"]
)
def test_no_part_leaves_its_folder(packed: bytes, tmp_path: Path, name: str) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo(name))
    (tmp_path / "x.tar.gz").write_bytes(out.getvalue())
    with pytest.raises(ArchiveError, match="nothing that belongs"):
        restore(tmp_path / "x.tar.gz", tmp_path / "back", NOW, database="sqlite")
    with tarfile.open(tmp_path / "x.tar.gz", mode="w:gz") as tar:
        link = tarfile.TarInfo("home/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(ArchiveError, match="nothing that belongs"):
        restore(tmp_path / "x.tar.gz", tmp_path / "back", NOW, database="sqlite")
    assert nothing_left(tmp_path, "x.tar.gz")


def _reads_otherwise(data: bytes, packed: bytes) -> bool:
    """Some bits mean nothing: those that fill up a byte before others are stored as they are."""
    try:
        return gzip.decompress(data) != gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return True


def test_a_truncated_or_damaged_archive_is_refused(packed: bytes, tmp_path: Path) -> None:
    file, rng = tmp_path / "x.tar.gz", random.Random(3)
    places = [0, 1, 10, len(packed) // 2, len(packed) - 9, len(packed) - 1]
    broken = [packed[:place] for place in places]
    for _ in range(12):
        place = rng.randrange(12, len(packed))
        other = packed[:place] + bytes([packed[place] ^ 16]) + packed[place + 1 :]
        if _reads_otherwise(other, packed):
            broken.append(other)
    assert len(broken) > len(places) + 8
    for data in (*broken, packed + b"more", b"", b"no archive", gzip.compress(b"no tar")):
        file.write_bytes(data)
        with pytest.raises(ArchiveError, match=r"cut short or changed|no manifest|not what"):
            restore(file, tmp_path / "back", NOW, database="sqlite")
        assert nothing_left(tmp_path, "x.tar.gz")
    file.write_bytes(packed)
    assert restore(file, tmp_path / "back", NOW, database="sqlite").faults == ()


def test_only_an_empty_home_and_an_empty_database_are_filled(
    databases: Databases, packed: bytes, tmp_path: Path
) -> None:
    file, back = tmp_path / "x.tar.gz", tmp_path / "back"
    file.write_bytes(packed)
    back.mkdir()
    (back / "precious").write_text("mine")
    with pytest.raises(RestoreError, match=r"home: .*/back is not empty; name"):
        restore(file, back, NOW, database="sqlite")
    assert [path.name for path in back.iterdir()] == ["precious"]
    lived(tmp_path / "live", databases).close()
    url = databases.url(tmp_path / "live")
    before = contents(url)
    with pytest.raises(RestoreError, match=r"database: .* is not empty, it has \d+ tables"):
        restore(file, tmp_path / "new", NOW, database=url)
    assert contents(url) == before
    live = begun(tmp_path / "live", databases)
    with live, pytest.raises(DatabaseRefusedError, match="/live on"):
        restore(file, tmp_path / "new", NOW, database=url)
    with pytest.raises(RestoreError, match=r"is in the home; say --database sqlite"):
        restore(file, tmp_path / "new", NOW, database=f"sqlite:///{tmp_path}/new/lianzhi.db")
    assert not (tmp_path / "new").exists()
    (tmp_path / "new").mkdir()
    assert restore(file, tmp_path / "new", NOW, database="sqlite").faults == ()


def test_a_file_that_is_there_is_not_overwritten(databases: Databases, tmp_path: Path) -> None:
    lived(tmp_path / "home", databases).close()
    (tmp_path / "x.tar.gz").write_text("mine")
    with pytest.raises(FileExistsError, match="is there already; name another"):
        backup(tmp_path / "home", tmp_path / "x.tar.gz", NOW)
    assert (tmp_path / "x.tar.gz").read_text() == "mine"
    assert nothing_left(tmp_path, "home", "x.tar.gz")


def test_a_damaged_home_is_not_backed_up_in_silence(databases: Databases, tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "x.tar.gz"
    lived(home, databases).close()
    segment = next((home / "events").glob("*.parquet"))
    copy = segment.read_bytes()
    segment.unlink()
    with pytest.raises(BackupError, match=r"parquet is gone, though it is on the record"):
        backup(home, file, NOW)
    segment.write_bytes(copy)
    (home / "events" / f"{777:020d}.parquet").write_bytes(copy)
    with pytest.raises(BackupError, match="not on the record: see `lianzhi record verify`"):
        backup(home, file, NOW)
    assert nothing_left(tmp_path, "home")


def test_a_record_that_was_tampered_with_is_restored_and_told(
    databases: Databases, tmp_path: Path
) -> None:
    home, file = tmp_path / "home", tmp_path / "x.tar.gz"
    lived(home, databases).close()
    with closing_engine(databases.url(home)) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entry SET ref = 'x' WHERE \"index\" = 2")
    backup(home, file, NOW)
    words = ["restore", str(file), "--home", str(tmp_path / "back"), "--database", "sqlite"]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, "NOT SOUND: the record, edited" in result.stdout) == (1, True)


# --- full disks and kills -----------------------------------------------------------------------


def full(path: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


@pytest.mark.parametrize("where", ["database", "events", "manifest"])
def test_a_full_disk_leaves_no_archive(
    databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    home = tmp_path / "home"
    lived(home, databases).close()
    real = archive.Writer.add

    def add(self: archive.Writer, name: str, *more: object) -> None:
        real(self, name, *more)
        if where in name:
            full(name)

    monkeypatch.setattr(archive.Writer, "add", add)
    if where == "manifest":
        monkeypatch.setattr(archive.os, "fsync", lambda _: full("x"))
    file = tmp_path / "x.tar.gz"
    result = CliRunner().invoke(main, ["backup", str(file), "--home", str(home)])
    assert result.exit_code == 3
    assert f"FILE {file}: no space left on device; nothing is left of it" in result.stderr
    assert nothing_left(tmp_path, "home")


@pytest.mark.parametrize("where", ["sixth file", "sync", "rename"])
def test_a_full_disk_leaves_neither_home_nor_tables(
    packed: bytes, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    (tmp_path / "x.tar.gz").write_bytes(packed)
    real, written = restores._write, []

    def write(path: Path, content: object) -> None:
        written.append(path)
        if where == "sixth file" and len(written) == 6:
            full(str(path))
        real(path, content)

    monkeypatch.setattr(restores, "_write", write)
    if where == "sync":
        monkeypatch.setattr(restores, "_sync", lambda folder: full(str(folder)))
    if where == "rename":
        monkeypatch.setattr(Path, "rename", lambda path, _: full(str(path)))
    words = ["restore", str(tmp_path / "x.tar.gz"), "--home", str(tmp_path / "back")]
    result = CliRunner().invoke(main, [*words, "--database", target])
    assert result.exit_code == 3, result.output
    assert "no space left on device; nothing was restored" in result.stderr
    assert nothing_left(tmp_path, "x.tar.gz")
    if target != "sqlite":
        with closing_engine(target) as engine:
            assert inspect(engine).get_table_names() == []
    monkeypatch.undo()
    assert restore(tmp_path / "x.tar.gz", tmp_path / "back", NOW, database=target).faults == ()


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_restore_that_is_killed_leaves_nothing_that_starts(
    packed: bytes, target: str, tmp_path: Path, moment: str
) -> None:
    file, back = tmp_path / "x.tar.gz", tmp_path / "back"
    file.write_bytes(packed)
    # What is loaded is loaded once for all moments: it takes longer than to restore.
    many = multiprocessing.get_context("forkserver")
    many.set_forkserver_preload(["lianzhi.jobs.restore"])
    child = many.Process(target=restore_until, args=(moment, file, back, target), daemon=True)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    if moment == "renamed":  # all is done
        assert sound(back)
        Node(back).close()
        return
    assert not back.exists()
    for words in (["record", "verify"], ["user", "list"], ["record", "erase", "--subject", "x"]):
        result = CliRunner().invoke(main, [*words, "--home", str(back)])
        assert (result.exit_code, "there is no deployment" in result.stderr) == (3, True)
    assert restore(file, back, NOW, database=target).faults == (), "it may be begun again"
    assert nothing_left(tmp_path, "back", "x.tar.gz")
    assert sound(back)


# --- the form -----------------------------------------------------------------------------------


def test_every_table_and_type_comes_back_exactly(server: Server, tmp_path: Path) -> None:
    from sqlalchemy import BigInteger, Boolean, Column, Float, LargeBinary, MetaData, Table, Text

    made = Table(
        "odd",
        MetaData(),
        Column("n", BigInteger, primary_key=True),
        Column("real", Float),
        Column("raw", LargeBinary),
        Column("text", Text),
        Column("flag", Boolean),
    )
    odd = [
        (-(2**63), 0.1 + 0.2, b"\x00\xff", "\u2028 汉字 \U0001f600 '\"\\\r\n", True),
        (2**63 - 1, 5e-324, b"", "", False),
        (0, -1.5, None, None, None),
        (1, float("inf"), bytes(range(256)), "\x1b\x7f", True),
        (2, 1.7976931348623157e308, b"x", "a" * 10_000, None),
    ]
    urls = [f"sqlite:///{tmp_path / 'a.db'}", server.database(empty=True)]
    for here, there in (urls, urls[::-1]):
        with closing_engine(here) as old, closing_engine(there) as new:
            made.drop(old, checkfirst=True)
            made.drop(new, checkfirst=True)
            made.create(old)
            made.create(new)
            names = [column.name for column in made.c]
            with old.begin() as connection:
                connection.execute(made.insert(), [dict(zip(names, r, strict=True)) for r in odd])
            with old.connect() as source, new.begin() as sink:
                (table,) = rows.tables(source)
                said = rows.columns(table)
                assert list(said.values()) == ["int", "float", "bytes", "text", "bool"]
                for lines, count in rows.dump(source, table):
                    assert rows.load(sink, rows.tables(sink)[0], said, lines) == count
            with new.connect() as connection:
                found = [tuple(row) for row in connection.execute(made.select())]
            assert sorted(map(repr, found)) == sorted(map(repr, odd))
    server.drop(urls[1])
