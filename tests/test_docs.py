"""The documents say what the code does: commands, options, settings, fields, links."""

import json
import re
from pathlib import Path
from typing import get_args

import click
import msgspec
import pytest
from fastapi import FastAPI

from lianzhi.chain import appeal, decision, guards, measure, report, roles
from lianzhi.chain.event import KINDS, Event
from lianzhi.chain.finding import Finding
from lianzhi.cli.main import main
from lianzhi.config import Config, Mail, NoticeSettings, Webhook
from lianzhi.domains.policies import Policies
from lianzhi.law.basis import Sanction
from lianzhi.store.keys import SCOPES
from lianzhi.web import api
from lianzhi.web.core.settings import Settings

ROOT = Path(__file__).parents[1]
CLI = (ROOT / "docs" / "cli.md").read_text("utf-8")
CONCEPTS = (ROOT / "docs" / "concepts.md").read_text("utf-8")
READMES = ("README.md", "README.zh.md")
QUICKSTARTS = ("docs/quickstart.md", "docs/quickstart.zh.md")
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
    if command.invoke_without_command:
        yield words, command
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
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", CLI)) - known == {"--help", "--version"}


@pytest.mark.parametrize("form", [Config, Webhook, Mail, NoticeSettings, Settings])
def test_every_setting_is_documented_with_its_default(form):
    settings = CLI[CLI.index("### config.toml") :]
    for field in msgspec.structs.fields(form):
        name = field.encode_name
        if name == "secret":
            continue
        if form is Config and name == "settings":
            continue  # the tables of domains
        if form is Config and name in ("webhook", "mail", "notices"):
            assert f"#### [{name}]" in settings
            continue
        rows = [
            line
            for line in settings.splitlines()
            if line.startswith("|") and f"`{name}`" in line.split("|")[1]
        ]
        assert rows, f"docs/cli.md does not explain {name}"
        default = "must be given" if field.required else f"`{json.dumps(field.default)}`"
        assert default in rows[0]


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


@pytest.mark.parametrize("name", [*READMES, *QUICKSTARTS, "CONTRIBUTING.md", "docs/operations.md"])
def test_every_command_in_a_shell_block_exists(name):
    lines = shell_lines(name)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    made = [word for line in lines for word in re.findall(r"^make ([a-z]+)", line)]
    called = [call for line in lines for call in calls(line)]
    assert made or called
    assert set(made) <= set(targets)
    for words in called:
        command = main
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        assert {word for word in words if word.startswith("--")} <= options(command)


@pytest.fixture(scope="module")
def served():
    """What the API answers, by address; the names of what stands in braces left out."""
    app = FastAPI()
    api.install(app.router)
    return {re.sub(r"{\w+}", "{}", path): ways for path, ways in app.openapi()["paths"].items()}


def requests(text):
    """(method, address, body or None) of each curl in a text."""
    whole = text.replace("\\\n", " ")
    for line in re.findall(r"^curl .*", whole, re.M):
        (path,) = re.findall(r"\$API(/v1/[^\s\"?]+)", line)
        body = re.search(r" -d '(.*)'\s*$", line)
        said = re.sub(r"'\$(\w+)'", r"\1", body[1]) if body else None
        sent = " -d " in line or "--data" in line or "-X POST" in line or "-sX POST" in line
        method = "post" if sent and "--get" not in line else "get"
        yield method, re.sub(r"\$\w+", "{}", path), said


@pytest.mark.parametrize("name", [*QUICKSTARTS, "docs/reports.md"])
def test_every_request_is_served_and_has_the_fields_that_it_takes(name, served):
    app = FastAPI()
    api.install(app.router)
    schemas = app.openapi()["components"]["schemas"]
    asked = list(requests((ROOT / name).read_text("utf-8")))
    assert asked
    for method, path, body in asked:
        way = served[path][method]
        if body is None:
            continue
        (form,) = way["requestBody"]["content"].values()
        known = schemas[form["schema"]["$ref"].rsplit("/", 1)[1]]
        said = json.loads(body)
        assert set(said) <= set(known["properties"])
        assert set(known.get("required", ())) <= set(said)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_address_that_a_page_names_is_served(page, served):
    text = page.read_text("utf-8")
    for method, path in re.findall(r"`(GET|POST|PUT|DELETE) (/v1/[\w/{}-]+)", text):
        assert method.lower() in served[re.sub(r"{\w+}", "{}", path)], f"{method} {path}"


