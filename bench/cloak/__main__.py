"""See the attacks at work: `python -m bench.cloak TEXT [WORD ...]`.

Prints what each attack and half makes of TEXT, of its WORDs or else of its Han characters; where
COLD is at hand, also how many of its offensive test comments each attack can change.
"""

import argparse
from random import Random

from bench.cloak import ATTACKS, HALVES, cloak, targets_of
from bench.cloak.sounds import HAN
from bench.cloak.words import read, telling
from bench.stream import DATA

EXAMPLES = 3


def show(text: str, words: list[str]) -> None:
    targets = targets_of(text, words) if words else [run.span() for run in HAN.finditer(text)]
    for attack in ATTACKS:
        for half in HALVES:
            for number in range(EXAMPLES):
                made = cloak(text, targets, attack, half, Random(number))
                print(f"{attack:15} {half:6}", made.text if made else "(nothing to do)")


def count() -> None:
    cold = DATA / "cold"
    if not (cold / "train.csv").is_file():
        print(f"{cold} is missing; set LIANZHI_DATA to count what can be changed there")
        return
    words = frozenset(telling(*read(cold / "train.csv")))
    texts, labels = read(cold / "test.csv")
    found = [(t, targets_of(t, words)) for t, bad in zip(texts, labels, strict=True) if bad]
    aimed = [(text, targets) for text, targets in found if targets]
    print(f"offensive test comments of COLD with words to hide: {len(aimed)} of {len(found)}")
    for attack in ATTACKS:
        for half in HALVES:
            rng = Random(0)
            made = [cloak(text, targets, attack, half, rng) for text, targets in aimed]
            some = sum(one is not None for one in made)
            pairs = zip(made, aimed, strict=True)
            wholly = sum(one is not None and one.hidden == len(two[1]) for one, two in pairs)
            print(f"{attack:15} {half:6} changes {some:5}, every target of {wholly:5}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.cloak", description=__doc__)
    parser.add_argument("text")
    parser.add_argument("words", nargs="*", metavar="WORD")
    given = parser.parse_args()
    show(given.text, given.words)
    count()
