"""Fit what weighs guesses of unveiling: write `unveil/weighing.npz`.

    PYTHONPATH=. python tools/train_weighing.py [DATA]

DATA as for `train_unveil.py`. Comments of COLD's train and dev sets are read by language models
that have not seen them: dev by one, train in parts, each by another. Offensive ones are cloaked by
the train half of `bench/cloak`: the words that COLD's train set holds more often in them, and those
of the shipped lexicon. Others are left as they are, or have ornaments or Latin words strewn in, so
that both stay what they are. What decoding guesses there, right or wrong, is counted by word, and
the trees learn to tell it apart. So do they with some of the examples in `kinds/`, as they are:
COLD is about three topics alone. How many trees and how deep is chosen by cross-validation over
comments. People hide words by themselves as well, so guesses in untouched comments have been read,
those in offensive ones among them (`readings/`). Takes eight minutes; same data and versions, same
bytes.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache, partial
from itertools import compress
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from bench.cloak import ATTACKS, cloak, targets_of
from bench.cloak.words import read, telling
from bench.unveil import listed
from bench.wild import Guess, placed, readings
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold

import train_unveil
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.unveil import channel, features
from lianzhi.text.unveil.channel import SWAP
from lianzhi.text.unveil.language import Language
from lianzhi.text.unveil.plain import plain_text
from lianzhi.text.unveil.restoration import best_guesses, score_batch
from lianzhi.text.unveil.trees import Trees
from lianzhi.text.unveil.unveiler import Unveiler, with_lexicon
from lianzhi.text.unveil.word_records import WordRecords
from train_kinds import NEIGHBOURS

Floats = NDArray[np.float64]
Classifier = HistGradientBoostingClassifier | LogisticRegression
Folds = Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
OUT = train_unveil.OUT.with_name("weighing.npz")
SEED, CHUNK, FOLDS = 1, 1024, 5
#: A word's record is drawn to the mean of all words as by so many guesses of equal weight.
PRIOR = 10.0
#: No records yet: they are counted here.
NOTHING_KNOWN = WordRecords({}, 0.0)
#: Leaves add whole parts of one.
PARTS = 4096
#: A pool of comments weighs as much as so many comments: cloaked ones by COLD's telling words, and
#: by the lexicon's; untouched ones, COLD's and examples, twice for each attack; and those that have
#: something strewn in.
TELLING, LISTED, STREWN = 1000.0, 1500.0, 2000.0
#: Of offensive comments that nobody touched only those guesses count that have been read; they
#: weigh half as much.
HARMFUL = TELLING / 2
#: Of the examples one run in so many is read by a model that has not seen it: neighbours mirror one
#: another.
UNSEEN = 4
#: A quarter of train is little for a language model to lack.
PARTS_OF_TRAIN = 4
#: What people write in Latin letters within Chinese, by hand.
LATIN = Path(__file__).with_name("train_weighing_latin.txt").read_text("utf-8").split()


class Pool(NamedTuple):
    """Comments of one sort, as they were written and as they are shown."""

    name: str
    whole: list[str]
    shown: list[str]
    number: list[int]
    """Which comment each is; the same of all that are made of one."""
    weight: float
    touched: bool = True
    """Whether something may have been hidden: then a guess is right where `whole` has its word.
    Elsewhere its reading tells."""
    harmful: bool = False


class Setting(NamedTuple):
    """How trees are grown."""

    trees: int
    depth: int
    rate: float


#: Deeper trees, and more, have less log-loss here and more errors on the held-out half of the
#: attacks: they learn by heart how the train half writes a word.
SETTINGS = (
    Setting(60, 3, 0.1),
    Setting(60, 4, 0.1),
    Setting(100, 3, 0.1),
    Setting(100, 4, 0.1),
)
#: Each branch chooses among so many of the signs, at random: trees lean on no single one that way,
#: which helps with what the train half does not hold (emoji, above all).
CHOICE = 0.4
#: So many fits are averaged: which signs a branch chose among is luck.
FITS = 3
#: A setting that costs more must lessen the log-loss by so much.
WORTH = 0.003


class Part(NamedTuple):
    """Comments that one language model has not seen: their texts, labels and numbers."""

    texts: list[str]
    labels: list[int]
    numbers: list[int]


def parts(data: Path) -> list[Part]:
    """Dev, and train in so many parts as there are `PARTS_OF_TRAIN`."""
    dev, train = read(data / "cold/dev.csv"), read(data / "cold/train.csv")
    found = [Part(*dev, list(range(len(dev[0]))))]
    for first in range(PARTS_OF_TRAIN):
        texts, labels = (column[first::PARTS_OF_TRAIN] for column in train)
        numbers = range(len(dev[0]) + first, len(dev[0]) + len(train[0]), PARTS_OF_TRAIN)
        found.append(Part(texts, labels, list(numbers)))
    return found


def pools(part: Part, words: frozenset[str], said: Mapping[Guess, str]) -> Iterator[Pool]:
    """The comments of a part to guess in, these `words` or the lexicon's hidden.

    What is strewn into comments moves what readers `said` something about, so those that may hide
    something by themselves are left out there.

    The words were counted in all of train, as those of the vocabulary are, which thus has a little
    too many of them for the parts of train.
    """
    texts, labels, numbers = part
    bad = [place for place, label in enumerate(labels) if label]
    calm = [place for place, label in enumerate(labels) if not label]
    for name, hidden, weight in (("telling", words, TELLING), ("lexicon", listed(), LISTED)):
        for attack in ATTACKS:
            made = Pool(f"{attack}, {name}", [], [], [], weight)
            for place in bad:
                text, targets = texts[place], targets_of(texts[place], hidden)
                rng = Random(f"{SEED} {attack} {numbers[place]}")
                done = cloak(text, targets, attack, "train", rng) if targets else None
                if done and done.hidden == len(targets):
                    made.whole.append(text)
                    made.shown.append(done.text)
                    made.number.append(numbers[place])
            yield made
    as_they_are = partial(Pool, touched=False)
    shown, these = [texts[place] for place in bad], [numbers[place] for place in bad]
    weight = 2 * len(ATTACKS) * HARMFUL
    yield as_they_are("harmful, as written", shown, shown, these, weight, harmful=True)
    ornaments = sorted(channel.load().ornaments)
    shown, calm = [texts[place] for place in calm], [numbers[place] for place in calm]
    yield as_they_are("as written", shown, shown, calm, 2 * len(ATTACKS) * TELLING)
    hiding = {guess.row for guess, reading in said.items() if reading != "n"}
    bare = [number not in hiding for number in calm]
    shown, calm = list(compress(shown, bare)), list(compress(calm, bare))
    for name, signs, apart in (("ornaments", ornaments, ""), ("latin", LATIN, " ")):
        rngs = [Random(f"{SEED} {name} {number}") for number in calm]
        some = [strewn(text, signs, apart, rng) for text, rng in zip(shown, rngs, strict=True)]
        yield as_they_are(name, some, some, calm, STREWN)


def numbered(dev: int) -> dict[Guess, str]:
    """Readings of dev and train, the comments of train numbered after so many of dev."""
    train = readings("train").items()
    return readings("dev") | {guess._replace(row=guess.row + dev): said for guess, said in train}


def others() -> Pool:
    """Harmless examples as they are that no model has seen; they weigh as much as other untouched
    texts. Harmful ones may hide a word of their own."""
    some = train_unveil.examples()
    held = [place for place, (_, harmful) in enumerate(some) if unseen(place) and not harmful]
    texts = [some[place][0] for place in held]
    numbers = [-1 - place // NEIGHBOURS for place in held]
    weight = 2 * len(ATTACKS) * TELLING * (1 + PARTS_OF_TRAIN)
    return Pool("examples", texts, texts, numbers, weight, touched=False)


def unseen(place: int) -> bool:
    """Whether an example is kept from the language model."""
    return place // NEIGHBOURS % UNSEEN == 0


def strewn(text: str, signs: Sequence[str], apart: str, rng: Random) -> str:
    """A text with one to three signs in a row somewhere, beginning and end included."""
    at = rng.choice((0, len(text), rng.randrange(len(text) + 1)))
    some = apart.join(rng.choice(signs) for _ in range(rng.choice((1, 1, 2, 3))))
    return f"{text[:at]}{some}{text[at:]}"


def unveiler(data: Path, seen: list[str]) -> Unveiler:
    """What unveils with a language model of what is `seen`, SWSR and three in four examples."""
    cold = train_unveil.read(data / "cold/train.csv")
    swsr = train_unveil.read(data / "swsr/comments.csv", "comment_text")
    every = enumerate(train_unveil.examples())
    some = [text for place, (text, _) in every if not unseen(place)]
    texts = [*seen, *(row["text"] for row in swsr), *some]
    arrays = train_unveil.language([*map(plain_text, texts)])
    counted = train_unveil.telling(cold)
    language = Language.of(arrays)
    return with_lexicon(lexicons.shipped(), channel.load(), language, counted, NOTHING_KNOWN)


@lru_cache(maxsize=1)  # guesses come text by text
def places(shown: str, whole: str) -> dict[int, int]:
    """Where in `whole` places of `shown` lie, as far as that is clear."""
    found = {0: 0}
    matcher = SequenceMatcher(None, shown, whole, autojunk=False)
    for tag, start, end, begin, finish in matcher.get_opcodes():
        if tag == "equal" or end - start == finish - begin:
            found |= {start + on: begin + on for on in range(end - start)}
        found[end] = finish
    return found


def right(shown: str, whole: str, guess: Guess, swapped: bool) -> bool:
    """Whether a guess at what is shown is what stands in `whole` where its stretch lies."""
    found, (_, start, end, word) = places(shown, whole), guess
    before = max(place for place in found if place <= start)
    after = min(place for place in found if place >= end)
    begin, finish = found[before] + start - before, found[after] + end - after
    some = {begin, finish - len(word)}
    if swapped:  # what changed places is aligned with either of its neighbours
        some |= set(range(begin - 2, begin + 3))
    return any(whole.startswith(word, at) for at in some if at >= 0)


class Told(NamedTuple):
    """Guesses: what speaks for and against each, its record aside, whether it is right, whose
    comment it is in, and the word."""

    signs: Floats
    good: NDArray[np.bool_]
    number: NDArray[np.int64]
    words: list[str]


def told(pool: Pool, model: Unveiler, said: Mapping[Guess, str]) -> Told:
    """The guesses in a pool; without those of which nobody knows whether they are right. Readers
    `said` what some are, by the comment's number."""
    rows, good, number, words = [], list[bool | None](), list[int](), list[str]()
    for begin in range(0, len(pool.shown), CHUNK):
        known = score_batch(fold_batch(pool.shown[begin : begin + CHUNK]), model)
        some, signs = best_guesses(known, model)
        rows.append(signs)
        lines, swapped = known.lines, some.ways >> SWAP & 1
        for guess, swap in zip(placed(known, some, model.words), swapped.tolist(), strict=True):
            text = guess.row
            number.append(pool.number[begin + text])
            words.append(guess.word)
            if not pool.touched:
                unread = None if pool.harmful else "n"
                reading = said.get(guess._replace(row=number[-1]), unread)
                good.append(None if reading in (None, "d") else reading == "y")
                continue
            good.append(right(lines[text], plain_text(pool.whole[begin + text]), guess, bool(swap)))
    sure = [each is not None for each in good]
    return Told(
        np.concatenate(rows)[np.array(sure, bool)],
        np.array(list(compress(good, sure)), bool),
        np.array(list(compress(number, sure)), np.int64),
        list(compress(words, sure)),
    )


