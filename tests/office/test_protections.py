"""Protections end once, whatever is lost on the way, and what is granted is in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from databases import Databases, with_tables
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.office.guard import Guard
from lianzhi.office.protections import Protections
from lianzhi.store.ledger import Batch
from lianzhi.store.views_tables import protection
from process_house import HOUR, START, ProcessHouse


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(databases.url(tmp_path))
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


@pytest.fixture
def guard() -> Guard:
    return Guard(lambda actor, target: True)


@pytest.fixture
def protections(house: ProcessHouse, guard: Guard) -> Protections:
    return Protections(house.office, guard)


def terms(until: int) -> Terms:
    return Terms(channels=CHANNELS[:1], expires_at=until)


def lose_the_next_answer(house: ProcessHouse, patch: pytest.MonkeyPatch) -> None:
    """What the next batch appends is committed, but nobody hears so."""
    batch = house.ledger.batch

    @contextmanager
    def lossy(*given: Any) -> Iterator[Batch]:
        with batch(*given) as one:
            yield one
        patch.setattr(house.ledger, "batch", batch)
        raise ConnectionError("the answer was lost")

    patch.setattr(house.ledger, "batch", lossy)


def lapsed(house: ProcessHouse) -> int:
    return house.kinds().count("protection.lapsed")


def test_a_lapse_whose_answer_was_lost_is_not_told_again_and_holds_up_no_other(
    house: ProcessHouse, protections: Protections, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    protections.grant("victim", terms(START + HOUR), "li", house.pile_on(), START)
    protections.grant("other", terms(START + HOUR + 1), "li", None, START)
    lose_the_next_answer(house, monkeypatch)
    protections.lapse(START + 2 * HOUR)
    protections.lapse(START + 2 * HOUR + 1)
    assert [row["ended"] for row in house.rows(protection)] == ["lapsed"] * 2
    assert lapsed(house) == 2
    assert len(guard) == 0


def test_one_that_cannot_be_ended_holds_up_no_other(
    house: ProcessHouse,
    protections: Protections,
    guard: Guard,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stuck = protections.grant("victim", terms(START + HOUR), "li", None, START)
    protections.grant("other", terms(START + HOUR + 1), "li", None, START)
    append = Batch.append

    def moody(batch: Batch, drafts: Any) -> Any:
        if any(draft.payload.get("protection") == stuck for draft in drafts):
            raise RuntimeError("its case is broken")
        return append(batch, drafts)

    monkeypatch.setattr(Batch, "append", moody)
    assert protections.lapse(START + 2 * HOUR) == 1
    assert protections.lapse(START + 2 * HOUR) == 0
    assert guard.of("other") == []
    told = f"protection {stuck} can't be ended; the others are"
    assert [record.getMessage() for record in caplog.records] == [told]
    monkeypatch.undo()
    assert protections.lapse(START + 2 * HOUR) == 1


def test_where_more_fail_than_could_be_their_own_fault_it_is_raised(
    house: ProcessHouse, protections: Protections, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(12):
        protections.grant(f"person{n}", terms(START + HOUR), "li", None, START)

    def down(*given: Any) -> Any:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(house.ledger, "batch", down)
    with pytest.raises(ConnectionError):
        protections.lapse(START + 2 * HOUR)
    monkeypatch.undo()
    assert protections.lapse(START + 2 * HOUR) == 12


def test_what_was_granted_is_in_force_though_the_answer_was_lost(
    house: ProcessHouse, protections: Protections, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_next_answer(house, monkeypatch)
    with pytest.raises(ConnectionError):
        protections.grant("victim", terms(START + HOUR), "li", None, START)
    assert guard.check(CHANNELS[0], "stranger", "victim", START, None).allowed
    assert protections.lapse(START + 1000) == 0
    assert not guard.check(CHANNELS[0], "stranger", "victim", START, None).allowed
    assert protections.lapse(START + 2 * HOUR) == 1


def test_what_was_lifted_is_out_of_force_though_the_answer_was_lost(
    house: ProcessHouse, protections: Protections, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = protections.grant("victim", terms(START + HOUR), "li", None, START)
    kept = protections.grant("other", terms(START + HOUR), "li", None, START)
    lose_the_next_answer(house, monkeypatch)
    with pytest.raises(ConnectionError):
        protections.lift(one, "li", START + 1000)
    assert protections.lapse(START + 2000) == 0
    assert guard.protections() == {kept}
    assert house.kinds().count("protection.lifted") == 1
