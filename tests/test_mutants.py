"""The mutation tool changes one token at a time, and its list names mutants that exist."""

import ast
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import mutants  # noqa: E402


def changes(source: str) -> list[str]:
    found = list(mutants.mutants("m.py", textwrap.dedent(source)))
    for mutant in found:
        ast.parse(mutant.text)
    return [mutant.after for mutant in found]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a <= b < c", ["x = a < b < c", "x = a <= b <= c"]),
        ("x = (a) == (b)", ["x = (a) != (b)"]),
        ("x = a in b", ["x = a not in b"]),
        ("x = a not  in b", ["x = a in b"]),
        ("x = a is not b", ["x = a is b"]),
        ("x = [a for a in b]", []),
        ("x = a and b and c", ["x = a or b and c", "x = a and b or c"]),
        ("x = not a", ["x = a"]),
        ("x = True", ["x = False"]),
        ("x = 0.5", ["x = 1.5"]),
        ("x = -1", ["x = -2"]),
        ("x = '是' if a > b else c", ["x = '是' if a >= b else c"]),
        ("x = f'{a < 1}'", []),
        ("x: Literal[1] = y", []),
        ("class A(B, frozen=True): ...", []),
        ("x = f(frozen=True)", ["x = f(frozen=False)"]),
    ],
)
def test_each_comparison_boolean_and_number_is_changed_alone(before, after):
    assert changes(before) == after


def test_a_mutant_is_known_by_its_scope_and_line():
    source = """
        class Clock:
            def late(self, now):
                return (
                    now  # or never
                    > self.end
                )
    """
    (mutant,) = mutants.mutants("m.py", textwrap.dedent(source))
    assert mutant.key == ("m.py", "Clock.late", "> self.end", ">= self.end")
    assert mutant.line == 6


def test_the_list_of_equivalent_mutants_holds(tmp_path):
    table = mutants.table()
    assert all(table.equivalent.values())
    for room in table.rooms:
        assert room.mutants()
        assert all((ROOT / path).exists() for path in room.tests)
    stale = mutants.TABLE.read_text("utf-8").replace("strict=False", "strict=None")
    (tmp_path / "mutants.toml").write_text(stale, "utf-8")
    with pytest.raises(ValueError, match="there is no such mutant any more"):
        mutants.table(tmp_path / "mutants.toml")
