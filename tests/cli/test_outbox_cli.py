"""`lianzhi outbox`: what was given up is sent again, and the record says who sent it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from databases import Databases, with_tables
from lianzhi.cli.common import by
from lianzhi.cli.main import main
from lianzhi.cli.proceedings import opened
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.office.outgoing import MeasureDeliveryListener
from lianzhi.store import outbox
from lianzhi.store.process_tables import measure
from process_house import START, WANG, ProcessHouse, mute

GONE = "HTTP 410"


@pytest.fixture
def town(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    """A home in which the messages of two measures were given up."""
    (tmp_path / "config.toml").write_text('[webhook]\nurl = "http://127.0.0.1:9/"\n')
    (tmp_path / "config.toml").chmod(0o600)
    engine = with_tables(databases.url(tmp_path), model=MODEL)
    ledger, proceedings = opened(engine, tmp_path)
    house = ProcessHouse(engine, tmp_path, ledger)
    case = house.pile_on()
    proceedings.decisions.decide(case, mute(*house.tokens("f1", "f2")), WANG, START)
    heard = MeasureDeliveryListener(proceedings.measures)
    now = wall_clock()
    claimed = outbox.claim(engine, "test", now, 60, 1000, channel="webhook")
    with ledger.batch() as batch:
        for one in claimed:
            outbox.bury(batch.connection, one, now, GONE)
            if one.topic.startswith("measure."):
                heard.on_dead(batch, one, now, GONE)
    yield house
    engine.dispose()


def retry(home: Path, what: str) -> Result:
    return CliRunner().invoke(main, ["outbox", "retry", what, "--home", str(home)])


def retried(house: ProcessHouse) -> list[tuple[str, str]]:
    """(measure, by whom) as the record has it."""
    return [
        (entry.ref, house.ledger.payload(entry.index)["by"])
        for entry in house.ledger.entries()
        if entry.kind == "measure.retried"
    ]


def test_a_measure_that_is_sent_again_says_so_on_the_record(
    town: ProcessHouse, tmp_path: Path
) -> None:
    first, second = sorted(row["id"] for row in town.rows(measure, status="undelivered"))
    done = retry(tmp_path, f"{first}-1")
    assert done.exit_code == 0, done.output
    assert retried(town) == [(first, by())]
    assert [row["id"] for row in town.rows(measure, status="ordered")] == [first]
    assert retry(tmp_path, "all").exit_code == 0
    assert retried(town)[1:] == [(second, by())]
    assert town.rows(measure, status="undelivered") == []
    assert town.rows(outbox.outbox, state="dead") == []


def test_what_was_not_given_up_is_not_sent_again(town: ProcessHouse, tmp_path: Path) -> None:
    size = sum(1 for _ in town.ledger.entries())
    done = retry(tmp_path, "m_none-1")
    assert (done.exit_code, "none that was given up" in done.output) == (3, True)
    assert sum(1 for _ in town.ledger.entries()) == size
