"""Diversity audits: planted bubbles found, false alarms, and seconds for a million people.

A world: 120 people with tastes of their own over 12 topics. An unfiltered feed and a personal one
show 30 items each by the person's taste; a bubble turns a share of the personal feed into one
topic. Without a bubble both feeds are drawn alike. A world is flagged where the verdict is
`confirmed` or `suspected`.
"""

import time

import numpy as np

from bench.share import share
from lianzhi.audits.diversity.feeds import Feeds
from lianzhi.audits.diversity.measuring import feed_measures, measure
from lianzhi.domains.algorithms.policy import load
from lianzhi.stats.topic_diversity import Lists

PEOPLE, ITEMS, TOPICS, WORLDS = 120, 30, 12, 1000
BUBBLES = (0.0, 0.1, 0.2, 0.3, 0.5)


def world(bubble: float, dice: np.random.Generator) -> Feeds:
    tastes = dice.dirichlet(np.ones(TOPICS), PEOPLE)
    topics = []
    for arm in (0, 1):
        for taste in tastes:
            feed = dice.choice(TOPICS, ITEMS, p=taste)
            if arm == 0:
                feed[dice.random(ITEMS) < bubble] = taste.argmax()
            topics.append(feed)
    person = np.tile(np.repeat(np.arange(PEOPLE), ITEMS), 2)
    arm = np.repeat([0, 1], PEOPLE * ITEMS)
    order = np.lexsort((arm, person))
    return Feeds(person[order], arm[order], np.concatenate(topics)[order], None, TOPICS, 0)


def flagged_share(bubble: float, *, worlds: int, seed: int) -> float:
    """Share of worlds in which a difference from the unfiltered feed is suspected or confirmed."""
    dice, policy = np.random.default_rng(seed), load().at(1_800_000_000_000)[1].diversity
    flagged = 0
    for n in range(worlds):
        audit = measure(world(bubble, dice), policy, n)
        flagged += any(
            each.verdict in ("confirmed", "suspected")
            for each in audit.measures
            if each.baseline == "unfiltered"
        )
    return flagged / worlds


def main() -> None:
    print(f"worlds flagged of {WORLDS:,}: {PEOPLE} people, {ITEMS} items, {TOPICS} topics")
    for seed, bubble in enumerate(BUBBLES):
        flagged = round(WORLDS * flagged_share(bubble, worlds=WORLDS, seed=seed))
        print(f"{bubble:.0%} of the feed in a bubble: {share(flagged, WORLDS, 3)}", flush=True)
    people, topics = 1_000_000, 19
    dice = np.random.default_rng(7)
    lists = Lists(np.repeat(np.arange(people), 10), dice.integers(0, topics, 10 * people))
    begun, worked = time.perf_counter(), time.process_time()
    feed_measures(lists, people, np.full(topics, 1 / topics))
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    print(f"{people:,} people, 10 items, {topics} topics: {took:.1f} s ({worked:.1f} s CPU)")


if __name__ == "__main__":
    main()
