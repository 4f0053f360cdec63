"""Tampering for real: the SQLite file is opened behind the ledger's back and changed."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copyfile, copytree

import pytest

from lianzhi.record.entry import Draft, Entry, commit
from lianzhi.record.merkle import Frontier
from lianzhi.record.verify import Report
from lianzhi.store import db, migrate
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody, open_ledger

SIZE = 600
"""More than two tiles of the tree, so that kept nodes are among what is forged."""
PLACES = (0, 1, 255, 256, 400, 598, 599)
HOLDERS = ("entry", "payload", "vault_text")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    engine = db.open_engine(f"sqlite:///{home / 'lianzhi.db'}")
    migrate.upgrade(engine)
    ledger = open_ledger(engine, home)
    for start in range(0, SIZE, 50):
        ledger.append(
            [
                Draft("case.noted", f"c{n}", n, {"n": n}, {"note": (f"note {n}", ())})
                for n in range(start, start + 50)
            ]
        )
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return home


@pytest.fixture
def home(original: Path, tmp_path: Path) -> Path:
    copytree(original, tmp_path / "home")
    return tmp_path / "home"


def fresh(original: Path, home: Path) -> None:
    for name in ("lianzhi.db", "record/checkpoint"):
        copyfile(original / name, home / name)
    for name in ("lianzhi.db-wal", "lianzhi.db-shm"):
        (home / name).unlink(missing_ok=True)


def verify(home: Path) -> Report:
    engine = db.open_engine(f"sqlite:///{home / 'lianzhi.db'}")
    try:
        return audit(engine, *custody(home))
    finally:
        engine.dispose()


# --- what somebody with the file, but without the key, can do -----------------------------------


def edit_entry(file: sqlite3.Connection, i: int) -> str:
    file.execute("UPDATE entry SET kind = 'case.closed' WHERE \"index\" = ?", (i,))
    return "edited"


def edit_time(file: sqlite3.Connection, i: int) -> str:
    file.execute('UPDATE entry SET at = at + 1 WHERE "index" = ?', (i,))
    return "edited"


def edit_payload(file: sqlite3.Connection, i: int) -> str:
    file.execute(
        "UPDATE payload SET body = CAST(replace(CAST(body AS TEXT), ':', ': ') AS BLOB) "
        'WHERE "index" = ?',
        (i,),
    )
    return "edited"


def edit_text(file: sqlite3.Connection, i: int) -> str:
    """With the commitment in the payload made to fit; `forge` makes the rest fit."""
    (salt,) = file.execute('SELECT salt FROM vault_text WHERE "index" = ?', (i,)).fetchone()
    file.execute('UPDATE vault_text SET body = ? WHERE "index" = ?', (b"praise", i))
    body = b'{"n":%d,"texts":{"note":"%s"}}' % (i, commit(salt, b"praise").hex().encode())
    file.execute('UPDATE payload SET body = ? WHERE "index" = ?', (body, i))
    return "edited"


def edit_seal(file: sqlite3.Connection, i: int) -> str:
    file.execute('UPDATE entry SET seal = zeroblob(32) WHERE "index" = ?', (i,))
    return "edited"


def remove(file: sqlite3.Connection, i: int) -> str:
    for table in HOLDERS:
        file.execute(f'DELETE FROM {table} WHERE "index" = ?', (i,))
    return "truncated" if i == SIZE - 1 else "removed"


def remove_and_close_up(file: sqlite3.Connection, i: int) -> str:
    what = remove(file, i)
    shift(file, i, -1)
    return what


def truncate(file: sqlite3.Connection, i: int) -> str:
    for table in HOLDERS:
        file.execute(f'DELETE FROM {table} WHERE "index" >= ?', (i,))
    file.execute("DELETE FROM checkpoint WHERE size > ?", (i,))
    return "truncated"


def insert(file: sqlite3.Connection, i: int) -> str:
    shift(file, i, 1)
    file.execute(
        "INSERT INTO entry VALUES (?, 5, 'case.closed', 'c', zeroblob(32), zeroblob(32), ?)",
        (i, bytes(32)),
    )
    file.execute("INSERT INTO payload VALUES (?, zeroblob(32), '{}')", (i,))
    return "inserted"


def swap(file: sqlite3.Connection, i: int) -> str:
    j = (i + 300) % SIZE
    for table in HOLDERS:
        for old, new in ((i, -1), (j, i), (-1, j)):
            file.execute(f'UPDATE {table} SET "index" = ? WHERE "index" = ?', (new, old))
    return "reordered"


def swap_payloads(file: sqlite3.Connection, i: int) -> str:
    j = (i + 300) % SIZE
    for old, new in ((i, -1), (j, i), (-1, j)):
        file.execute('UPDATE payload SET "index" = ? WHERE "index" = ?', (new, old))
    return "edited"


def shift(file: sqlite3.Connection, start: int, by: int) -> None:
    for table in HOLDERS:
        file.execute(f'UPDATE {table} SET "index" = -1 - "index" WHERE "index" >= ?', (start,))
        file.execute(f'UPDATE {table} SET "index" = -1 - "index" + ? WHERE "index" < 0', (by,))


def forge(file: sqlite3.Connection) -> None:
    """Compute commitments, leaves and kept nodes anew, so that all but seals and notes fit."""
    leaves = []
    for index, at, kind, ref, salt, body in file.execute(
        'SELECT e."index", at, kind, ref, salt, body FROM entry e '
        'JOIN payload p ON p."index" = e."index" ORDER BY 1'
    ).fetchall():
        data = body if isinstance(body, bytes) else body.encode()
        entry = Entry(index, at, kind, ref, commit(salt, data))
        leaves.append(entry.leaf_hash())
        file.execute(
            'UPDATE entry SET commitment = ?, leaf = ? WHERE "index" = ?',
            (entry.commitment, leaves[-1], index),
        )
        file.execute('UPDATE payload SET body = ? WHERE "index" = ?', (data, index))
    file.execute("DELETE FROM node")
    file.executemany(
        "INSERT INTO node VALUES (?, ?, ?)",
        [(n.level, n.index, n.hash) for n in Frontier().extend(leaves)[1]],
    )


def plain(file: sqlite3.Connection) -> None:
    """Leave everything else as it is."""


TAMPERS = [
    edit_entry,
    edit_time,
    edit_payload,
    edit_text,
    edit_seal,
    remove,
    remove_and_close_up,
    truncate,
    insert,
    swap,
    swap_payloads,
]


def test_the_original_verifies(home: Path) -> None:
    report = verify(home)
    assert (report.ok, report.size) == (True, SIZE)


@pytest.mark.parametrize("then", [plain, forge])
@pytest.mark.parametrize("tamper", TAMPERS)
def test_the_first_bad_entry_is_named(
    original: Path,
    home: Path,
    tamper: Callable[[sqlite3.Connection, int], str],
    then: Callable[[sqlite3.Connection], None],
) -> None:
    for i in PLACES:
        fresh(original, home)
        with closing(sqlite3.connect(home / "lianzhi.db")) as file, file:
            what = tamper(file, i)
            then(file)
        first = min(i, (i + 300) % SIZE) if tamper in {swap, swap_payloads} else i
        report = verify(home)
        assert (report.ok, report.first_bad, report.what) == (False, first, what), i


def test_an_entry_added_at_the_end_is_named(home: Path) -> None:
    with closing(sqlite3.connect(home / "lianzhi.db")) as file, file:
        insert(file, SIZE)
        forge(file)
    report = verify(home)
    assert (report.first_bad, report.what) == (SIZE, "inserted")


STATEMENTS = [
    ('UPDATE entry SET leaf = zeroblob(32) WHERE "index" = 300', "edited", 300),
    ("UPDATE entry SET commitment = 'text' WHERE \"index\" = 300", "edited", 300),
    ("UPDATE entry SET kind = CAST(x'ff' AS TEXT) WHERE \"index\" = 300", "edited", 300),
    ("UPDATE entry SET at = 'noon' WHERE \"index\" = 300", "edited", 300),
    ('UPDATE entry SET ref = NULL WHERE "index" = 300', "edited", 300),
    ("UPDATE payload SET body = 'text' WHERE \"index\" = 300", "edited", 300),
    ('UPDATE payload SET salt = zeroblob(32) WHERE "index" = 300', "edited", 300),
    ('DELETE FROM payload WHERE "index" = 300', "removed", 300),
    ("DELETE FROM payload", "removed", 0),
    ("UPDATE vault_text SET body = 'praise' WHERE \"index\" = 300", "edited", 300),
    ('DELETE FROM vault_text WHERE "index" = 300', "removed", 300),
    ("INSERT INTO vault_text VALUES (300, 'reason', zeroblob(32), 'x')", "edited", 300),
    ('UPDATE entry SET "index" = -5 WHERE "index" = 300', "reordered", 0),
    ('UPDATE entry SET "index" = 9999999 WHERE "index" = 300', "reordered", 300),
    ('UPDATE entry SET "index" = 9999999 WHERE "index" = 599', "edited", 599),
    ('DELETE FROM node WHERE "index" = 1', "tree", None),
    ("UPDATE node SET hash = zeroblob(32)", "tree", None),
    ("DELETE FROM checkpoint; DELETE FROM entry; DELETE FROM payload", "truncated", 0),
    ("UPDATE checkpoint SET note = replace(note, '50', '51') WHERE size = 50", "checkpoint", None),
    ("UPDATE checkpoint SET note = x'ff00' WHERE size = 50", "checkpoint", None),
]


@pytest.mark.parametrize(("statement", "what", "index"), STATEMENTS)
def test_whatever_a_row_is_made_to_hold_is_reported(
    home: Path, statement: str, what: str, index: int | None
) -> None:
    with closing(sqlite3.connect(home / "lianzhi.db")) as file:
        file.execute("PRAGMA writable_schema = ON")  # lets a NULL into a NOT NULL column
        file.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
        file.commit()
    with closing(sqlite3.connect(home / "lianzhi.db")) as file:
        file.executescript(statement)
        file.commit()
    report = verify(home)
    assert (report.ok, report.what, report.first_bad) == (False, what, index)


def test_the_key_s_public_half_suffices_to_see_that_something_is_wrong(home: Path) -> None:
    with closing(sqlite3.connect(home / "lianzhi.db")) as file, file:
        edit_entry(file, 275)
        forge(file)
    engine = db.open_engine(f"sqlite:///{home / 'lianzhi.db'}")
    signer, witness = custody(home)
    report = audit(engine, signer.verifier, witness)
    engine.dispose()
    assert (report.ok, report.what) == (False, "checkpoint")
    assert "250 to 299" in report.detail
