"""Whether what is cloaked is restored; `python -m bench unveil`.

On COLD's test set: offensive comments whose telling words (`bench.cloak.words`) could all be
cloaked by the held-out half of an attack, and as many harmless comments as they are; and once more
with the words of the shipped lexicon instead, those of two characters or more: telling words are
often single characters, and hardly anybody hides all of them. As for
correction of spelling (Tseng et al., SIGHAN 2015), sentence by sentence: a comment counts as
restored where its reading is, character by character, what was written before it was cloaked, signs
and spaces aside. Precision is over all comments in which anything was restored, the untouched ones
among them. `words` is the share of hidden words whose characters are all there again at their
place. Forms of one character, which folding makes one (惡 and 悪 for 恶), are among the look-alikes
of both halves: a row of its own leaves out comments in which folding alone brings a word back.
`noticed` asks less: whether anything was restored in a comment that was cloaked, and nothing
in one that nobody touched. `as meant` asks the same as F1 of what comments mean where readers say
that their writers hid words themselves (`tools/readings/README.md`; biao子, sb): these are to be
restored as well, in untouched comments too. Intervals: percentile bootstrap over comments, 95 %.
"""

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.cloak import ATTACKS, Half, cloak, targets_of
from bench.cloak.sounds import HAN
from bench.cloak.words import by_label, read, telling
from bench.stream import DATA
from bench.wild import readings as said
from lianzhi.text import KINDS, unveil
from lianzhi.text.arrays.batch import as_text
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.unveil.plain import without_signs
from lianzhi.text.unveil.unveiler import Unveiler

Mask = NDArray[np.bool_]
SEED, RESAMPLES, CHUNK = 1, 2000, 1024


class Case(NamedTuple):
    """A comment, and what became of it."""

    whole: str
    """What is meant, without signs."""
    read: str
    """What it was taken to mean, without signs."""
    changed: bool
    """Whether anything was restored, signs that part what belongs together aside."""
    cloaked: bool
    words: tuple[bool, ...]
    """Which of the hidden words are there again."""
    folded: bool = False
    """Whether folding alone brings any of them back."""
    meant: str | None = None
    """What is meant where its writer hid words as well."""


def plain(text: str) -> str:
    """Letters, digits, Chinese characters and pictures alone."""
    return "".join(
        char
        for char in text
        if char.isalnum() or (ord(char) > 0x2FFF and unicodedata.category(char)[0] not in "PZ")
    )


def readings(texts: Sequence[str], model: Unveiler | None = None) -> list[tuple[str, bool]]:
    """What each text is taken to mean, folded, and whether that is written otherwise."""
    model = model or unveil.load(lexicons.shipped())
    found: list[tuple[str, bool]] = []
    for begin in range(0, len(texts), CHUNK):
        batch = fold_batch(texts[begin : begin + CHUNK])
        folded = batch.text()[1:-1].split(chr(0x10FFFF))
        restored = unveil.restore(batch, model)
        made = [(text, False) for text in folded]
        if restored.text.size:
            rewritten = unveil.rewrite(batch, restored)
            whole = rewritten.batch.text()[1:-1].split(chr(0x10FFFF))
            for place, text in zip(rewritten.texts.tolist(), whole, strict=True):
                made[place] = text, plain(text) != plain(folded[place])
        found += made
    return found


def folded(texts: Sequence[str]) -> list[str]:
    batch = fold_batch(texts)
    return batch.text()[1:-1].split(chr(0x10FFFF))


def found_again(whole: str, taken: str, words: Sequence[str]) -> tuple[bool, ...]:
    """Which words, in the order in which they stand in `whole`, stand in `taken` at their place."""
    blocks = SequenceMatcher(None, whole, taken, autojunk=False).get_matching_blocks()
    kept = np.zeros(len(whole) + 1, bool)
    for place, _, size in blocks:
        kept[place : place + size] = True
    done, out = 0, []
    for word in words:
        at = whole.index(word, done)
        done = at + len(word)
        out.append(bool(kept[at:done].all()))
    return tuple(out)


class Pair(NamedTuple):
    """A comment as it was written and as it is shown, and the words that are hidden there."""

    whole: str
    shown: str
    hidden: list[str]


def cloaked(
    attack: str, texts: Sequence[str], words: frozenset[str], half: Half = "held"
) -> list[Pair]:
    """All comments of which an attack can hide every one of these words that is there."""
    made: list[Pair] = []
    for number, text in enumerate(texts):
        targets = targets_of(text, words)
        rng = Random(f"{SEED} {attack} {half} {number}")
        done = cloak(text, targets, attack, half, rng) if targets else None
        if done and done.hidden == len(targets):
            made.append(Pair(text, done.text, [text[a:b] for a, b in targets]))
    return made