def test_every_guard_role_kind_and_status_is_told():
    told = set(re.findall(r"`(\w+)`", CONCEPTS))
    assert set(guards.GUARDS) <= told
    assert {*measure.KINDS, *measure.MODES} <= told
    assert {after for _, after in decision.STEPS.values() if after} <= told
    assert {*appeal.OUTCOMES, *roles.ROLES} <= told
    assert set(report.OUTCOMES) <= set(
        re.findall(r"`(\w+)`", (ROOT / "docs" / "reports.md").read_text("utf-8"))
    )


def test_the_numbers_in_the_concepts_are_those_of_the_policy():
    case = Policies().case(1 << 50)
    text = re.sub(r"\s+", " ", CONCEPTS)
    for said in (
        f"within {case.links_within_days} days (`links_within_days`)",
        f"leased** 锁定 to them for {case.desk.lease_minutes} minutes",
        f"After {case.desk.rest_after} judgements in a row ten minutes' rest",
        f"after {case.desk.cases_per_day} judgements the day is over",
        f"time to contest, {case.appeals.within_days} days",
        f"answers within {case.appeals.answer_days} days",
        f"at most {case.automation.most_per_day} measures of one rule a day",
        f"counts for {case.strikes.window_days} days and is gone after {case.strikes.expiry_days};",
        f"day of its follow-up is set ({case.revisit_after_days} days)",
        f"bound that the {case.rebound.calm_days} days before let expect",
        f"prior of {case.reports.reliability} worth four",
        f"and {case.desk.golden_share:.0%} of the work".replace("%", " %"),
    ):
        assert said in text, said
    assert (case.desk.rest_minutes, case.reports.weight) == (10, 4)
    assert (case.desk.second_review_share, case.automation.fresh_minutes) == (0.1, 60)
    severe = {key for key, rule in case.measures.items() if rule.severe != "never"}
    two = {key for key in severe if case.measures[key].persons == 2}
    imposed = {*get_args(Sanction), "seizure", "settlement", "treatment", "return", "destruction"}
    assert severe - imposed == {
        "freeze", "close", "dissolve", "transfer", "mute", "host_ban", "takedown", "delisting",
    }  # fmt: skip
    assert imposed <= severe
    assert severe - two - imposed == {"freeze"}


def test_every_scope_is_told():
    assert {scope for scope in SCOPES if f"`{scope}`" not in section("key")} == set()


def test_both_quickstarts_show_the_same_requests():
    curls = [[line for line in shell_lines(name) if "curl" in line] for name in QUICKSTARTS]
    assert curls[0] == curls[1] != []


@pytest.mark.parametrize("name", READMES)
def test_a_readme_is_short(name):
    assert len((ROOT / name).read_text("utf-8").splitlines()) <= 150


def test_both_readmes_print_the_same_ten_commands_of_figures():
    figures = [
        re.findall(r"^\| .* \| .* \| (`.*`) \|$", (ROOT / name).read_text("utf-8"), re.M)
        for name in READMES
    ]
    assert figures[0] == figures[1]
    assert len(figures[0]) == 10


def test_both_readmes_have_the_same_links():
    links = [
        [
            link.replace(".zh.md", ".md").replace("-zh-", "-en-")
            for link in re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text("utf-8"))
        ]
        for name in READMES
    ]
    assert links[0] == links[1]


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert {name for name in pages if f"({name})" not in index} == set()


def test_whom_a_protection_shuts_out_where_nobody_is_known_is_told() -> None:
    settings = CLI[CLI.index("### config.toml") :]
    assert "shuts out everybody, friends too" in settings
