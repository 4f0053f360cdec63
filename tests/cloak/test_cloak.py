"""The generators of cloaked texts: seeded, halves disjoint, spans exact, only targets changed."""

import ast
import time
import unicodedata
from pathlib import Path
from random import Random

import pytest
from bench.cloak import ATTACKS, HALVES, Cloaked, cloak, targets_of
from bench.cloak.gaps import marks
from bench.cloak.halves import half_of
from bench.cloak.shapes import parts
from bench.cloak.words import telling
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin, pinyin

ROOT = Path(__file__).parents[2]
TEXT = "大家好，你这个小丑真恶心，滚出去吧！不要脸的骗子，狗东西，SB 闭嘴。😀"
WORDS = ["你这个小丑", "恶心", "滚出去", "不要脸", "骗子", "狗东西", "sb", "闭嘴"]
TARGETS = targets_of(TEXT, WORDS)
EVERY = [(attack, half) for attack in ATTACKS for half in HALVES]


def made(attack, half, seed=0, text=TEXT, targets=TARGETS):
    return cloak(text, targets, attack, half, Random(seed))


def pairs(text: str, cloaked: Cloaked) -> set[tuple[str, str]]:
    return {(text[a:b], cloaked.text[c:d]) for a, b, c, d in cloaked.changes}


def test_targets_are_the_longest_words_from_left_to_right():
    assert [TEXT[start:end].lower() for start, end in TARGETS] == WORDS
    assert targets_of("狗东西的狗", ["狗", "狗东西"]) == [(0, 3), (4, 5)]
    assert targets_of("usb sb SB2 他sb吗", ["sb"]) == [(4, 6), (12, 14)]
    assert targets_of("无", []) == []


@pytest.mark.parametrize(("attack", "half"), EVERY)
def test_same_seed_same_text_and_another_seed_another(attack, half):
    assert made(attack, half) == made(attack, half)
    assert len({made(attack, half, seed) for seed in range(20)}) > 1


@pytest.mark.parametrize(("attack", "half"), EVERY)
def test_only_targets_change_and_spans_say_what(attack, half):
    for seed in range(20):
        cloaked = made(attack, half, seed)
        assert cloaked.text != TEXT
        rebuilt, done = "", 0
        for start, end, new_start, new_end in cloaked.changes:
            assert any(a <= start <= end <= b for a, b in TARGETS)
            rebuilt += TEXT[done:start]
            assert len(rebuilt) == new_start
            assert cloaked.text[new_start:new_end] != TEXT[start:end]
            rebuilt += cloaked.text[new_start:new_end]
            done = end
        assert rebuilt + TEXT[done:] == cloaked.text
        touched = [
            any(a <= change.start <= change.end <= b for change in cloaked.changes)
            for a, b in TARGETS
        ]
        assert 0 < cloaked.hidden == sum(touched)


@pytest.mark.parametrize("attack", ATTACKS)
def test_halves_have_no_replacement_in_common(attack):
    found = {
        half: set().union(*(pairs(TEXT, made(attack, half, seed)) for seed in range(150)))
        for half in HALVES
    }
    assert found["train"]
    assert found["held"]
    assert not found["train"] & found["held"]


@pytest.mark.parametrize("attack", sorted(ATTACKS.keys() - {"zero_width", "separators"}))
def test_the_hash_of_the_pair_decides_on_the_half(attack):
    for half in HALVES:
        for seed in range(30):
            for source, new in pairs(TEXT, made(attack, half, seed)):
                assert not source or half_of(source, new) == half


@pytest.mark.parametrize("name", ["zero_width", "separators"])
def test_inserted_characters_differ_between_halves(name):
    train, held = (marks(name, half) for half in HALVES)
    assert min(len(train), len(held)) >= 8
    assert not set(train) & set(held)
    for half, signs in zip(HALVES, (train, held), strict=True):
        for seed in range(30):
            for source, new in pairs(TEXT, made(name, half, seed)):
                assert source == ""
                assert set(new) <= set(signs)


def test_invisible_characters_take_no_room():
    for half in HALVES:
        for sign in marks("zero_width", half):
            hangul_filler = sign == "\u115f"
            assert hangul_filler or unicodedata.category(sign) in {"Cf", "Mn", "Me"}, ascii(sign)


@pytest.mark.parametrize("half", HALVES)
def test_homophones_sound_the_same(half):
    for seed in range(50):
        for source, new in pairs(TEXT, made("homophone", half, seed)):
            assert source != new
            assert lazy_pinyin(new)[0] in pinyin(source, style=Style.NORMAL, heteronym=True)[0]


