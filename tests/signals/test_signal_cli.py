"""`lianzhi signal` as an operator meets it, beside a node that sends."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from signal_house import Clock, Platform, wait

from lianzhi.cli import proceedings
from lianzhi.cli import signal as command
from lianzhi.cli.main import main
from lianzhi.store.views_tables import case as case_table

Make = Callable[..., list[Platform]]


@pytest.fixture
def run(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for module in (command, proceedings):
        monkeypatch.setattr(module, "wall_clock", clock)

    def run(platform: Platform, *words: str) -> Result:
        said = ["signal", *words, "--home", str(platform.home)]
        return CliRunner().invoke(main, said)

    return run


def test_sharing_and_taking_back(platforms: Make, run: Callable[..., Result]) -> None:
    alpha, beta = platforms("alpha", "beta")
    case, _ = alpha.decided("inciter")
    words = ("--category", "recruiting", "--confidence", "80")
    done = run(alpha, "share", case, "--account", "inciter", *words, "--json")
    signal = json.loads(done.stdout)["signal"]
    wait(lambda: beta.status(signal) == "standing")
    assert run(beta, "opine", signal, "confirm").exit_code == 0
    wait(lambda: alpha.signal(signal).views("confirm"))
    (line,) = run(alpha, "list", "--ours").stdout.splitlines()
    assert "recruiting  80 %  stands" in line
    assert "confirmed by beta" in line
    assert case in line
    assert run(alpha, "list", "--theirs").stdout == ""
    (row,) = run(beta, "list", "--json").stdout.splitlines()
    assert (json.loads(row)["owner"], json.loads(row)["category"]) == ("alpha", "recruiting")
    for shape, words in (("stix", '"type":"indicator"'), ("threatexchange", "POSITIVE_CLASS")):
        of = alpha if shape == "stix" else beta
        told = run(of, "list", "--shape", shape).stdout
        assert words in told
        assert "inciter" not in told
    assert run(alpha, "withdraw", signal).exit_code == 0
    wait(lambda: beta.status(signal) == "withdrawn")
    assert "withdrawn" in run(beta, "list").stdout


def test_what_is_refused_is_told(platforms: Make, run: Callable[..., Result]) -> None:
    alpha, beta = platforms("alpha", "beta")
    case, _ = alpha.decided("inciter")
    words = ("--category", "recruiting", "--confidence", "80")

    def refused(*said: str) -> str:
        done = run(alpha, *said)
        assert done.exit_code == 3, done.output
        return done.output

    assert "nothing that was decided" in refused("share", case, "--account", "loud", *words)
    assert "no case nothing" in refused("share", "nothing", "--account", "inciter", *words)
    assert "at most 90 days" in refused(
        "share", case, "--account", "inciter", *words, "--days", "91"
    )
    assert "no text at this place" in refused("share", case, "--item", "f/1", *words)
    assert "there is no signal x" in refused("withdraw", "x")
    assert "no platform gamma" in refused("fetch", "gamma")
    assert "is there already" in refused("key", "--name", "alpha")
    assert run(alpha, "share", case, *words).exit_code == 2
    beta.down()
    assert "beta does not answer" in refused("fetch", "beta")
    (alpha.home / "keys" / "signals.toml").unlink()
    assert "lianzhi signal key" in refused("share", case, "--account", "inciter", *words)
    done = run(alpha, "key", "--name", "alpha", "--json")
    assert set(json.loads(done.stdout)) == {"hash_key", "secret"}
    assert alpha.node.signals.federation().name == "alpha"


def test_a_list_of_accounts_is_compared(
    platforms: Make, run: Callable[..., Result], tmp_path: Path
) -> None:
    alpha, beta = platforms("alpha", "beta")
    case, _ = alpha.decided("inciter")
    beta.down()
    signal = alpha.share(case, "inciter", identifier="+86 130 0000 0000")
    beta.up()
    done = run(beta, "fetch", "alpha")
    assert done.exit_code == 0
    file = tmp_path / "accounts.csv"
    file.write_text("inciter\nsomebody,+86 130 0000 0001\n")
    assert run(beta, "match", str(file)).exit_code == 1
    file.write_text("someone\nu-77,+86 130 0000 0000\n")
    done = run(beta, "match", str(file), "--json")
    assert json.loads(done.stdout) == {"account": "u-77", "signal": signal, "platform": "alpha"}
    (review,) = beta.house.rows(case_table, kind="signal.received")
    assert review["about"] == beta.house.token("u-77")
    run(beta, "match", str(file))  # once is enough
    assert len(beta.house.rows(case_table, kind="signal.received")) == 1
    file.write_text("a,b,c\n")
    assert "line 1" in run(beta, "match", str(file)).output
