"""`lianzhi`: its commands are there, each loaded when it is asked for."""

import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from lianzhi.cli.main import main

CONTEXT = click.Context(main)


@pytest.mark.parametrize("name", main.list_commands(CONTEXT))
def test_a_command_is_found_by_its_name(name: str) -> None:
    command = main.get_command(CONTEXT, name)
    assert command is not None
    assert command.name == name


def test_the_list_says_of_each_what_it_says_of_itself() -> None:
    said = CliRunner().invoke(main, ["--help"], terminal_width=200)
    listed = dict(re.findall(r"^  (\w+) +(.+)$", said.output.split("Commands:\n")[1], re.M))
    assert listed == {name: one.get_short_help_str(150) for name, one in main.commands.items()}


@pytest.mark.parametrize(
    "words",
    [
        *("astroturf actions", "enforcement export", "enforcement import load"),
        *("law check", "law decide", "law surcharge"),
    ],
)
def test_what_is_defined_apart_stands_below_its_group(words: str) -> None:
    said = CliRunner().invoke(main, [*words.split(), "--help"])
    assert said.exit_code == 0, said.output


def test_what_is_no_command_is_told() -> None:
    said = CliRunner().invoke(main, ["serv"])
    assert said.exit_code == 2
    assert re.search("No such command 'serv'.*'serve'", said.output)


def test_nothing_heavy_is_loaded_to_list_the_commands() -> None:
    check = (
        "import sys; from lianzhi.cli.main import main; main(['--help'], standalone_mode=False);"
        "print({'sqlalchemy', 'numpy', 'fastapi'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, text=True)
    assert ran.stdout.endswith("\nset()\n")
