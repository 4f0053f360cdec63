"""The systemd unit says what the program does: its command, its exit codes, how long it closes."""

from configparser import ConfigParser
from pathlib import Path

from click.testing import CliRunner

from lianzhi.cli.exits import FAILED
from lianzhi.cli.main import main
from lianzhi.jobs.judge import CLOSING_S

UNIT = Path(__file__).parents[1] / "ops" / "lianzhi.service"


def unit() -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return parser


def test_the_command_is_one_that_the_program_has() -> None:
    program, *words = unit()["Service"]["ExecStart"].split()
    assert program.endswith("/bin/lianzhi")
    assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0


def test_what_cannot_be_done_is_not_tried_again_and_closing_has_its_time() -> None:
    service = unit()["Service"]
    assert int(service["RestartPreventExitStatus"]) == FAILED
    assert int(service["TimeoutStopSec"]) > 2 * CLOSING_S


def test_the_service_may_write_to_its_home_alone() -> None:
    service = unit()["Service"]
    assert (service["ProtectSystem"], service["ProtectHome"]) == ("strict", "true")
    assert service["Environment"] == f"LIANZHI_HOME=/var/lib/{service['StateDirectory']}"
    assert service["UMask"] == "0077"
    assert service["CapabilityBoundingSet"] == ""
