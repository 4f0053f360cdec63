"""Fit what unveiling goes by: `unveil/language.npz`, a trigram model, and the words worth hiding.

    python tools/train_unveil.py [DATA]

DATA holds `cold/{train,dev}.csv` (COLD: Deng et al., EMNLP 2022, Apache-2.0) and
`swsr/comments.csv` (SWSR: Jiang et al., 2022, MIT). The model reads all of them, their signs left
out, and the examples in `kinds/`, which are about other things; the words are those that COLD's
offensive comments hold more often than its others. Costs were chosen on dev, with a model that had
not read it. Same data, same bytes.
"""

import argparse
import csv
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import train_kinds
from lianzhi.text.fold.folding import fold
from lianzhi.text.fold.signs import is_han
from lianzhi.text.model.kind_models import MODELLED
from lianzhi.text.unveil.language import EDGE, STEPS, hashed, most, slot_and_print
from lianzhi.text.unveil.plain import plain_text

OUT = Path(__file__).parents[1] / "src/lianzhi/text/unveil/language.npz"
#: A character that fewer times is seen is unknown; a trigram seen once is left out.
CHARACTER, TRIGRAM = 2, 2
#: Slots of the tables of bigrams and trigrams, as powers of two.
BIGRAMS, TRIGRAMS = 20, 20
#: How many characters there might be of which none is known: what is unknown is one of them.
OTHERS = 4000
#: A word worth hiding: in how many comments at least, how many times as often in offensive ones,
#: by how many standard errors, and of how many characters at most.
TEXTS, TIMES, Z, LONGEST = 5, 2.0, 2.5, 4
#: Weight of the prior, in words (Monroe, Colaresi and Quinn, Political Analysis 16, 2008).
PRIOR = 1000.0
UNKNOWN = "\ufffd"
START = "\x02"


def read(path: Path, column: str = "TEXT") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{"text": row[column], "label": row["label"]} for row in csv.DictReader(file)]


def examples() -> list[tuple[str, bool]]:
    """Comments that were written for the models of kinds, everyday ones among them, and whether
    each is harmful.

    Without those that came later: a model that has read them as well restores as many words, and
    changes more comments that hide nothing.
    """
    kinds = sorted((*MODELLED, "everyday"))
    found = (train_kinds.examples(kind, later=False) for kind in kinds)
    return [
        (text, bool(label))
        for texts, labels in found
        for text, label in zip(texts, labels, strict=True)
    ]