class Counted(NamedTuple):
    """Guesses: their words by number, whether each is right, and how much it weighs."""

    word: NDArray[np.int64]
    good: NDArray[np.bool_]
    weight: Floats

    def where(self, which: NDArray[np.int64]) -> "Counted":
        """Some of them, by place."""
        return Counted(*(column[which] for column in self))


def records(some: Counted, words: int) -> tuple[Floats, float]:
    """Log-odds that guesses at each of so many words are right, and those of a word of which
    nothing is known: the mean of all.

    One guess may weigh ten times another, so a word is as well known as by so many of equal weight
    as its own are worth (Kish, Survey Sampling, 1965).
    """
    word, good, weight = some
    right, total, squares = (
        np.bincount(word, column, words) for column in (weight * good, weight, weight**2)
    )
    seen = total > 0
    share, count = np.zeros(words), np.zeros(words)
    share[seen], count[seen] = right[seen] / total[seen], total[seen] ** 2 / squares[seen]
    usual = share[seen].mean()
    odds = np.log((count * share + PRIOR * usual) / (count * (1 - share) + PRIOR * (1 - usual)))
    return odds, float(np.log(usual / (1 - usual)))


def unseen_records(some: Counted, words: int, folds: Folds) -> Floats:
    """The record of each guess's word by the comments of other folds."""
    out = np.zeros(some.word.size)
    for fitted, rest in folds:
        out[rest] = records(some.where(fitted), words)[0][some.word[rest]]
    return out


