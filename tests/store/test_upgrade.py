"""From every earlier state of the tables, with data in them, to the newest and back."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from databases import Databases
from lianzhi.record.checkpoint import Verifier
from lianzhi.store import db, migrate
from lianzhi.store.audit import audit
from lianzhi.store.audit_tables import audit_tables

HERE = Path(__file__).parent
DEPLOYMENT = json.loads((HERE / "data" / "deployment.json").read_text("utf-8"))
"""Rows of a small deployment, written when these were the newest revisions of the tables."""
WHOLE = ("record_0002", "chain_0001", "accounts_0001")
STATES = [("record_0001",), ("record_0002",), ("chain_0001",), ("accounts_0001",), WHOLE]
RECORD = ("entry", "payload", "checkpoint", "node", "person", "vault_text", "evidence")
Rows = dict[str, list[str]]


@pytest.fixture
def bare(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A database without any tables."""
    engine = db.open_engine(databases.url(tmp_path, empty=True))
    yield engine
    engine.dispose()


def value(kind: str, plain: Any) -> Any:
    return base64.b64decode(plain) if kind == "bytes" and plain is not None else plain


def fill(engine: Engine, state: tuple[str, ...]) -> None:
    """Make the tables of that state, and put the deployment's rows into them."""
    with db.writing(engine) as connection:
        for revision in state:
            command.upgrade(migrate.script(connection), revision)
        there = set(inspect(connection).get_table_names())
        for name, table in DEPLOYMENT["tables"].items():
            columns = table["columns"]
            if name not in there or not table["rows"]:
                continue
            names = ", ".join(f'"{column}"' for column in columns)
            places = ", ".join(f":{column}" for column in columns)
            connection.execute(
                text(f'INSERT INTO "{name}" ({names}) VALUES ({places})'),
                [
                    {c: value(kind, v) for (c, kind), v in zip(columns.items(), row, strict=True)}
                    for row in table["rows"]
                ],
            )


def held(engine: Engine, names: tuple[str, ...] = RECORD) -> Rows:
    """Every row of the tables of these names that are there."""
    found: Rows = {}
    with engine.connect() as connection:
        for name in set(names) & set(inspect(connection).get_table_names()):
            columns = ", ".join(f'"{c}"' for c in DEPLOYMENT["tables"][name]["columns"])
            rows = connection.execute(text(f'SELECT {columns} FROM "{name}"'))
            found[name] = sorted(repr(tuple(row)) for row in rows)
    return found


def counted(engine: Engine, names: tuple[str, ...]) -> dict[str, int]:
    """How many rows the tables of these names have."""
    with engine.connect() as connection:
        return {n: connection.scalar(text(f'SELECT count(*) FROM "{n}"')) or 0 for n in names}


def sound(engine: Engine, folder: Path) -> bool:
    """Whether the record and the tables that derive from it are as they were written."""
    witness = folder / "checkpoint"
    if held(engine)["entry"]:
        newest = max(DEPLOYMENT["tables"]["checkpoint"]["rows"])[1]
        witness.write_text(newest, "utf-8")
        report = audit(engine, Verifier.parse(DEPLOYMENT["key"]), witness)
        assert (report.ok, report.size) == (True, len(DEPLOYMENT["tables"]["entry"]["rows"]))
    tables = audit_tables(engine)
    assert tables.faults == ()
    return True


def downgrade(engine: Engine, state: tuple[str, ...]) -> None:
    """Back to that state; what the record rests on is never taken away."""
    with db.writing(engine) as connection:
        config = migrate.script(connection)
        known = ScriptDirectory.from_config(config)
        labels = {
            label: known.get_revision(f"{label}@head").revision
            for base in known.get_bases()
            for label in known.get_revision(base).branch_labels
        }
        targets = dict.fromkeys(labels, "base") | {"record": "record_0001"}
        for revision in state:
            (label,) = known.get_revision(revision).branch_labels & labels.keys()
            targets[label] = revision
        for label, target in sorted(targets.items(), key=lambda pair: pair[0] == "record"):
            command.downgrade(config, f"{label}@{target}")


@pytest.mark.parametrize("state", STATES, ids="+".join)
def test_up_and_down_and_up_again_with_data(
    bare: Engine, tmp_path: Path, state: tuple[str, ...]
) -> None:
    fill(bare, state)
    before, all_ = held(bare), held(bare, tuple(DEPLOYMENT["tables"]))
    assert all_["user" if state == ("accounts_0001",) else "entry"]
    migrate.upgrade(bare)
    assert held(bare) == before | {name: [] for name in RECORD if name not in before}
    assert sound(bare, tmp_path)
    if state == WHOLE:  # columns may have changed their names since, rows are as many
        assert counted(bare, tuple(all_)) == {name: len(rows) for name, rows in all_.items()}
    after = held(bare)
    downgrade(bare, state)
    assert held(bare) == after
    with bare.connect() as connection:
        assert set(state) <= {*migrate.revisions(connection), "record_0001"}
    migrate.upgrade(bare)
    assert held(bare) == after
    assert sound(bare, tmp_path)


@pytest.mark.slow
def test_a_migration_that_is_killed_leaves_the_old_state_or_the_new(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.url(tmp_path, empty=True)
    engine = db.open_engine(url)
    fill(engine, ("record_0001",))
    old = held(engine)
    engine.dispose()
    command_ = [sys.executable, str(HERE / "migration_driver.py"), url]
    ran = subprocess.run(command_, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    said = json.loads(ran.stdout)
    assert said["code"] == 0, ran.stderr.decode()[-2000:]
    *early, last = said["states"]
    assert len(early) > 12, "it was killed many times"
    assert all(one == [["record_0001"], len(old["entry"])] for one in early)
    assert len(last[0]) >= 4
    assert last[1] == len(old["entry"])
    assert held(engine) == old | {name: [] for name in RECORD if name not in old}
    assert sound(engine, tmp_path)
    engine.dispose()
