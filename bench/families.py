"""Text families in made reviews: `python -m bench.families [--million] [--seed N]`.

Buyers write of 200 shops: clauses drawn from lists, in any number and order; one in six a stock
phrase that everybody writes. To some shops an army writes by one template whose characters are
exchanged, left out, put in, and whose clauses change places, the more the higher the strength of
editing. One shop holds a lottery that has its text repeated. Told: which of the army's posts are
found, how many of the posts found are the army's, and which families are false. Shares no code and
no constants with what looks for families.
"""

import argparse
import resource
import time
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lianzhi.domains.astroturf.families import Posts, judge
from lianzhi.stats.intervals import wilson

SHOPS, REVIEWS, ARMIES, SIZE, WORLDS = 200, 12_000, 8, 20, 10
STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


class World(NamedTuple):
    """Posts, and which army each is of; -1 of none, -2 of the lottery."""

    posts: Posts
    army: np.ndarray


def organic(draw: np.random.Generator) -> str:
    """What a buyer writes."""
    if draw.random() < 1 / 6:
        return str(draw.choice(WORDS["stock"]))
    parts = [
        f"{draw.choice(WORDS['things'])}{draw.choice(WORDS['how'])}"
        for _ in range(draw.integers(1, 5))
    ]
    if draw.random() < 0.6:
        parts.insert(
            0,
            f"{draw.choice(WORDS['who'])}来的"
            if draw.random() < 0.5
            else str(draw.choice(WORDS["who"])),
        )
    if draw.random() < 0.6:
        parts.append(str(draw.choice(WORDS["aside"])))
    return "，".join(parts)


def edited(clauses: list[str], strength: float, draw: np.random.Generator) -> str:
    """A template with a share of its characters edited, and clauses that may change places."""
    some = list(clauses)
    if draw.random() < strength:
        draw.shuffle(some)
    out = []
    for char in "，".join(some):
        if char == "，" or draw.random() >= strength:
            out.append(char)
        elif (kind := draw.integers(3)) == 0:
            out.append(str(draw.choice(list(WORDS["chars"]))))
        elif kind == 1:
            out += [char, str(draw.choice(list(WORDS["chars"])))]
    return "".join(out)


def world(strength: float, draw: np.random.Generator, reviews: int = REVIEWS) -> World:
    """One world."""
    text = [organic(draw) for _ in range(reviews)]
    shop = np.minimum((draw.pareto(1.0, reviews) * SHOPS / 20).astype(np.int64), SHOPS - 1)
    when = draw.integers(0, 90 * 86_400_000, reviews)
    who, army = draw.integers(0, reviews, reviews), np.full(reviews, -1)
    for number in range(-2, ARMIES):
        if number == -1:
            continue
        mine = [str(one) for one in draw.choice(WORDS["praise"], 4, replace=False)]
        if number == -2:
            mine = WORDS["lottery"]
        text += [edited(mine, strength if number >= 0 else 0.0, draw) for _ in range(SIZE)]
        shop = np.append(shop, np.full(SIZE, draw.integers(SHOPS)))
        since = draw.integers(0, 85 * 86_400_000)
        when = np.append(when, since + draw.integers(0, 2 * 86_400_000, SIZE))
        who = np.append(who, reviews + (number + 2) * SIZE + np.arange(SIZE))
        army = np.append(army, np.full(SIZE, number))
    return World(Posts(text, who, shop, when), army)


def measured(strength: float, seed: int) -> str:
    """Figures of several worlds."""
    whole = found = right = shown = families = false = lotteries = told = 0
    for place in range(WORLDS):
        made = world(strength, np.random.default_rng((seed, place, round(strength * 100))))
        caught = np.zeros(made.army.size, bool)
        for one in judge(made.posts):
            numbers = made.army[one.rows]
            if (numbers == -2).mean() > 0.5:
                lotteries += 1
                told += "lottery" in one.explanations
                continue
            families += 1
            false += (numbers >= 0).mean() < 0.5
            caught[one.rows] = True
        whole += int((made.army >= 0).sum())
        found += int((caught & (made.army >= 0)).sum())
        shown += int(caught.sum())
        right += int((caught & (made.army >= 0)).sum())
    low, high = wilson(found, whole)
    return (
        f"posts of armies found {found / whole:.3f} ({low:.3f}-{high:.3f}), "
        f"right among found {right / max(shown, 1):.3f}; {families} families, {false} false; "
        f"lotteries found {lotteries} of {WORLDS}, explained {told}"
    )


def million(seed: int) -> str:
    """Time and memory for a million short texts."""
    draw = np.random.default_rng(seed)
    small = world(0.2, draw, 100_000)
    size = len(small.posts.text)
    tail = [f"{a}{b}" for a in WORDS["things"] for b in WORDS["how"]]
    text = [
        f"{small.posts.text[n % size]}，{tail[(n // size * 97 + n) % len(tail)]}"
        for n in range(1_000_000)
    ]
    rows = np.arange(1_000_000)
    posts = Posts(text, rows % 300_000, rows % 5000, rows * 5000)
    since = time.process_time()
    judge(posts)
    taken = time.process_time() - since
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    different = len(set(text))
    return f"{taken:.1f} CPU s, {most:.2f} GB at most; {different:,} different texts"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--million", action="store_true")
    options = parser.parse_args()
    for strength in STRENGTHS:
        print(f"families: strength of editing {strength:.1f}: {measured(strength, options.seed)}")
    if options.million:
        print(f"families: 1,000,000 short texts: {million(options.seed)}")


if __name__ == "__main__":
    main()
