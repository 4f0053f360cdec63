"""A fault in a deployment's own policy ends a command with one line: file, field, nearest name."""

import re
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main

PACKAGE = Path(str(files("lianzhi")))
#: Where a deployment puts its own files -> what is shipped.
SHIPPED = {
    "own/chain": PACKAGE / "chain/case_policy",
    "own/bullying": PACKAGE / "domains/bullying/policy",
    "own/astroturf": PACKAGE / "domains/astroturf/policy",
    "own/enforcement": PACKAGE / "domains/enforcement/policy/cases",
    **{
        f"enforcement/{part}": PACKAGE / "domains/enforcement/policy" / part
        for part in (
            *("bases", "gates", "merging", "periods", "power_list", "procedure", "sheets"),
            *("supervision", "visits"),
        )
    },
}
FILES = [
    (place, str(path.relative_to(shipped)))
    for place, shipped in SHIPPED.items()
    for path in sorted(shipped.rglob("*.toml"))
] + [("enforcement", "departments.toml")]

_KEY = re.compile(r"(?m)^([a-z_]{3,}) = (?=[^ ])")


def misspelled(text: str) -> str:
    """The first key with a letter more."""
    return _KEY.sub(r"\1x = ", text, count=1)


def broken(text: str) -> str:
    return text + "\n= =\n"


def mistyped(text: str) -> str:
    """The first key with a time in place of its value."""
    return "\n".join((*_mistyped(text.split("\n")), ""))


def _mistyped(lines: list[str]) -> list[str]:
    for index, line in enumerate(lines):
        if re.match(r"^[a-z_]{3,} = (\".*\"|[0-9.]+|true|false|[0-9-]+)$", line):
            key = line.split(" = ")[0]
            return [*lines[:index], f"{key} = 12:00:00", *lines[index + 1 :]]
    raise AssertionError("the file has no field of one line")


def home(folder: Path, place: str, file: str, fault: Callable[[str], str]) -> Path:
    """A deployment whose own copy of one shipped folder has a fault in one file."""
    shipped = SHIPPED.get(place, PACKAGE / "domains/enforcement/policy")
    names = [path.relative_to(shipped) for path in shipped.rglob("*.toml")]
    for name in [Path(file)] if place == "enforcement" else names:
        (folder / place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped / name, folder / place / name)
    (folder / "own").mkdir(exist_ok=True)
    (folder / "config.toml").write_text(
        'policy = "own"\ndomains = ["bullying", "astroturf", "enforcement"]\n', "utf-8"
    )
    path = folder / place / file
    path.write_text(fault(path.read_text("utf-8")), "utf-8")
    return folder


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def refusal(result: Result) -> str:
    """The one line with which a command was refused."""
    assert result.exit_code == 3, (result.exit_code, result.output, result.exception)
    (line,) = [each for each in result.stderr.splitlines() if each.startswith("Error: ")]
    assert "Traceback" not in result.output
    return line


@pytest.mark.parametrize(("place", "file"), FILES)
@pytest.mark.parametrize("fault", [misspelled, mistyped, broken])
def test_watch_names_file_and_fault(
    tmp_path: Path, place: str, file: str, fault: Callable[[str], str]
) -> None:
    folder = home(tmp_path, place, file, fault)
    line = refusal(run("watch", "/dev/null", "--home", str(folder)))
    assert str(folder / place) in line
    assert Path(file).name in line
    assert "mend it and start again" in line
    if fault is misspelled:
        assert "unknown field" in line
        assert "did you mean" in line


def test_unmodified_copies_are_accepted(tmp_path: Path) -> None:
    for place, shipped in SHIPPED.items():
        name = next(shipped.rglob("*.toml")).relative_to(shipped)
        home(tmp_path, place, str(name), str)
    result = run("watch", "/dev/null", "--home", str(tmp_path))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("place", "near"),
    [
        ("own/bulying", "'bullying'"),
        ("own/bullying/ruels", "'rules'"),
        ("own/enforcement/gates", "YYYY-MM-DD.toml"),
        ("enforcement/gate", "'gates'"),
    ],
)
def test_folder_that_nothing_reads_is_refused(tmp_path: Path, place: str, near: str) -> None:
    folder = home(tmp_path, "own/bullying", "2026-11-01.toml", str)
    (folder / place).mkdir(parents=True)
    line = refusal(run("watch", "/dev/null", "--home", str(folder)))
    assert f"nothing reads {Path(place).name!r}" in line
    assert near in line