def meant(texts: Sequence[str], part: str) -> dict[str, str]:
    """Of the comments in a part of COLD in which readers found words that their writers had hidden,
    what they mean, by what is written; both without signs."""
    hidden: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for guess, reading in said(part).items():
        if reading == "y":
            hidden[guess.row].append((guess.start, guess.end, guess.word))
    out: dict[str, str] = {}
    for row, some in hidden.items():
        batch = fold_batch([texts[row]])
        text = as_text(without_signs(batch).codes)[1:-1]  # readers' places are those of unveiling
        for start, end, word in sorted(some, reverse=True):  # places before stay valid
            text = text[:start] + word + text[end:]
        out[plain(batch.text()[1:-1])] = plain(text)
    return out


def cases(
    attack: str,
    texts: Sequence[str],
    calm: Sequence[str],
    words: frozenset[str],
    half: Half = "held",
    model: Unveiler | None = None,
    means: Mapping[str, str] | None = None,
) -> list[Case]:
    """All comments that an attack could change, and as many calm ones, read by what is shipped
    unless another model is given. Some of them, as written, `means` something else."""
    means = means or {}
    made = cloaked(attack, texts, words, half)
    wholes = folded([one.whole for one in made])
    shown = [one.shown for one in made]
    found: list[Case] = []
    for one, whole, there, (taken, changed) in zip(
        made, wholes, folded(shown), readings(shown, model), strict=True
    ):
        bare, seen = plain(whole), plain(taken)
        targets = [plain(word) for word in folded(one.hidden)]
        again = found_again(bare, seen, targets)
        back = any(found_again(bare, plain(there), targets))
        found.append(Case(bare, seen, changed, True, again, back, means.get(bare)))
    others = list(calm[: len(made)])
    for whole, (taken, changed) in zip(folded(others), readings(others, model), strict=True):
        bare = plain(whole)
        found.append(Case(bare, plain(taken), changed, False, (), meant=means.get(bare)))
    return found


def as_meant(some: Sequence[Case]) -> list[Case]:
    """The same, what their writers had hidden hidden as well."""
    return [
        one if one.meant is None else one._replace(whole=one.meant, cloaked=True) for one in some
    ]


def counted(some: Sequence[Case]) -> tuple[Mask, Mask, Mask]:
    """Which are restored as they were, which were restored at all, and which had been cloaked."""
    right = np.array([one.cloaked and one.read == one.whole for one in some])
    # Where folding alone restores everything, nothing need be changed.
    taken = np.array([one.changed or (one.cloaked and one.read == one.whole) for one in some])
    return right, taken, np.array([one.cloaked for one in some])


def f1(right: Mask, taken: Mask, hidden: Mask) -> float:
    """F1 of what was taken to be hidden and what was, by which of them are right."""
    return float(2 * right.sum() / max(taken.sum() + hidden.sum(), 1))


def figures(some: Sequence[Case]) -> str:
    """Sentence F1 with its interval, precision, recall, and the share of words."""
    right, taken, hidden = counted(some)
    rng = np.random.default_rng(SEED)
    draws = [rng.integers(0, len(some), len(some)) for _ in range(RESAMPLES)]
    scores = [f1(right[d], taken[d], hidden[d]) for d in draws]
    low, high = np.quantile(scores, [0.025, 0.975])
    score, noticed = f1(right, taken, hidden), f1(taken & hidden, taken, hidden)
    words = [again for one in some for again in one.words]
    wrong = sum(one.changed for one in some if not one.cloaked) / max((~hidden).sum(), 1)
    return (
        f"n {hidden.sum()}; F1 {score:.3f} ({low:.3f}-{high:.3f}); "
        f"precision {right.sum() / max(taken.sum(), 1):.3f}, "
        f"recall {right.sum() / hidden.sum():.3f}; "
        f"words {np.mean(words):.3f}; untouched ones changed {wrong:.3f}; "
        f"noticed, F1 {noticed:.3f}; as meant, F1 {f1(*counted(as_meant(some))):.3f}"
    )


def listed() -> frozenset[str]:
    """The lexicon's entries of harm that are two Chinese characters or more."""
    shipped = lexicons.shipped()
    harm = np.flatnonzero((shipped.role < len(KINDS)) & ~shipped.shadow)
    terms = (shipped.terms[place] for place in harm)
    return frozenset(term for term in terms if len(term) > 1 and HAN.fullmatch(term))


def run(tell: Callable[[str, str], None]) -> None:
    train, test = DATA / "cold" / "train.csv", DATA / "cold" / "test.csv"
    if not (train.is_file() and test.is_file()):
        tell("unveil", f"left out: {train.parent} is missing; set LIANZHI_DATA")
        return
    words = frozenset(telling(*read(train)))
    bad, calm = by_label(test)
    means = meant(read(test)[0], "test")
    for hidden, some in {"telling words": words, "lexicon": listed()}.items():
        for attack in ATTACKS:
            found = cases(attack, bad, calm, some, means=means)
            tell(f"{attack}, held, {hidden}", figures(found))
            if attack == "lookalike":
                left = [one for one in found if one.cloaked and not one.folded]
                untouched = [one for one in found if not one.cloaked][: len(left)]
                tell(f"{attack} by none that folds, {hidden}", figures([*left, *untouched]))


if __name__ == "__main__":
    run(lambda name, value: print(f"unveil: {name:38} {value}", file=sys.stdout, flush=True))
