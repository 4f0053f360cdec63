"""The encoder: pieces by the definition, who is asked, and the shipped one alone and in a batch."""

import sys
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import lianzhi.text
from lianzhi.text import assess, score_many
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.model import encoder
from lianzhi.text.model.encoder import Encoder
from lianzhi.text.model.pieces import END, SPACE, START, UNKNOWN, Pieces

SIGNS = ["<s>", "<pad>", "</s>", "<unk>"]
KNOWN = Pieces.of(
    [*SIGNS, SPACE, "你", "好", "你好", "好人", f"{SPACE}你", "人"],
    [0.0, 0.0, 0.0, 0.0, -3.0, -4.0, -4.1, -5.2, -6.3, -5.4, -4.5],
)
LARGEST = 10_000_000
TEXTS = [
    "这种男人又无耻又恶心",
    "加油，我们都支持你",
    "我们应该尊重每一个人，不要有地域歧视",
    "河南人都是骗子",
    "🙂",
    "",
]


class Fake:
    """A network that says how many pieces a text has, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def run(
        self, outputs: None, inputs: dict[str, NDArray[np.int64]], /
    ) -> list[NDArray[np.float32]]:
        self.asked.append(inputs["ids"].tolist())
        return [np.array([inputs["ids"].size], np.float32)]


def made(band: tuple[float, float] = (0.2, 0.9), longest: int = 8) -> tuple[Encoder, Fake]:
    fake = Fake()
    return Encoder(KNOWN, fake, longest, band, (0.5, 1.0, -0.25), 0.5), fake


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    pytest.importorskip("onnxruntime", reason="onnxruntime (lianzhi[encoder]) is not installed")
    return encoder.load()


def score(cut: list[str]) -> float:
    return sum(
        KNOWN.score[KNOWN.number[piece]] if piece in KNOWN.number else KNOWN.unknown
        for piece in cut
    )


@given(st.text(st.sampled_from("你好人x "), max_size=7))
def test_pieces_are_the_best_of_all_ways_to_cut(text: str) -> None:
    whole = SPACE + SPACE.join(text.split())
    ways = []
    for count in range(len(whole)):
        for inner in combinations(range(1, len(whole)), count):
            cut = [whole[a:b] for a, b in pairwise([0, *inner, len(whole)])]
            if all(piece in KNOWN.number or len(piece) == 1 for piece in cut):
                ways.append(score(cut))
    first, *found, last = KNOWN.cut(text)
    assert (first, last) == (START, END)
    worth = [KNOWN.unknown if number == UNKNOWN else KNOWN.score[number] for number in found]
    assert sum(worth) == pytest.approx(max(ways))


def test_only_texts_in_the_band_are_asked() -> None:
    some, fake = made()
    before = np.array([0.1, 0.5, 0.95, 0.2])
    after = some.revise(fold_batch(["你", "你好", "好人", "x"]), before)
    assert fake.asked == [KNOWN.cut("你好"), KNOWN.cut("x")]
    assert after[[0, 2]].tolist() == before[[0, 2]].tolist()
    logit = 0.5 + 0.0 - 0.25 * len(fake.asked[0])
    assert after[1] == pytest.approx(1 / (1 + np.exp(-logit)))


@pytest.mark.parametrize("text", ["人人人人人人人人", "人" * 100_000])
def test_a_text_longer_than_it_reads_is_left_to_the_linear_tier(text: str) -> None:
    some, fake = made()
    before = np.array([0.5, 0.5])
    after = some.revise(fold_batch([text, "你"]), before)
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert len(fake.asked) == 1


def test_nobody_in_the_band_leaves_all_as_it_was() -> None:
    some, fake = made()
    for before in (np.zeros(0), np.array([0.01, 0.99])):
        batch = fold_batch(["你"] * before.size)
        assert some.revise(batch, before).tolist() == before.tolist()
    assert not fake.asked


def test_without_onnxruntime_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    encoder.load.cache_clear()
    with pytest.raises(ModuleNotFoundError, match=r"lianzhi\[encoder\]"):
        encoder.load()
    assert assess("你好").offence < 0.5


def test_it_is_asked_only_by_who_hands_it_over() -> None:
    some, fake = made(band=(0.0, 1.0), longest=99)
    plain = score_many(TEXTS)
    assert not fake.asked
    asked = score_many(TEXTS, encoder=some)
    assert len(fake.asked) == len(TEXTS)
    assert (asked.offence != plain.offence).any()
    assert np.array_equal(asked.kinds, plain.kinds)


def test_the_shipped_one_scores_a_text_alone_as_beside_others(shipped: Encoder) -> None:
    texts = [f"{text}{sign}" for sign in ("", "。", "!!") for text in TEXTS]
    many = score_many(texts, encoder=shipped).offence.tolist()
    assert many == [assess(text, encoder=shipped).offence for text in texts]
    reversed_ = score_many(texts[::-1], encoder=shipped).offence.tolist()
    assert reversed_[::-1] == many


def test_the_shipped_one_changes_nothing_outside_its_band(shipped: Encoder) -> None:
    plain, both = score_many(TEXTS).offence, score_many(TEXTS, encoder=shipped).offence
    assert (plain != both).any()
    low, high = shipped.band
    outside = (plain < low * 0.29) | (plain > high)  # what criticises things keeps .3 of it
    assert (plain[outside] == both[outside]).all()


def test_the_shipped_one_knows_attack_from_kindness(shipped: Encoder) -> None:
    attack, kind, against, slur, *_ = shipped.logit(TEXTS[:4])
    assert min(attack, slur) > max(kind, against)


@given(st.text(max_size=40))
def test_any_text_has_a_probability(text: str) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime (lianzhi[encoder]) is not installed")
    assert 0 <= assess(text, encoder=encoder.load()).offence <= 1


def test_the_shipped_files_stay_small() -> None:
    model = Path(lianzhi.text.__file__).parent / "model"
    files = [model / "encoder.onnx", model / "encoder.npz"]
    assert sum(file.stat().st_size for file in files) <= LARGEST