def grown(setting: Setting, seed: int = SEED) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=setting.trees,
        max_depth=setting.depth,
        max_leaf_nodes=2**setting.depth,
        learning_rate=setting.rate,
        max_features=CHOICE,
        min_samples_leaf=40,
        early_stopping=False,
        random_state=seed,
    )


def written_out(
    fits: Sequence[HistGradientBoostingClassifier], depth: int
) -> dict[str, NDArray[np.generic]]:
    """Trees as `weighing.Trees` has them: whole ones, leaves that come early repeated; all fits'
    together are worth as much as those of one."""
    grown_ = [predictor[0].nodes for fitted in fits for predictor in fitted._predictors]
    nodes = 2**depth - 1
    sign = np.zeros((len(grown_), nodes), np.uint8)
    bound = np.full((len(grown_), nodes), np.inf, np.float32)
    leaves = np.zeros((len(grown_), nodes + 1))
    for tree, its in enumerate(grown_):
        there = [0]
        for place in range(2 * nodes + 1):  # level by level; a leaf is its own child
            node = its[there[place]]
            if place >= nodes:
                leaves[tree, place - nodes] = node["value"]
                continue
            if node["is_leaf"]:
                there += [there[place]] * 2
                continue
            sign[tree, place], bound[tree, place] = node["feature_idx"], node["num_threshold"]
            there += [int(node["left"]), int(node["right"])]
    bias = np.mean([fitted._baseline_prediction.ravel()[0] for fitted in fits])
    return {
        "sign": sign,
        "bound": bound,
        "leaves": np.round(leaves / len(fits) * PARTS).astype(np.int16),
        "parts": np.array(PARTS),
        "bias": np.round(bias * PARTS).astype(np.int64),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Fit what weighs guesses of unveiling.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    paths = [
        options.data / part for part in ("cold/train.csv", "cold/dev.csv", "swsr/comments.csv")
    ]
    if missing := [str(path) for path in paths if not path.is_file()]:
        print(f"missing: {', '.join(missing)}; give the folder that holds them", file=sys.stderr)
        return 2
    words = frozenset(telling(*read(options.data / "cold/train.csv")))
    rows, every, guesses = list[tuple[Floats, ...]](), parts(options.data), list[str]()
    said = numbered(len(every[0].texts))
    for place, part in enumerate(every):
        seen = [text for other in every if other is not part for text in other.texts]
        model = unveiler(options.data, seen)
        for pool in (*pools(part, words, said), *([] if place else [others()])):
            signs, good, number, these = told(pool, model, said)
            guesses += these
            weight = pool.weight / max(len(pool.shown), 1)
            rows.append((signs, good, number, np.full(good.size, weight)))
            counts = f"{len(pool.shown):5} comments, {good.size:5} guesses, {good.sum():5} right"
            print(f"part {place}, {pool.name:24} {counts}", flush=True)
    signs, good, number, weight = (np.concatenate(column) for column in zip(*rows, strict=True))
    tried, word = np.unique(guesses, return_inverse=True)
    folds = list(GroupKFold(FOLDS).split(signs, good, number))
    counted = Counted(word, good, weight)
    signs[:, features.FEATURES.index("record")] = unseen_records(counted, tried.size, folds)

    def held_out(name: str, made: Callable[[], Classifier], seen: Floats) -> float:
        """Log-loss in cross-validation over comments."""
        odds = np.zeros(good.size)
        for fitted, rest in folds:
            model = made().fit(seen[fitted], good[fitted], sample_weight=weight[fitted])
            odds[rest] = model.decision_function(seen[rest])
        loss = log_loss(good, 1 / (1 + np.exp(-odds)), sample_weight=weight)
        area = roc_auc_score(good, odds, sample_weight=weight)
        print(f"{name}: log-loss {loss:.4f}, AUC {area:.4f}")
        return float(loss)

    scaled = (signs - signs.mean(axis=0)) / np.maximum(signs.std(axis=0), 1e-6)
    logistic = partial(LogisticRegression, max_iter=1000)
    held_out("logistic regression on the channel's log-odds alone", logistic, scaled[:, :1])
    held_out("logistic regression on all signs", logistic, scaled)
    loss, kept = np.inf, SETTINGS[0]
    for setting in SETTINGS:
        found = held_out(str(setting), partial(grown, setting), signs)
        if found < loss - WORTH:
            loss, kept = found, setting
    print(f"chosen: {kept}")
    fits = [grown(kept, SEED + fit).fit(signs, good, sample_weight=weight) for fit in range(FITS)]
    arrays = written_out(fits, kept.depth)
    trees = Trees(**{**arrays, "parts": PARTS, "bias": int(arrays["bias"])})
    odds = np.mean([fitted.decision_function(signs) for fitted in fits], axis=0)
    off = np.abs(trees.odds(signs) - odds).max()
    print(f"written out, off by {off:.3f} at most")
    record, untried = records(counted, tried.size)
    shipped = {"words": tried, "records": record.astype(np.float32), "untried": np.array(untried)}
    np.savez(options.out, **arrays, signs=np.array(features.FEATURES), **shipped)
    print(f"{options.out.name}: {options.out.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
