"""The English lint finds unclear names and empty docstrings, and holds rooms to a budget."""

import sys
import textwrap
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import english  # noqa: E402


def found_in(source):
    return [
        (offence.line, offence.message.partition(":")[0])
        for offence in english.offences(textwrap.dedent(source))
    ]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def told(): ...", "told"),
        ("async def said(): ...", "said"),
        ("class Thing: ...", "Thing"),
        ("def rank(one): ...", "one"),
        ("def rank(*, held): ...", "held"),
        ("def rank(*some): ...", "some"),
        ("key = lambda one: 1", "one"),
        ("made = 1", "made"),
        ("made: int = 1", "made"),
        ("_heard = 1", "_heard"),
        ("SAID = 1", "SAID"),
        ("a, (b, found) = c", "found"),
        ("for one in rows: ...", "one"),
        ("with f() as held: ...", "held"),
        ("rows = [1 for one in rows]", "one"),
        ("rows = (found := 1)", "found"),
        ("self.told = 1", "told"),
        ("try: ...\nexcept OSError as said: ...", "said"),
        ("match row:\n    case [1, *things]: ...", "things"),
        ("match row:\n    case {'k': thing}: ...", "thing"),
    ],
)
def test_a_banned_name_is_an_offence_wherever_it_is_bound(source, name):
    assert [message for _, message in found_in(source)] == [f"name `{name}`"]


@pytest.mark.parametrize(
    "source",
    [
        "print(one, self.told)",
        "from rows import found",
        "rank(held=1)",
        "everyone = foundation = 1",
        "def __eq__(self, other): ...",
    ],
)
def test_names_that_are_only_used_or_merely_alike_are_let_pass(source):
    assert found_in(source) == []


def test_public_docstrings_need_three_words():
    source = '''\
        """Rows."""
        class Row:
            """A row."""
            def key(self):
                """Its key."""
            def _hidden(self):
                """Key."""
        class _Row:
            """Row."""
            def key(self):
                """Key."""
        def load(path):
            """Rows by key."""
            def inner():
                """Rows."""
    '''
    assert found_in(source) == [
        (1, 'docstring "Rows."'),
        (2, 'docstring "A row."'),
        (4, 'docstring "Its key."'),
    ]


def test_chinese_characters_count_as_words():
    assert found_in('"""处罚案件"""') == []
    assert len(found_in('"""案件"""')) == 1


@pytest.mark.parametrize(
    "text",
    [
        "All of them.",
        "Itself, where it rates.",
        "Many things are tried at once.",
        "Go on. Row by row.",
    ],
)
def test_openers_that_name_no_result_are_offences(text):
    (offence,) = english.offences(f'def load():\n    """{text}"""')
    assert offence.message.startswith("docstring")


def test_an_opener_is_a_word_not_a_prefix():
    assert found_in('"""Orders of a case."""') == []
    assert found_in('"""Thenceforth valid rows."""') == []


def test_rooms_are_folders_and_single_domains(tmp_path):
    for name in ("files.py", "chain/case.py", "domains/domain.py", "domains/bullying/a/b.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one = 1\n", "utf-8")
    assert {name: len(listed) for name, listed in english.scan(tmp_path).items()} == {
        ".": 1,
        "chain": 1,
        "domains": 1,
        "domains/bullying": 1,
    }


def test_a_budget_is_exceeded_kept_or_to_be_lowered():
    over, under = english.compare(
        Counter({"chain": 3, "law": 2, "web": 1, "new": 1}),
        {"chain": 2, "law": 2, "web": 5, "old": 4},
    )
    assert [line.partition(":")[0] for line in over] == ["chain", "new"]
    assert [line.partition(";")[2] for line in under] == [
        " lower the budget to 0",
        " lower the budget to 1",
    ]


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["english.py", *map(str, words)])
    return english.main()


def test_the_command_fails_over_budget_and_lists_the_offences(tmp_path, monkeypatch, capsys):
    source = tmp_path / "src" / "lianzhi" / "chain" / "case.py"
    source.parent.mkdir(parents=True)
    source.write_text("made = 1\n", "utf-8")
    monkeypatch.setattr(english, "BUDGET", tmp_path / "budget.toml")
    english.BUDGET.write_text("chain = 0\n", "utf-8")
    assert run(monkeypatch, tmp_path / "src") == 1
    assert "chain: 1 offences, 0 allowed" in capsys.readouterr().err
    assert run(monkeypatch, tmp_path / "src", "--room", "chain") == 0
    assert f"{source}:1: name `made`" in capsys.readouterr().out
    assert run(monkeypatch, tmp_path / "src", "--write") == 0
    assert run(monkeypatch, tmp_path / "src") == 0
    source.write_text("cases = 1\n", "utf-8")
    assert run(monkeypatch, tmp_path / "src") == 0
    assert "lower the budget to 0" in capsys.readouterr().err
