"""The documents say what the code does: commands, options, settings, fields, links."""

import json
import re
from pathlib import Path

import click
import pytest
from fastapi import FastAPI

from lianzhi.chain.event import KINDS, Event
from lianzhi.chain.finding import Finding
from lianzhi.cli.main import main
from lianzhi.jobs.config import Config
from lianzhi.web import api
from lianzhi.web.settings import Settings

ROOT = Path(__file__).parents[1]
CLI = (ROOT / "docs" / "cli.md").read_text("utf-8")
CONCEPTS = (ROOT / "docs" / "concepts.md").read_text("utf-8")
READMES = ("README.md", "README.zh.md")
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "src/**/*.md", "tools/*.md")
    for path in ROOT.glob(pattern)
)


def commands(command=main, words=("lianzhi",)):
    """Every command that does something, with the words that call it."""
    if not isinstance(command, click.Group):
        yield words, command
        return
    for name, child in command.commands.items():
        yield from commands(child, (*words, name))


def options(command):
    return {
        name
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }


def section(top):
    """What docs/cli.md says under the heading of a command."""
    found = re.search(rf"^## lianzhi {top}\b.*?(?=^## |\Z)", CLI, re.M | re.S)
    assert found, f"docs/cli.md has no heading `## lianzhi {top}`"
    return found[0]


@pytest.mark.parametrize(("words", "command"), [pytest.param(*c, id=c[0][-1]) for c in commands()])
def test_every_command_and_option_is_documented(words, command):
    said = section(" ".join(words[1:]) if f"## {' '.join(words)}" in CLI else words[1])
    assert " ".join(words) in said
    missing = [name for name in options(command) if not re.search(rf"{name}\b", said)]
    assert missing == []


def test_no_option_is_documented_that_does_not_exist():
    known = {name for _, command in commands() for name in options(command)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", CLI)) - known == {"--help", "--version"}


@pytest.mark.parametrize("form", [Config, Settings])
def test_every_setting_is_documented_with_its_default(form):
    given, settings = form(), CLI[CLI.index("### config.toml") :]
    for field in form.__struct_fields__:
        if field == "secret":
            continue
        rows = [line for line in settings.splitlines() if f"`{field}`" in line]
        assert rows, f"docs/cli.md does not explain {field}"
        assert f"`{json.dumps(getattr(given, field))}`" in rows[0]


def test_every_environment_variable_is_documented():
    sources = [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("tools/*.py")]
    named = {
        name
        for path in (*sources, *ROOT.glob("bench/*.py"))
        for name in re.findall(r"\bLIANZHI_[A-Z_]+\b", path.read_text("utf-8"))
    }
    assert "LIANZHI_HOME" in named
    assert {name for name in named if f"`{name}`" not in CLI} == set()


def test_every_field_of_an_event_and_a_finding_is_documented():
    assert [f for f in Event.__struct_fields__ if f"`{f}`" not in CONCEPTS] == []
    assert [kind for kind in KINDS if f"`{kind}`" not in CONCEPTS] == []
    assert [f for f in Finding.__struct_fields__ if f"`{f}`" not in CLI] == []


def anchors(page):
    """Anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{target} does not exist"
        assert not anchor or anchor in anchors(file), f"{target} has no such heading"


def shell_lines(name):
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S)
    return [line.strip() for block in blocks for line in block.splitlines()]


def calls(line):
    """The `lianzhi` calls in a shell line, as words."""
    said = re.sub(r"\s#.*", "", line)
    return [call.split()[1:] for call in re.findall(r"(?:^|\| )(lianzhi [^|]*)", said)]


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_every_command_in_a_readme_exists(name):
    lines = shell_lines(name)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    made = [word for line in lines for word in re.findall(r"^make ([a-z]+)", line)]
    assert made
    assert set(made) <= set(targets)
    for words in (call for line in lines for call in calls(line)):
        command = main
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        assert {word for word in words if word.startswith("--")} <= options(command)


@pytest.mark.parametrize("name", READMES)
def test_every_address_in_a_readme_is_served(name):
    app = FastAPI()
    app.include_router(api.router(Settings()))
    served = app.openapi()["paths"]
    text = (ROOT / name).read_text("utf-8")
    asked = set(re.findall(r"\$API(/v1/\w+)", text))
    sent = {"/v1/events", "/v1/protections", "/v1/check", "/v1/nudge"}
    assert asked == {*sent, "/v1/cases"}
    for path in asked:
        assert ("post" if path in sent else "get") in served.get(path, {})
    for method, path in re.findall(r"`(GET|POST) (/v1/[\w/]+)`", text):
        assert method.lower() in served[path]


def test_both_readmes_show_the_same_requests():
    curls = [[line for line in shell_lines(name) if "curl" in line] for name in READMES]
    assert curls[0] == curls[1] != []


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert {name for name in pages if f"({name})" not in index} == set()
