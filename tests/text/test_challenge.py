"""The challenge set: frozen, even, and made of texts that a list could not tell apart."""

import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pytest
from bench import everyday, short

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch

FOLDER = Path(__file__).parents[2] / "bench" / "challenge"
FROZEN = {
    "coercion": "f4af21cbd9d99ff132e2aaba1ab305eecc45df69af2c1efc03d14bdb2dee0cdb",
    "doxxing": "ff698c2bbd66be936860888f1a5bb8b8771ac649ed0e3cd3b703cea8a8a86c41",
    "incitement": "2db1c06757886b6ba4993b0c79554ee718aad16cdf8d9af821e6a7f58a01bdb8",
    "mockery": "f6003784311d7d80013653668c239f0b0c4da7e4cda1e751e01befd0eb26385e",
    "self_harm": "fa828a45a46a3c498ec154d3bc444064e517e73fc52766100fbf67e1bdfe8b94",
    "sexual_harassment": "349b46cb256327c425abcb1c587f716b0e1795cf5a7b8816542a72d721a09bb0",
    "threat": "15db092ddf2802566794a60b6406d4f7bca27814cf50d487117815db17430b6a",
}
HALF = {"doxxing": 120}


def rows(kind: str) -> list[dict[str, str]]:
    with (FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_a_thousand_and_no_others() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == FROZEN.keys()
    assert sum(len(rows(kind)) for kind in FROZEN) >= 1000


@pytest.mark.parametrize("kind", FROZEN)
def test_a_kind_is_as_it_was_frozen_and_even(kind: str) -> None:
    data = (FOLDER / f"{kind}.csv").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(data).hexdigest() == FROZEN[kind], "mend it in a commit that says so"
    items = rows(kind)
    half = HALF.get(kind, 110)
    assert [one["id"] for one in items] == [f"{kind}-{n + 1:03}" for n in range(2 * half)]
    assert [one["harmful"] for one in items].count("1") == half
    assert {one["kind"] for one in items} == {kind}
    assert len({one["text"] for one in items}) == len(items)
    assert all(4 <= len(one["text"]) <= 120 and one["way"] and one["why"] for one in items)
    harmful = {one["id"] for one in items if one["harmful"] == "1"}
    pairs = [one["pair"] for one in items if one["pair"]]
    assert harmful.issuperset(pairs)
    assert len(pairs) >= half / 3
    assert not any(one["pair"] for one in items if one["harmful"] == "1")


def test_no_mobile_number_in_it_can_be_anybody_s() -> None:
    unassigned = re.compile(r"16[013489]\d{8}")
    for kind in FROZEN:
        for one in rows(kind):
            for number in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", one["text"]):
                assert unassigned.fullmatch(number), one["id"]


@pytest.mark.slow
def test_no_example_that_models_are_fitted_to_is_near_an_item() -> None:
    """By runs of three characters: those of both over those of either."""
    frozen = [one["text"] for kind in FROZEN for one in rows(kind)]
    frozen += [text for _, text in everyday.items()]
    frozen += [text for texts in short.items().values() for _, text in texts]
    items = runs(frozen)
    having: defaultdict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items):
        for run in item:
            having[run].append(number)
    for path in sorted((FOLDER.parents[1] / "tools" / "kinds").rglob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()
        for line, example in zip(
            lines, runs(line.split("\t", 1)[1] for line in lines), strict=True
        ):
            shared = chain.from_iterable(having[run] for run in example & having.keys())
            for number, both in Counter(shared).items():
                either = len(example) + len(items[number]) - both
                assert both < either / 2, line


def runs(texts: Iterable[str]) -> list[set[str]]:
    """Runs of three letters of each text, folded."""
    folded = fold_batch(list(texts)).text()[1:-1].split(chr(SEPARATOR))
    letters = (re.sub(r"\W", "", text) for text in folded)
    return [{some[i : i + 3] for i in range(max(len(some) - 2, 1))} for some in letters]
