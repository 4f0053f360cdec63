"""Whose words: who condemns abuse is told from who commits it, and criticism of things from both.

`missed` sentences are known to be told wrong; one that turns right belongs under `told`.
"""

import tomllib
from pathlib import Path

import pytest

from lianzhi.text import Assessment, assess

CLEAR = 0.5
SENTENCES = tomllib.loads(Path(__file__).with_name("structure.toml").read_text("utf-8"))


def sentences(table: str) -> list[object]:
    missed = pytest.mark.xfail(strict=True, reason="known to be told wrong")
    return [
        *SENTENCES[table]["told"],
        *(pytest.param(text, marks=missed) for text in SENTENCES[table]["missed"]),
    ]


def worst(found: Assessment) -> float:
    return max(found.kinds.values(), default=0.0)


def defends(found: Assessment) -> bool:
    """As the detector has it: counter-speech that outweighs every kind of harm."""
    return found.counter_speech >= CLEAR and found.counter_speech > worst(found)


@pytest.mark.parametrize("text", sentences("defends"))
def test_who_condemns_abuse_defends(text: str) -> None:
    assert defends(assess(text))


@pytest.mark.parametrize("text", sentences("attacks"))
def test_who_abuses_does_not_defend(text: str) -> None:
    assert not defends(assess(text))


@pytest.mark.parametrize("text", sentences("criticism"))
def test_coarse_criticism_of_things_is_no_abuse(text: str) -> None:
    found = assess(text)
    assert worst(found) < CLEAR
    assert found.offence < CLEAR


@pytest.mark.parametrize("text", sentences("abuse"))
def test_abuse_of_people_beside_things_is_abuse(text: str) -> None:
    found = assess(text)
    assert worst(found) >= CLEAR
    assert not defends(found)


@pytest.mark.parametrize(
    ("defence", "attack"),
    [
        ("骂她恶毒的人真恶毒", "大家骂她，她真恶毒"),
        ("骂她“贱人”太过分了", "这个“贱人”太过分了"),
        ("他们骂她是骗子，太过分了", "她骂他们是骗子，太过分了"),
        ("有人骂她贱人，心寒", "有人骂她贱人，骂得好"),
    ],
)
def test_the_same_words_in_another_order_mean_another_thing(defence: str, attack: str) -> None:
    assert defends(assess(defence))
    assert not defends(assess(attack))


def test_what_is_condemned_is_marked_nowhere() -> None:
    assert assess("说她是“贱人”的那些人太过分了").spans == ()