def comments(data: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Those of COLD's train and dev sets, and those of SWSR. Raises FileNotFoundError."""
    paths = [data / "cold/train.csv", data / "cold/dev.csv", data / "swsr/comments.csv"]
    if missing := [str(path) for path in paths if not path.is_file()]:
        raise FileNotFoundError(f"missing: {', '.join(missing)}; give the folder that holds them")
    return [*read(paths[0]), *read(paths[1])], read(paths[2], "comment_text")


def material(rows: list[dict[str, str]]) -> list[str]:
    """What the model reads: comments and examples, their signs left out."""
    return [*map(plain_text, [*(row["text"] for row in rows), *(text for text, _ in examples())])]


def ngrams(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Counts of bigrams and trigrams, the edges of texts included."""
    two: Counter[str] = Counter()
    three: Counter[str] = Counter()
    for text in texts:
        padded = f"{START}{START}{text}{START}"
        two.update(padded[i : i + 2] for i in range(1, len(padded) - 1))
        three.update(padded[i : i + 3] for i in range(len(padded) - 2))
    return two, three


class Smoothed:
    """Modified Kneser-Ney over counts of one order, given the order below it."""

    def __init__(self, counts: Counter[str], low: "Smoothed | None") -> None:
        self.counts, self.low = counts, low
        times = Counter(counts.values())
        y = times[1] / (times[1] + 2 * times[2])
        self.discount = [0.0] + [n - (n + 1) * y * times[n + 1] / times[n] for n in (1, 2, 3)]
        self.total: Counter[str] = Counter()
        self.left: defaultdict[str, float] = defaultdict(float)
        for gram, count in counts.items():
            self.total[gram[:-1]] += count
            self.left[gram[:-1]] += self.discount[min(count, 3)]

    def probability(self, gram: str) -> float:
        """Probability of an n-gram's last character after the others."""
        low = self.low.probability(gram[1:]) if self.low else 1 / (len(self.counts) + OTHERS)
        total = self.total.get(gram[:-1], 0)
        if not total:
            return low
        count = self.counts.get(gram, 0)
        kept = max(count - self.discount[min(count, 3)], 0.0)
        return kept / total + self.left[gram[:-1]] / total * low


def continuations(counts: Counter[str]) -> Counter[str]:
    """Of how many characters each shorter n-gram is the continuation."""
    return Counter(gram[1:] for gram in counts)


def steps(logs: Iterable[float]) -> NDArray[np.uint32]:
    return np.clip(np.round(-np.array(list(logs)) * STEPS), 0, 255).astype(np.uint32)


def rounded(logs: NDArray[np.float64]) -> NDArray[np.float32]:
    """To whole steps, so that sums are exact and the same in any order."""
    return (np.round(logs * STEPS) / STEPS).astype(np.float32)


def table(
    ids: list[NDArray[np.uint32]], low: NDArray[np.uint32], times: list[int], bits: int
) -> NDArray[np.uint32]:
    """A table of n-grams, each in its slot or the one beside it; the most frequent come first."""
    slot, mark = slot_and_print(hashed(*ids), bits)
    entry = mark << np.uint32(16) | low
    out = np.zeros(1 << bits, np.uint32)
    left = np.argsort(-np.array(times), kind="stable")
    for beside in (0, 1):
        wanted = slot[left] ^ np.uint32(beside)
        _, first = np.unique(wanted, return_index=True)
        first = first[out[wanted[first]] == 0]
        out[wanted[first]] = entry[left[first]]
        left = np.delete(left, first)
    return out


def language(texts: list[str]) -> dict[str, NDArray[np.generic]]:
    """The model's arrays."""
    known = Counter(char for text in texts for char in text)
    chars = sorted(char for char, count in known.items() if count >= CHARACTER)
    number = {char: place + 2 for place, char in enumerate(chars)} | {START: EDGE, UNKNOWN: 0}
    clean = [
        "".join(char if char in number else UNKNOWN for char in text)
        for text in dict.fromkeys(texts)
    ]
    two, three = ngrams(clean)
    one = Smoothed(continuations(two), None)
    pairs = Smoothed(Counter({**continuations(three)}), one)
    triples = Smoothed(three, pairs)

    kept = [gram for gram, count in three.items() if count >= TRIGRAM]
    mass: defaultdict[str, float] = defaultdict(float)
    below: defaultdict[str, float] = defaultdict(float)
    probability = {gram: triples.probability(gram) for gram in kept}
    for gram in kept:
        mass[gram[:2]] += probability[gram]
        below[gram[:2]] += pairs.probability(gram[1:])
    some = list(pairs.counts)
    weight = [
        math.log((1 - mass[gram]) / max(1 - below[gram], 1e-6)) if gram in mass else 0.0
        for gram in some
    ]
    logs = [math.log(pairs.probability(gram)) for gram in some]

    def ids(grams: list[str], place: int) -> NDArray[np.uint32]:
        return np.array([number[gram[place]] for gram in grams], np.uint32)

    ordered = [UNKNOWN, START, *chars]
    alone = [one.probability(char) for char in ordered]
    alone[0] /= OTHERS  # one unknown character of many
    total, left = pairs.total, pairs.left
    back = [math.log(left[char] / total[char]) if total.get(char) else 0.0 for char in ordered]
    low = steps(logs) << np.uint32(8) | steps(min(value, 0.0) for value in weight)
    single, weights = rounded(np.log(alone)), rounded(np.array(back))
    double = table([ids(some, 0), ids(some, 1)], low, [pairs.counts[g] for g in some], BIGRAMS)
    before, after = most(single, weights, double)
    return {
        "chars": np.array([ord(char) for char in chars], np.uint32),
        "one": single,
        "back": weights,
        "two": double,
        "three": table(
            [ids(kept, 0), ids(kept, 1), ids(kept, 2)],
            steps(math.log(probability[gram]) for gram in kept),
            [three[gram] for gram in kept],
            TRIGRAMS,
        ),
        "most_before": before,
        "most_after": after,
    }


def telling(rows: list[dict[str, str]]) -> list[str]:
    """Words of one to four Chinese characters that offensive comments hold more often."""
    counts: dict[str, Counter[str]] = {"0": Counter(), "1": Counter()}
    for row in rows:
        text = fold(row["text"]).text
        found = {
            text[i : i + n]
            for n in range(1, LONGEST + 1)
            for i in range(len(text) - n + 1)
            if all(map(is_han, text[i : i + n]))
        }
        counts[row["label"]].update(found)
    good, bad = counts["0"], counts["1"]
    goods, bads = good.total(), bad.total()
    words = []
    for word, count in (bad + good).items():
        if count < TEXTS:
            continue
        prior = PRIOR * count / (goods + bads)
        ones, others = bad[word] + prior, good[word] + prior
        odds = math.log(ones / (bads + PRIOR - ones)) - math.log(others / (goods + PRIOR - others))
        if odds > math.log(TIMES) and odds > Z * math.sqrt(1 / ones + 1 / others):
            words.append(word)
    return sorted(words)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fit what unveiling goes by.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    try:
        cold, swsr = comments(options.data)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    arrays = language(material(cold + swsr))
    words = telling(cold)
    np.savez(options.out, **arrays, words=np.array(words))
    for name in ("two", "three"):
        print(f"{name}: {(arrays[name] > 0).sum()} of {arrays[name].size} slots taken")
    print(
        f"{len(arrays['chars'])} characters, {len(words)} words; {options.out.stat().st_size} bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
