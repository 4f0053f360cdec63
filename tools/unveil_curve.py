"""What more text would do for unveiling: F1 by how much of the texts the trigram model reads.

    PYTHONPATH=.:tools python tools/unveil_curve.py [DATA]

Everything else stays as it is shipped: words, tables, and the trees, which were fitted with a model
that had read all; so models of less text fare worse than they had to, and what a doubling brings
is, if anything, told as more than it is. Comments are COLD's test set, cloaked as `python -m bench
unveil` does, words those of the lexicon. Takes some ten minutes.
"""

import argparse
import random
import sys
from pathlib import Path

from bench import unveil as bench
from bench.cloak.words import by_label

from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.lexicon import lexicons
from lianzhi.text.unveil import channel, unveiler, word_records
from lianzhi.text.unveil.language import Language
from train_unveil import comments, language, material

ATTACKS = ("homophone", "near_homophone", "emoji", "lookalike", "initials", "mixed")
SHARES = (0.125, 0.25, 0.5, 1.0)
SEED, GOAL = 1, 0.9


def fitted(some: list[str]) -> unveiler.Unveiler:
    """What is shipped, with a trigram model of these texts."""
    counted = [str(word) for word in load_arrays("lianzhi.text.unveil", "language")["words"]]
    model = Language.of(language(some))
    return unveiler.with_lexicon(
        lexicons.shipped(), channel.load(), model, counted, word_records.load()
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="F1 of unveiling by how much text is read.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    try:
        cold, swsr = comments(data)
        bad, calm = by_label(data / "cold/test.csv")
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    every = material(cold + swsr)
    random.Random(SEED).shuffle(every)
    words, found = bench.listed(), {attack: [0.0] * len(SHARES) for attack in ATTACKS}
    for place, share in enumerate(SHARES):
        some = every[: round(share * len(every))]
        model = fitted(some)
        print(f"{share:.3f}: {sum(map(len, some)):,} characters", flush=True)
        for attack in ATTACKS:
            made = bench.cases(attack, bad, calm, words, model=model)
            found[attack][place] = bench.f1(*bench.counted(made))
    for attack, scores in found.items():
        gain = scores[-1] - scores[-2]
        if scores[-1] >= GOAL:
            left = "reached"
        elif gain <= 0:
            left = "out of reach"
        else:
            left = f"{(GOAL - scores[-1]) / gain:.1f} doublings away"
        told = " ".join(f"{score:.3f}" for score in scores)
        print(f"{attack:16} {told}   last doubling {gain:+.3f}; {GOAL:.2f} is {left}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
