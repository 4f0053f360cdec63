"""Every fault of a table has its words in both languages, with the same places to fill."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lianzhi import tabular

HOME = Path(tabular.__file__).parent
#: Rules that are put together, or stand in data.
BUILT = {"formula", "cell_error", "none_such", "none_such_of", "refused_row", "refused_row_of"}
BUILT |= {"time", "local_time"}


def texts(language):
    with (HOME / "words" / f"{language}.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def used():
    for path in HOME.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("wrong", "Fault"):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield first.value


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_has_a_text_and_every_text_a_rule(language):
    assert set(texts(language)) == {f"table_fault.{rule}" for rule in {*used(), *BUILT}}
    assert all(texts(language).values())


def test_both_languages_fill_the_same_places():
    def places(language):
        return {k: set(re.findall(r"%\((\w+)\)s", v)) for k, v in texts(language).items()}

    assert places("zh") == places("en")
