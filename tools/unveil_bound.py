"""What a perfect judge of guesses would do for unveiling, and what none can.

    PYTHONPATH=.:tools python tools/unveil_bound.py [DATA]

Decoding picks for each comment the likeliest reading of what may be hidden there, leniently; trees
then weigh each guess. Here every guess is taken that is right and no other, as if trees knew: what
is still short of the goal was never guessed, or another word was taken to be likelier there, and no
better weighing brings it back. Comments are COLD's test set, cloaked by the held-out half as
`python -m bench unveil` does, words those of the lexicon; harmless comments stay as they are, so
that precision is the best there is. Takes a minute.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from bench.cloak import ATTACKS, Half
from bench.cloak.words import by_label
from bench.unveil import CHUNK, Case, Pair, cloaked, counted, f1, found_again, listed
from bench.unveil import folded as folded_texts
from bench.unveil import plain as bare
from bench.wild import placed

from lianzhi.text import unveil
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.unveil.channel import SWAP
from lianzhi.text.unveil.plain import plain_text
from lianzhi.text.unveil.restoration import best_guesses, score_batch
from lianzhi.text.unveil.unveiler import Unveiler
from train_weighing import right


def judged(pairs: list[Pair], model: Unveiler) -> list[str]:
    """What comments are taken to mean, without signs, where all guesses that are right are taken,
    and no others."""
    out: list[str] = []
    for begin in range(0, len(pairs), CHUNK):
        some = pairs[begin : begin + CHUNK]
        known = score_batch(fold_batch([one.shown for one in some]), model)
        guesses, _ = best_guesses(known, model)
        lines, swapped = known.lines, (guesses.ways >> SWAP & 1).tolist()
        taken = list(lines)
        rows = list(zip(placed(known, guesses, model.words), swapped, strict=True))
        for guess, swap in reversed(rows):  # from the last on: places stay valid
            text, start, end, word = guess
            if right(lines[text], plain_text(some[text].whole), guess, bool(swap)):
                taken[text] = taken[text][:start] + word + taken[text][end:]
        out += taken
    return out


def cases(pairs: list[Pair], model: Unveiler) -> list[Case]:
    """The same as cases, beside as many comments that nobody touched and nothing changes."""
    found = [Case("", "", False, False, ())] * len(pairs)
    wholes = folded_texts([one.whole for one in pairs])
    for one, whole, taken in zip(pairs, wholes, judged(pairs, model), strict=True):
        meant, seen = bare(whole), bare(taken)
        again = found_again(meant, seen, [bare(word) for word in folded_texts(one.hidden)])
        changed = seen != bare(folded_texts([one.shown])[0])
        found.append(Case(meant, seen, changed, True, again))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="F1 of unveiling if each guess were judged right.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--train", action="store_true", help="COLD's dev set, by the train half")
    options = parser.parse_args()
    half: Half = "train" if options.train else "held"
    try:
        bad, _ = by_label(options.data / "cold" / ("dev.csv" if options.train else "test.csv"))
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    words, model = listed(), unveil.load(lexicons.shipped())
    for attack in ATTACKS:
        found = cases(cloaked(attack, bad, words, half), model)
        again = [one for case in found for one in case.words]
        print(
            f"{attack:16} {len(found) // 2:4} comments; F1 {f1(*counted(found)):.3f} at best; "
            f"hidden words there again {np.mean(again):.3f}, "
            f"{len(again) - sum(again)} of {len(again)} not",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
