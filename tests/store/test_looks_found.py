"""An account finds every look at what shows that person."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from lianzhi.chain import notice
from lianzhi.chain.measure import Order, measure_id
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.record.entry import Draft
from lianzhi.store.ledger import open_ledger
from lianzhi.store.looks import LOOKED, looks
from lianzhi.store.read_model import projections
from process_house import DAY, START, WANG, ZHAO, ProcessHouse, mute


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> ProcessHouse:
    return ProcessHouse(engine, tmp_path, open_ledger(engine, tmp_path, "test", projections()))


@pytest.fixture
def seen(house: ProcessHouse) -> dict[str, str]:
    """One look at each of these: what it is -> its id."""
    case = house.pile_on()
    other = house.find({"loud": "follower"}, about="somebody", at=START + DAY, first=50)
    muted = house.decisions.decide(case, mute(house.token("loud")), WANG, START)
    order = Order(key="transfer", subjects=house.tokens("inciter"), mode="manual", authority="x")
    asking = DecisionRequest(orders=(order,), facts="so", ground="harassment")
    moved = house.decisions.decide(case, asking, WANG, START)
    house.decisions.confirm(moved, ZHAO, START)
    said = Complaint(
        category="insult", channel="api", reporter="aunt", about="niece", subject="rude"
    )
    found = {
        "finding": f"f{START}victim",
        "case": case,
        "other case": other,
        "decision": muted,
        "transfer decision": moved,
        "measure": measure_id(muted, "mute", house.token("loud"), ""),
        "transfer": measure_id(moved, "transfer", house.token("inciter"), ""),
        "appeal": house.redress.file(muted, "affected", "loud", "a joke", START),
        "report": house.complaints.receive(said, "x", START),
    }
    told = notice.draft("report_receipt", house.token("aunt"), found["report"], {}, {}, START)
    house.ledger.append([told])
    found["notice"] = str(told.payload["notice"])
    house.ledger.append(
        [
            Draft(
                kind=LOOKED,
                ref=what,
                at=START,
                payload={"by": "li", "role": "viewer", "what": "/x", "refs": [one]},
            )
            for what, one in found.items()
        ]
    )
    return found


OF_CASE = {"case", "decision", "transfer decision", "transfer"}


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        ("victim", OF_CASE | {"finding", "appeal"}),
        ("somebody", {"other case"}),
        ("inciter", OF_CASE),
        ("friend", OF_CASE),
        ("loud", OF_CASE | {"other case", "measure", "appeal"}),
        ("aunt", {"report", "notice"}),
        ("niece", {"report"}),
        ("rude", {"report"}),
        ("nobody", set()),
    ],
)
def test_an_account_or_token_finds_every_look_at_what_shows_them(
    house: ProcessHouse, seen: dict[str, str], account: str, shown: set[str]
) -> None:
    refs = [account] if account == "nobody" else [account, house.token(account)]
    for ref in refs:
        assert {row.ref for row in looks(house.engine, ref=ref).rows} == shown


def test_an_id_finds_the_looks_at_it(house: ProcessHouse, seen: dict[str, str]) -> None:
    for what, one in seen.items():
        assert {row.ref for row in looks(house.engine, ref=one).rows} == {what}


def test_who_was_erased_is_found_by_token(house: ProcessHouse, seen: dict[str, str]) -> None:
    token = house.token("victim")
    house.ledger.erase("victim", START + DAY)
    assert looks(house.engine, ref="victim").rows == ()
    assert "case" in {row.ref for row in looks(house.engine, ref=token).rows}
