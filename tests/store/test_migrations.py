"""The migrations build the very tables that the code declares."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_mock_engine, inspect

import lianzhi.store
from lianzhi.store import db, migrate, tables

for module in pkgutil.iter_modules(lianzhi.store.__path__, "lianzhi.store."):
    if module.name != "lianzhi.store.migrations":
        importlib.import_module(module.name)  # so that every table of ours is declared

OURS = set(tables.metadata.tables)


def test_the_migrations_build_the_declared_tables(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    migrate.upgrade(engine)
    assert set(inspect(engine).get_table_names()) == OURS | {"alembic_version"}
    assert {"entry", "payload", "checkpoint", "node", "person", "evidence"} <= OURS
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_starting_again_changes_nothing(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        query = "SELECT sql FROM sqlite_schema ORDER BY name"
        before = connection.exec_driver_sql(query).all()
        connection.rollback()
        migrate.upgrade(engine)
        assert connection.exec_driver_sql(query).all() == before
        version = connection.exec_driver_sql("SELECT * FROM alembic_version").all()
    assert version
    engine.dispose()


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


def test_a_domain_may_have_its_own_branch(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "fish_0001.py").write_text(REVISION.format(more=""))
    migrate.upgrade(engine)
    migrate.upgrade(engine, [str(tmp_path / "versions")])
    assert set(inspect(engine).get_table_names()) == OURS | {"alembic_version", "fish"}
    engine.dispose()


def test_a_revision_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'lianzhi.db'}")
    (tmp_path / "versions").mkdir()
    broken = REVISION.format(more='raise RuntimeError("broken")')
    (tmp_path / "versions" / "fish_0001.py").write_text(broken)
    with pytest.raises(RuntimeError, match="broken"):
        migrate.upgrade(engine, [str(tmp_path / "versions")])
    assert inspect(engine).get_table_names() == []
    engine.dispose()


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
