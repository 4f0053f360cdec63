"""What the detectors that look back cost a node: `python -m bench looks`.

CPU seconds of one look at as many made-up ratings and texts as policy has a node remember, of what
it takes to fold in a thousand of each, and of reading a thousand comments for adverts. Ratings are
of people of their own mind about items that some like better; texts those of made reviews.
"""

import csv
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.adverts import SET
from bench.families import organic
from lianzhi.chain.event import Event
from lianzhi.domains.astroturf import policy
from lianzhi.domains.astroturf.adverts import offers
from lianzhi.domains.astroturf.adverts.detector import AdvertDetector
from lianzhi.domains.astroturf.detection.lookback import LookbackDetector
from lianzhi.domains.astroturf.families.detector import ReviewDetector
from lianzhi.domains.astroturf.ratings.detector import RatingDetector

DAY = 86_400_000
#: Comments that a node judges at a time under load, and while little happens.
TOGETHER = (256, 16, 1)


def spent(work: Callable[[], object]) -> float:
    """CPU seconds."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def stream(size: int, days: float, texts: bool) -> list[Event]:
    """Made-up events, the busiest accounts and things many times as busy as others."""
    draw = np.random.default_rng(1)
    account = (draw.pareto(1.2, size) * 2000).astype(int) % 60_000
    thing = (draw.pareto(1.1, size) * 100).astype(int) % 4000
    like = draw.normal(3.5, 0.6, 4000)[thing]
    stars = np.clip(np.rint(draw.normal(like, 1)), 1, 5).tolist()
    times = np.sort(draw.integers(0, int(days * DAY), size)).tolist()
    return [
        Event(
            id=f"e{n}", source="made-up", kind="rating", time=times[n], actor=f"u{account[n]}",
            object=f"film{thing[n]}", rating=stars[n], text=organic(draw) if texts else None, seq=n,
        )
        for n in range(size)
    ]  # fmt: skip


def look(name: str, detector: LookbackDetector[Any], size: int, days: float, texts: bool) -> None:
    """Fold a stream in without a look, then look once."""
    events = stream(size + 1, days, texts)
    state, _ = detector.step(detector.init(), events[:1])
    state.sources["made-up"].next = events[-1].time
    folded = spent(lambda: detector.step(state, events[1:-1]))
    print(f"{f'looks: {name}, folding in a thousand':64} {1000 * folded / size:.4f} CPU s")
    seconds = spent(lambda: detector.step(state, events[-1:]))
    print(f"{f'looks: {name}, one look at {size:,}':64} {seconds:.2f} CPU s")
    print(f"{f'looks: {name}, bytes of the state':64} {len(detector.dump(state)):,}")


def read(name: str, texts: list[str], together: int) -> None:
    """Read comments for adverts, so many together."""
    events = [
        Event(id=f"c{n}", source="made-up", kind="comment", time=n, actor=f"u{n}", text=text)
        for n, text in enumerate(texts)
    ]
    detector = AdvertDetector(policy.load())
    state = detector.init()

    def work() -> None:
        for first in range(0, len(events), together):
            detector.step(state, events[first : first + together])

    label = f"looks: adverts, a thousand of {name}, {together} together"
    print(f"{label:64} {1000 * spent(work) / len(events):.3f} CPU s")


def main() -> None:
    shipped, newest = policy.load(), policy.newest()
    with SET.open(encoding="utf-8", newline="") as file:
        challenge = [row["text"] for row in csv.DictReader(file)]
    draw = np.random.default_rng(2)
    comments = [organic(draw) for _ in range(4096)]
    offers(comments[:10])  # loads what is loaded once
    for name, texts in (("made reviews", comments), ("the challenge set", challenge)):
        for together in TOGETHER:
            read(name, texts[: 64 * together], together)
    ratings, reviews = newest.ratings, newest.reviews
    look("ratings", RatingDetector(shipped), ratings.most_actions, ratings.horizon_days, False)
    look("texts", ReviewDetector(shipped), reviews.most_actions, reviews.horizon_days, True)


if __name__ == "__main__":
    main()