@pytest.mark.parametrize("half", HALVES)
def test_near_homophones_sound_another_way(half):
    for seed in range(50):
        for source, new in pairs(TEXT, made("near_homophone", half, seed)):
            assert new.isdigit() or lazy_pinyin(new) != lazy_pinyin(source)


def test_pinyin_and_initials_spell_the_target():
    for half in HALVES:
        for seed in range(30):
            spelled = made("pinyin", half, seed, "真恶心啊", [(1, 3)])
            plain = "".join(c for c in unicodedata.normalize("NFKD", spelled.text) if c.isascii())
            assert "".join(filter(str.isalpha, plain)).lower() == "exin"
    letters = {
        made("initials", half, seed, "真恶心啊", [(1, 3)]).text[1:-1]
        for half in HALVES
        for seed in range(200)
    }
    assert {"ex", "EX", "e x"} < letters


def test_a_letter_stands_for_one_of_the_characters():
    some = (
        made("letter", half, seed, "真恶心啊", [(1, 3)]) for half in HALVES for seed in range(20)
    )
    assert {one.text for one in some if one} == {"真e心啊", "真恶x啊"}


def test_splits_are_the_parts_of_the_table():
    assert "女子" in parts()["好"]
    assert {"亻尔", "人尔"} <= set(parts()["你"])
    assert len(parts()) > 300
    assert all(len(way) > 1 and char not in way for char, ways in parts().items() for way in ways)
    for half in HALVES:
        for source, new in pairs(TEXT, made("split", half)):
            assert new in parts()[source]


def test_swaps_keep_the_characters():
    for half in HALVES:
        cloaked = made("shuffle", half)
        assert sorted(cloaked.text) == sorted(TEXT)


@pytest.mark.parametrize(("attack", "half"), EVERY)
def test_nothing_to_do_is_said(attack, half):
    assert made(attack, half, text="……。", targets=[]) is None
    if attack not in {"zero_width", "separators", "shuffle", "mixed"}:
        assert made(attack, half, text="ﾀﾞ༒༒", targets=[(0, 4)]) is None
    if attack in {"zero_width", "separators", "shuffle", "initials", "letter"}:
        assert made(attack, half, text="滚", targets=[(0, 1)]) is None


@pytest.mark.parametrize(
    ("field", "targets", "attack", "half"),
    [
        ("attack", [(0, 2)], "rot13", "train"),
        ("half", [(0, 2)], "pinyin", "test"),
        ("targets", [(0, 2), (1, 3)], "pinyin", "train"),
        ("targets", [(2, 2)], "pinyin", "train"),
        ("targets", [(0, 99)], "pinyin", "train"),
    ],
)
def test_errors_name_the_field(field, targets, attack, half):
    with pytest.raises(ValueError, match=f"^{field}: "):
        cloak("真恶心", targets, attack, half, Random(0))


@given(st.text(max_size=40), st.sampled_from(EVERY), st.integers(0, 9))
def test_any_text_can_be_tried(text, which, seed):
    cloaked = cloak(text, [(0, len(text))] if text else [], *which, Random(seed))
    assert cloaked is None or (cloaked.text != text and cloaked.hidden == 1)


@pytest.mark.slow
@pytest.mark.parametrize(("attack", "half"), EVERY)
def test_time_is_linear(attack, half):
    def seconds(times):
        text = TEXT * times
        targets = [(0, len(text))]
        best = float("inf")
        for _ in range(3):
            begin = time.process_time()  # what else runs on the machine is no matter
            cloak(text, targets, attack, half, Random(0))
            best = min(best, time.process_time() - begin)
        return best

    seconds(1)
    assert (
        seconds(400) < 40 * seconds(40) + 0.02
    )  # ten times the text; a square would take a hundred


def test_telling_words_are_those_of_offensive_texts():
    texts = ["你这个骗子，真的", "今天天气真的很好"] * 60
    found = telling(texts, [True, False] * 60)
    assert "骗子" in found
    assert not {"天气", "真的"} & set(found)


@pytest.mark.slow
def test_generators_and_the_detector_share_nothing():
    def imported(path):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.module or ""

    for path in (ROOT / "bench" / "cloak").glob("*.py"):
        for name in imported(path):
            assert not name.startswith("lianzhi"), f"{path.name} imports {name}"
    for path in (ROOT / "src").rglob("*.py"):
        assert not any(name.split(".")[0] == "bench" for name in imported(path)), path
