"""`lianzhi transfer`: the file to hand over, and what the authority says of it."""

import stat
import zipfile
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from lianzhi.chain.measure import Order, measure_id, number
from lianzhi.cli.main import main
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import views
from streams import body, calm, crowd, merged

#: 2026-11-18, when the shipped rules apply.
AT = 1_795_000_000_000


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, str]:
    """A home, and a transfer that was decided there."""
    home = tmp_path / "home"
    with Node(home, Config(lateness_seconds=1.0), clock=lambda: AT + 3_600_000) as node:
        node.intake.submit(body(merged(calm(40, start=AT), crowd("victim", 40, start=AT))), "test")
        node.intake.finish()
        case = views.cases(node.engine, query="victim").rows[0].id
        view = views.case(node.engine, case)
        assert view is not None
        subject = next(one.token for one in view.parts if one.role == "inciter")
        order = Order(key="transfer", subjects=(subject,), mode="manual", authority="the police")
        asking = DecisionRequest(orders=(order,), facts="so", ground="threat")
        deciding = node.proceedings.decisions
        decision = deciding.decide(case, asking, Actor("li", may_severe=True), AT + 3_600_000)
        deciding.confirm(decision, Actor("wang", may_severe=True), AT + 3_600_000)
    return home, measure_id(decision, "transfer", subject, "")


def run(home: Path, *words: object) -> Result:
    return CliRunner().invoke(main, ["transfer", *map(str, words), "--home", str(home)])


def test_it_is_handed_over_received_and_answered(made: tuple[Path, str], tmp_path: Path) -> None:
    home, measure = made
    file = tmp_path / "transfer.zip"
    done = run(home, "export", number(measure), "-o", file)
    assert done.exit_code == 0, done.output
    assert f"{number(measure)} to the police" in done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        assert "线索移送函" in archive.read("letter.html").decode()
        pack = tmp_path / "evidence.zip"
        pack.write_bytes(archive.read("evidence.zip"))
    verified = CliRunner().invoke(main, ["evidence", "verify", str(pack)])
    assert verified.exit_code == 0, verified.output
    assert run(home, "export", measure, "-o", file).exit_code == 3
    early = run(home, "answer", measure, "a case was opened")
    assert early.exit_code == 3
    assert "transfer.answered is not possible" in early.output
    assert run(home, "receipt", number(measure), "No. 12").exit_code == 0
    noted = run(home, "answer", measure, "a case was opened", "--json")
    assert msgspec.json.decode(noted.stdout) == {"measure": measure}
    with Node(home, Config(lateness_seconds=1.0), clock=lambda: AT + 7_200_000) as node:
        told = [entry for entry in node.ledger.entries() if entry.ref == measure]
        assert [entry.kind for entry in told] == [
            *("measure.ordered", "transfer.exported", "measure.applied", "transfer.answered"),
        ]
        assert {(node.ledger.payload(e.index) or {})["by"] for e in told[1:]} == {"cli"}
        assert node.ledger.vault.text(told[2].index, "receipt") == "No. 12"
        assert node.ledger.vault.text(told[3].index, "answer") == "a case was opened"


def test_the_language_is_chosen_and_the_digest_printed(
    made: tuple[Path, str], tmp_path: Path
) -> None:
    home, measure = made
    file = tmp_path / "transfer.zip"
    done = run(home, "export", measure, "-o", file, "--lang", "en", "--json")
    said = msgspec.json.decode(done.stdout)
    assert said["sha256"] == sha256(file.read_bytes()).hexdigest()
    with zipfile.ZipFile(file) as archive:
        assert "Transfer of a matter" in archive.read("letter.html").decode()


def test_what_is_wrong_is_told(made: tuple[Path, str], tmp_path: Path) -> None:
    home, measure = made
    for words in (
        ("export", "m_0", "-o", tmp_path / "x.zip"),
        ("receipt", "m_0", "x"),
        ("answer", "m_0", "x"),
    ):
        done = run(home, *words)
        assert done.exit_code == 3
        assert "there is no measure m_0" in done.output
    assert not list(tmp_path.glob("*.zip"))
    assert run(home, "receipt", measure, "  ").exit_code == 2
    assert run(home, "answer", measure, "x" * 2001).exit_code == 2
    assert run(tmp_path / "nowhere", "receipt", measure, "x").exit_code == 3
