"""Evasions as people type them: frozen, well formed, and read no worse than they once were."""

import hashlib
from pathlib import Path

import pytest
from bench.evasions import FOLDER, PARTS, WAYS, clear, items

FROZEN = {
    "worked": "9f816af73b23766ddb3eb27b2ffd3d9d54f22c2da131c72d5b1b4488b2f4cf0a",
    "frozen": "cad4f9d817f19624209090df23b87281929dd46fe050f16b73aca18d798002e2",
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_as_it_was_frozen_and_even(part: str) -> None:
    data = (FOLDER / f"{part}.csv").read_bytes()
    assert hashlib.sha256(data).hexdigest() == FROZEN[part], "mend it in a commit that says so"
    every = items(part)
    assert len({one.text for one in every}) == len(every) == 2 * sum(one.harmful for one in every)
    assert all(one.ways <= {*WAYS} and one.ways for one in every)
    assert all((one.text == one.meant) is not one.harmful for one in every)


def test_most_evasions_are_seen_and_few_look_alikes() -> None:
    every = items("worked")
    told = [clear_ for clear_, _ in clear([one.text for one in every])]
    harm = [seen for seen, one in zip(told, every, strict=True) if one.harmful]
    calm = [seen for seen, one in zip(told, every, strict=True) if not one.harmful]
    assert sum(harm) >= 0.85 * len(harm)
    assert sum(calm) <= 0.09 * len(calm)


@pytest.mark.parametrize("text", ["SB-600闪光灯出二手", "EN/SB 12标准", "二手 SB/T 10016"])
def test_codes_of_products_are_no_abuse(text: str) -> None:
    assert clear([text]) == [(False, False)]


@pytest.mark.parametrize("text", ["你就是个ѕв", "ᴄɴᴍ，会不会玩", "ηмѕℓ"])
def test_letters_that_look_like_others_are_read(text: str) -> None:
    assert clear([text])[0][0]


#: Sentences that an entry would take for abuse if it listed a little more than it should.
EVERYDAY = Path(__file__).with_name("everyday.txt").read_text("utf-8").splitlines()


#: What by the way it sounds is taken for mockery or insult; what turns right is to be struck off.
MISHEARD = dict.fromkeys(
    ("废5吨水泥", "脑浅表血管瘤"),
    pytest.mark.xfail(strict=True, reason="known to be told wrong"),
)


@pytest.mark.parametrize(
    "text", [pytest.param(text, marks=MISHEARD.get(text, ())) for text in EVERYDAY]
)
def test_everyday_sentences_are_left_alone(text: str) -> None:
    assert not clear([text])[0][0]


@pytest.mark.parametrize(
    "text",
    [
        "nmsl/cnm",
        "sb-nmsl",
        "cnm/sb",
        "你真的沙比",
        "你就是个乐色",
        "真是勒色一个",
        "真的沙比一个",
        "他妈的沙比",
        "坏蛋滚",
        "混球滚",
        "今日你妈",
        "你个小猪头",
        "弱……智，一加一都能教错",
        "你个白、痴",
        "不要碧莲",
        "你个s货",
        "你个王8蛋",
        "老师你个二笔",
    ],
)
def test_short_abuse_is_seen(text: str) -> None:
    assert clear([text])[0][0]


@pytest.mark.parametrize("text", ["贱不贱", "又贱又", "又菜又", "羞不羞"])
def test_what_reads_the_same_backwards_is_not_turned_round(text: str) -> None:
    assert not clear([text])[0][1]
