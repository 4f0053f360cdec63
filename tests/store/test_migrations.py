"""The migrations build the very tables that the code declares."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, create_mock_engine, inspect

import lianzhi.store
from databases import Databases
from lianzhi.store import db, migrate, tables
from lianzhi.store.db import DatabaseRefusedError
from lianzhi.store.read_model import CHAIN

for module in pkgutil.iter_modules(lianzhi.store.__path__, "lianzhi.store."):
    if module.name != "lianzhi.store.migrations":
        importlib.import_module(module.name)  # so that every table of ours is declared

OURS = set(tables.metadata.tables)


@pytest.fixture
def bare(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """A database without any tables."""
    engine = db.open_engine(databases.url(tmp_path, empty=True))
    yield engine
    engine.dispose()


def differences(connection: Connection) -> list[tuple[Any, ...]]:
    """How the tables differ from those that the code declares; comments are for its readers."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = compare_metadata(context, tables.metadata)
    flat = [one for some in found for one in (some if isinstance(some, list) else [some])]
    return [one for one in flat if one[0] != "modify_comment"]


def test_the_migrations_build_the_declared_tables(bare: Engine) -> None:
    engine = bare
    migrate.upgrade(engine)
    assert set(inspect(engine).get_table_names()) == OURS | {"alembic_version"}
    assert {"entry", "payload", "checkpoint", "node", "person", "evidence"} <= OURS
    with engine.connect() as connection:
        assert differences(connection) == []


def shape(engine: Engine) -> str:
    """Every table with its columns, keys and indexes."""
    found = MetaData()
    found.reflect(engine)
    indexes = (sorted(map(repr, table.indexes)) for table in found.sorted_tables)
    return "\n".join(f"{t!r} {more}" for t, more in zip(found.sorted_tables, indexes, strict=True))


def test_starting_again_changes_nothing(bare: Engine) -> None:
    migrate.upgrade(bare)
    before = shape(bare)
    migrate.upgrade(bare)
    assert shape(bare) == before
    with bare.connect() as connection:
        assert len(migrate.revisions(connection)) >= 4


REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "fish_0001"
down_revision = None
branch_labels = ("fish",)
depends_on = "record_0001"


def upgrade():
    op.create_table("fish", sa.Column("name", sa.Text(), primary_key=True))
    {more}
"""


def test_a_domain_may_have_its_own_branch(bare: Engine, tmp_path: Path) -> None:
    engine = bare
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "fish_0001.py").write_text(REVISION.format(more=""))
    migrate.upgrade(engine)
    migrate.upgrade(engine, CHAIN._replace(branches=(str(tmp_path / "versions"),)))
    assert set(inspect(engine).get_table_names()) == OURS | {"alembic_version", "fish"}


def test_a_database_that_a_newer_version_has_changed_is_left_alone(
    bare: Engine, tmp_path: Path
) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "fish_0001.py").write_text(REVISION.format(more=""))
    migrate.upgrade(bare, CHAIN._replace(branches=(str(tmp_path / "versions"),)))
    before = shape(bare)
    with pytest.raises(DatabaseRefusedError, match=r"newer version.*\(fish_0001\); install"):
        migrate.upgrade(bare)
    assert shape(bare) == before


def test_a_revision_that_fails_leaves_the_database_as_it_was(bare: Engine, tmp_path: Path) -> None:
    engine = bare
    (tmp_path / "versions").mkdir()
    broken = REVISION.format(more='raise RuntimeError("broken")')
    (tmp_path / "versions" / "fish_0001.py").write_text(broken)
    with pytest.raises(RuntimeError, match="broken"):
        migrate.upgrade(engine, CHAIN._replace(branches=(str(tmp_path / "versions"),)))
    assert inspect(engine).get_table_names() == []


def test_the_tables_are_none_of_sqlite_s_alone() -> None:
    """PostgreSQL's own compiler takes every table."""
    statements: list[str] = []
    engine = create_mock_engine(
        "postgresql://",
        lambda sql, *_, **__: statements.append(str(sql.compile(dialect=engine.dialect))),
    )
    tables.metadata.create_all(engine, checkfirst=False)
    assert len(statements) >= len(OURS)
    assert any("BYTEA" in statement for statement in statements)


def test_roles_of_before_keep_what_they_could_do_and_go_back(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    config = Config()
    config.set_main_option("script_location", "lianzhi.store:migrations")
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", migrate.RECORD)

    def roles(column: str) -> dict[str, str]:
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(f'SELECT name, "{column}" FROM "user"')
            return {row.name: row[1] for row in rows}

    def move(step: Callable[[Config, str], None], to: str) -> None:
        with db.writing(engine) as connection:
            config.attributes["connection"] = connection
            step(config, to)

    move(command.upgrade, "accounts_0001")
    with engine.begin() as connection:
        for role in ("viewer", "reviewer", "admin"):
            connection.exec_driver_sql(
                'INSERT INTO "user" (id, name, password, role, session, created_at) '
                f"VALUES ('{role}', '{role}', '', '{role}', 0, 0)"
            )
    move(command.upgrade, "accounts_0002")
    kept = {"viewer": "viewer", "reviewer": "reviewer", "admin": "admin senior"}
    assert roles("roles") == kept
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE \"user\" SET roles = 'auditor' WHERE id = 'viewer'")
    move(command.downgrade, "accounts_0001")
    assert roles("role") == {"viewer": "viewer", "reviewer": "reviewer", "admin": "admin"}
    move(command.upgrade, "accounts@heads")
    assert roles("roles") == kept
    engine.dispose()