def test_unknown_measure_names_the_nearest(tmp_path: Path) -> None:
    def fault(text: str) -> str:
        assert '"mute"' in text
        return text.replace('"mute"', '"mutee"')

    folder = home(tmp_path, "own/bullying", "2026-11-01.toml", fault)
    line = refusal(run("watch", "/dev/null", "--home", str(folder)))
    assert "unknown name 'mutee' (did you mean 'mute'?)" in line


def test_unknown_stage_names_the_nearest(tmp_path: Path) -> None:
    def fault(text: str) -> str:
        return re.sub(r'opens_at = ".*"', 'opens_at = "wran"', text)

    folder = home(tmp_path, "own/chain", "2026-11-01.toml", fault)
    line = refusal(run("watch", "/dev/null", "--home", str(folder)))
    assert "opens_at: unknown name 'wran' (did you mean 'warn'?)" in line


def test_file_without_date_is_refused(tmp_path: Path) -> None:
    folder = home(tmp_path, "own/bullying", "2026-11-01.toml", str)
    (folder / "own/bullying/novemeber.toml").write_text("", "utf-8")
    line = refusal(run("watch", "/dev/null", "--home", str(folder)))
    assert "novemeber.toml: its name is no date; name it YYYY-MM-DD.toml" in line


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A deployment that ran, and whose policy was misspelt since."""
    (tmp_path / "config.toml").write_text("", "utf-8")
    assert run("watch", "/dev/null", "--home", str(tmp_path)).exit_code == 0
    return home(tmp_path, "own/chain", "2026-11-01.toml", misspelled)


def test_a_deployment_with_a_faulty_policy_is_not_served(faulty: Path) -> None:
    assert "unknown field" in refusal(run("serve", "--port", "0", "--home", str(faulty)))


@pytest.mark.parametrize("words", [("case", "list"), ("record", "verify"), ("user", "list")])
def test_commands_that_need_no_policy_go_on(faulty: Path, words: tuple[str, ...]) -> None:
    result = run(*words, "--home", str(faulty))
    assert (result.exit_code, result.exception) == (0, None)


def test_a_scorecard_without_its_tiers_is_refused_in_one_line(faulty: Path) -> None:
    assert "unknown field" in refusal(run("scorecard", "--home", str(faulty)))


def test_domain_commands_refuse_in_one_line(tmp_path: Path) -> None:
    folder = home(tmp_path, "own/bullying", "2026-11-01.toml", misspelled)
    events = tmp_path / "events.ndjson"
    events.write_text("", "utf-8")
    own = str(folder / "own/bullying")
    result = run("bullying", "evaluate", "--arrivals", str(events), "--policy", own)
    assert "unknown field" in refusal(result)


def test_enforcement_audit_refuses_in_one_line(tmp_path: Path) -> None:
    folder = home(tmp_path, "enforcement/gates", "penalty.toml", misspelled)
    rows = "id,name,squad,department,certificate,certificate_until\nO1,李,S1,fire,c1,2027-12-31\n"
    (town := tmp_path / "town").mkdir()
    (town / "officers.csv").write_text(rows, "utf-8")
    words = ("--policy", str(folder / "enforcement"), "--on", "2026-05-01")
    result = run("enforcement", "audit", str(town), *words)
    assert "unknown field" in refusal(result)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('shorrt = "澄综执"\n', "unknown field `shorrt` (did you mean 'short'?)"),
        ('[open311]\ncontac = "x"\n', "open311: unknown field `contac` (did you mean 'contact'?)"),
        ("short = 7\n", "short: Expected `str`, got `int`"),
        ("= =\n", "line 1"),
    ],
)
def test_agency_of_a_bureau_is_read_at_the_start(tmp_path: Path, text: str, fault: str) -> None:
    folder = home(tmp_path, "enforcement/visits", "2024-12-16.toml", str)
    (folder / "enforcement" / "agency.toml").write_text(text, "utf-8")
    line = refusal(run("watch", "/dev/null", "--home", str(folder)))
    assert "agency.toml" in line
    assert fault in line
    assert "mend it and start again" in line


def test_checklists_of_a_bureau_are_read_at_the_start(tmp_path: Path) -> None:
    folder = home(tmp_path, "enforcement/visits", "2024-12-16.toml", str)
    own = folder / "enforcement" / "checklists"
    shutil.copytree(Path(__file__).parents[2] / "examples" / "checklists", own)
    assert run("watch", "/dev/null", "--home", str(folder)).exit_code == 0
    path = own / "fire.csv"
    head, *lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([head + ",colour", *lines]), "utf-8")
    line = refusal(run("watch", "/dev/null", "--home", str(folder)))
    assert "fire.csv" in line
    assert "colour" in line
