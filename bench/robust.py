"""Recall that is kept when what is offensive in a comment is cloaked; `python -m bench robust`.

On COLD's test set. Targets are the words of `bench.cloak.words`, counted on its train set. For each
attack and half the comments in which every target could be changed; of the offensive ones, recall
by `offence` cloaked over recall as written, at thresholds that clean harmless comments fix; of
the harmless ones, false alarms as written and cloaked likewise: a detector that merely flags odd
writing shows there. `blanked` has squares in the place of targets: what is left to go by without
them. Percentile bootstrap over comments, 95 %.
"""

import sys
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.cloak import ATTACKS, HALVES, Half, cloak, targets_of
from bench.cloak.words import by_label, read, telling
from bench.stream import DATA
from lianzhi.text import score_many

SEED, RESAMPLES = 1, 2000
#: Threshold of `offence` whose false alarms are taken, and a second, stricter rate.
THRESHOLD, STRICT = 0.5, 0.05
#: Emoji that people strew in, by hand.
DECORATIONS = (
    "😂👍❤🙏🔥💪😭🌹🎉😊🤣😍😘🥰😅👏💕✨🌸😁😎🤔😄🥺☀🌞🎂"
    "🍀💯👌🙈😳😱🎵🌟☕🍉🐶🐱🌙⭐😴😜🤗💖🎁🍻🌈⚡🚀🏀"
)
Scores = NDArray[np.float32]
Targets = Sequence[tuple[int, int]]


class Pool(NamedTuple):
    """Comments of one label that have targets, with their targets and scores as written."""

    texts: list[str]
    targets: list[list[tuple[int, int]]]
    clean: Scores


def pool(texts: Sequence[str], words: frozenset[str]) -> Pool:
    targets = [targets_of(text, words) for text in texts]
    kept = [(text, some) for text, some in zip(texts, targets, strict=True) if some]
    chosen = [text for text, _ in kept]
    return Pool(chosen, [some for _, some in kept], score_many(chosen).offence)


def cloaked(comments: Pool, attack: str, half: Half) -> list[str | None]:
    """Each comment cloaked; None where a target could not be."""
    return [
        _wholly(text, targets, attack, half, Random(f"{SEED} {attack} {half} {number}"))
        for number, (text, targets) in enumerate(zip(comments.texts, comments.targets, strict=True))
    ]


def _wholly(text: str, targets: Targets, attack: str, half: Half, rng: Random) -> str | None:
    made = cloak(text, targets, attack, half, rng)
    return made.text if made and made.hidden == len(targets) else None


def blanked(comments: Pool) -> list[str | None]:
    made: list[str | None] = []
    for text, targets in zip(comments.texts, comments.targets, strict=True):
        signs = list(text)
        for start, end in targets:
            signs[start:end] = "□" * (end - start)
        made.append("".join(signs))
    return made


def strewn(texts: Sequence[str]) -> list[str]:
    """Comments with one to three emoji at their end, their beginning, or after a mark inside."""
    made = []
    for number, text in enumerate(texts):
        rng = Random(f"{SEED} strewn {number}")
        signs = "".join(rng.choice(DECORATIONS) for _ in range(rng.choice((1, 1, 2, 3))))
        ends = [place + 1 for place, sign in enumerate(text) if sign in "，。！？,"]
        place = rng.choice((len(text), len(text), 0, rng.choice(ends or [len(text)])))
        made.append(text[:place] + signs + text[place:])
    return made


def paired(comments: Pool, made: Sequence[str | None]) -> tuple[Scores, Scores]:
    """Scores as written and cloaked, of the comments that were."""
    which = [number for number, text in enumerate(made) if text is not None]
    after = score_many([text for text in made if text is not None]).offence
    return comments.clean[which], after


def kept(before: Scores, after: Scores, threshold: float) -> str:
    """Recall cloaked over recall as written, with its interval."""
    flagged = np.stack([before >= threshold, after >= threshold]).astype(np.int64)
    draws = np.random.default_rng(SEED).integers(0, len(before), (RESAMPLES, len(before)))
    sums = np.array([flagged[:, draw].sum(1) for draw in draws])
    low, high = np.quantile(sums[:, 1] / np.maximum(sums[:, 0], 1), [0.025, 0.975])
    all_before, all_after = flagged.sum(1)
    return f"{all_after / max(all_before, 1):.3f} ({low:.3f}-{high:.3f})"


def share(scores: Scores, threshold: float) -> str:
    return f"{(scores >= threshold).mean():.3f}" if len(scores) else "none"


def run(tell: Callable[[str, str], None]) -> None:
    train, test = DATA / "cold" / "train.csv", DATA / "cold" / "test.csv"
    if not (train.is_file() and test.is_file()):
        tell("robust", f"left out: {train.parent} is missing; set LIANZHI_DATA")
        return
    words = frozenset(telling(*read(train)))
    bad, calm = by_label(test)
    harmful, harmless = pool(bad, words), pool(calm, words)
    safe = score_many(calm).offence
    strict = float(np.quantile(safe, 1 - STRICT))
    tell("words to hide", f"{len(words)}")
    tell("comments that have some", f"{len(harmful.texts)} offensive, {len(harmless.texts)} others")
    tell(
        "thresholds, false alarms on all clean harmless comments",
        f"{THRESHOLD:.3f}: {share(safe, THRESHOLD)}; {strict:.3f}: {share(safe, strict)}",
    )
    for threshold in (THRESHOLD, strict):
        tell(f"recall as written at {threshold:.3f}", share(harmful.clean, threshold))

    def row(name: str, bad: Sequence[str | None], good: Sequence[str | None]) -> None:
        before, after = paired(harmful, bad)
        plain, odd = paired(harmless, good)
        if not len(before):
            tell(name, "no comment could be changed")
            return
        shares = [kept(before, after, threshold) for threshold in (THRESHOLD, strict)]
        alarms = f"{share(plain, THRESHOLD)} to {share(odd, THRESHOLD)}"
        tell(name, f"n {len(before)}; kept {shares[0]}; strict {shares[1]}; others {alarms}")

    for name, some in (("as they are", calm), ("with emoji strewn in", strewn(calm))):
        alone = score_many(some, restore=False).offence
        tell(
            f"false alarms on harmless comments {name}",
            f"of what is written alone {share(alone, THRESHOLD)}, with what is meant "
            f"{share(score_many(some).offence, THRESHOLD)}",
        )
    row("blanked", blanked(harmful), blanked(harmless))
    for attack in ATTACKS:
        for half in HALVES:
            row(
                f"{attack}, {half}",
                cloaked(harmful, attack, half),
                cloaked(harmless, attack, half),
            )


if __name__ == "__main__":
    run(lambda name, value: print(f"robust: {name:58} {value}", file=sys.stdout, flush=True))
