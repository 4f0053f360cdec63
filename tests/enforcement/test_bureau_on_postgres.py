"""The bureau over PostgreSQL: files, an imported town, and every page; all else runs on SQLite."""

import pytest
from enforcement_house import Bureau
from figures_web import written
from test_penalty_steps import (
    test_a_late_fine_grows_stands_still_while_contested_and_never_doubles,
    test_an_overturned_decision_leaves_what_is_left_and_is_withdrawn,
    test_one_case_from_filing_to_the_archive,
    test_the_record_holds_no_name_and_forgets_a_party,
)
from visit_web import Console, opened

from databases import needs_postgres
from lianzhi.jobs.mounted import MODEL
from lianzhi.store.audit_tables import audit_tables

__all__ = [
    "test_a_late_fine_grows_stands_still_while_contested_and_never_doubles",
    "test_an_overturned_decision_leaves_what_is_left_and_is_withdrawn",
    "test_one_case_from_filing_to_the_archive",
    "test_the_record_holds_no_name_and_forgets_a_party",
]
postgres = pytest.param("postgres", marks=needs_postgres)
pytestmark = pytest.mark.parametrize("databases", [postgres], indirect=True)


@pytest.fixture
def bureau(databases, tmp_path):
    made = Bureau(tmp_path, url=databases.url(tmp_path))
    assert made.ledger.engine.dialect.name == "postgresql"
    yield made
    made.ledger.engine.dispose()


@pytest.mark.slow
def test_a_town_comes_in_and_the_tables_come_out_of_the_record_again(bureau, tmp_path):
    read = bureau.desk.history.read(written(tmp_path / "files"))
    taken = bureau.desk.history.take(read, "chief")
    assert all(taken.values())
    assert audit_tables(bureau.ledger.engine, MODEL).ok
    bureau.ledger.rebuild()
    assert audit_tables(bureau.ledger.engine, MODEL).ok


@pytest.mark.parametrize(
    "path",
    ["penalties", "requests", "inspections", "letters", "draws", "supervision", "figures", "lists"],
)
def test_pages_are_served(databases, tmp_path, path):
    with opened(tmp_path) as node:
        assert node.engine.dialect.name == "postgresql"
        answer = Console(node, "chief").get(f"/enforcement/{path}")
    assert answer.status_code == 200
