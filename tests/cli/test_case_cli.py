"""`lianzhi case` as people read it: the whole story, in two languages, and nothing but text."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from databases import Databases
from lianzhi.chain.protection import Terms
from lianzhi.cli.main import main
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.store import views
from streams import START, body, calm, crowd, merged

EVIL = "\x1b[2J\x1b]0;owned\x07\u202e[bold]victim[/]"
HOUR = 3_600_000


@pytest.fixture(scope="module")
def home(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A deployment with an open case, and one that was worked on and closed."""
    home = tmp_path_factory.mktemp("home")
    loud = [
        msgspec.structs.replace(e, text=f"{e.text}\x1b[31m\n{e.text}") for e in crowd(EVIL, 50, 3)
    ]
    now = START + HOUR
    with Node(home, Config(lateness_seconds=1.0), clock=lambda: now) as node:
        node.intake.submit(body(merged(calm(80), crowd("victim", 50), loud)), "test")
        node.intake.finish()
        closed = views.cases(node.engine, query="victim").rows[0].id
        node.protections.grant(
            "victim", Terms(("comment", "repost"), now + 24 * HOUR), "li", closed, now
        )
        node.casework.assign_case(closed, "li", "li", now)
        node.casework.note_case(closed, "rang her\nshe is well", "li", now)
        node.casework.close_case(closed, "settled", "it is over", Actor("li"), now)
        other = views.cases(node.engine, query=EVIL).rows[0].id
        node.protections.grant(EVIL, Terms(("mention",), now + 876_000 * HOUR), "li", other, now)
    return home


def run(*words: str, home: Path, language: str = "en_GB.UTF-8", charset: str = "utf-8") -> str:
    runner = CliRunner(charset, {"LC_ALL": "", "LC_MESSAGES": "", "LANG": language})
    result = runner.invoke(main, ["case", *words, "--home", str(home)])
    assert result.exit_code == 0, result.output
    return result.stdout


def case_of(home: Path, account: str) -> str:
    rows = run("list", "--json", home=home).splitlines()
    return next(row["id"] for row in map(msgspec.json.decode, rows) if row["account"] == account)


def test_a_page_tells_the_whole_story(home: Path) -> None:
    page = run("show", case_of(home, "victim"), home=home)
    for told in (
        "Pile-on against victim",
        "Closed: Settled",
        "with li",
        "accounts turned on victim",
        "Times are UTC",
        "Case opened: Warn",
        "Protection granted: until 2025-10-10",
        "rang her she is well",
        "it is over",
        "Originator 1",
        "«滚出去»",
        "insult",
        "Strangers ",
        "accounts in",
        "usually <0.1",
        "bullying.pile_on@",
        "[shadow]",
        "comments, reposts · closed to strangers · lapsed 2025-10-10",
        "Revisit planned: 2025-10-16",
    ):
        assert told in page, told
    assert "mentions · closed to strangers · until 2125-" in run(
        "show", case_of(home, EVIL), home=home
    )
    assert [line for line in page.splitlines() if line != line.rstrip()] == []
    assert re.findall(r"\b(?:col|act|case|why|step|role|list)\.[a-z_]+", page) == []


def test_the_points_shown_add_up_to_the_score(home: Path) -> None:
    page = run("show", case_of(home, "victim"), home=home)
    score = re.search(r"Score +([\d.]+)", page)
    assert score
    points = [float(one) for one in re.findall(r"  ([+-][\d.]+)  ", page)]
    assert len(points) > 1
    assert sum(points) == pytest.approx(float(score[1]), abs=0.05 * (len(points) + 1))


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh_CN.UTF-8", "网暴围攻：victim"), ("C.UTF-8", "Pile-on against victim"), ("", "Pile-on")],
)
def test_the_terminals_language_is_spoken(home: Path, language: str, told: str) -> None:
    for words in (("list",), ("show", case_of(home, "victim"))):
        assert told in run(*words, home=home, language=language)


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "gbk"])
def test_a_terminal_that_lacks_letters_shows_them_as_escapes(home: Path, charset: str) -> None:
    case = case_of(home, "victim")
    assert "victim" in run("list", home=home, charset=charset)
    assert "victim" in run("show", case, home=home, charset=charset)


def test_the_list_has_a_line_for_each_case(home: Path) -> None:
    head, *lines = run("list", home=home).splitlines()
    assert head.split()[:3] == ["Case", "Stage", "State"]
    assert {line.split()[0] for line in lines} == {case_of(home, "victim"), case_of(home, EVIL)}
    assert sum("with li" in line for line in lines) == 1
    assert "No cases" in run("list", "--status", "open", home=home)


def test_nothing_that_accounts_write_steers_the_terminal(home: Path) -> None:
    for words in (("list",), ("show", case_of(home, EVIL))):
        page = run(*words, home=home)
        assert "[bold]victim[/]" in page
        assert "\\x1b[2J" in page
        assert all(char.isprintable() or char == "\n" for char in page)
