"""What an older record tells is folded into the new tables, as the node itself would fold it."""

from alembic import command
from history import tell
from sqlalchemy import Engine, inspect

from lianzhi.jobs.mounted import MODEL
from lianzhi.store import db, migrate
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.score_tables import case_times, revisit
from process_house import ProcessHouse


def downgrade(engine: Engine, to: str) -> None:
    with db.writing(engine) as connection:
        command.downgrade(migrate.script(connection, MODEL.branches), to)


def test_down_and_up_again_gives_the_same_rows(house: ProcessHouse) -> None:
    tell(house)
    before = house.rows(case_times), house.rows(revisit)
    assert len(before[0]) == 3
    assert len(before[1]) == 3
    downgrade(house.engine, "score@base")
    tables = inspect(house.engine).get_table_names()
    assert {"case_times", "revisit"}.isdisjoint(tables)
    assert "decision" in tables
    migrate.upgrade(house.engine, MODEL)
    assert (house.rows(case_times), house.rows(revisit)) == before
    assert audit_tables(house.engine).ok
