"""What content digests cost: `python -m bench.digests`, pairs of runs with and without them.

A run accepts events durably, then seals them. Digests of contents are made when a segment is
sealed; intake pays for them only where an id comes again. Processor time of both, as paired
ratios with a 95 % interval of their mean (Student's t on logarithms).
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import exp, log
from pathlib import Path
from statistics import mean, stdev

from scipy.stats import t

from bench.stream import BEGIN, DAY, rows
from lianzhi.flow.intake import Limits, read
from lianzhi.store import events as event_store
from lianzhi.store import sealing
from lianzhi.store.events import EventStore

BATCH = 2_000


def run(batches: list[bytes], *, digests: bool) -> tuple[float, float]:
    """Seconds of processor time for accepting and for sealing."""
    now = BEGIN + 3 * DAY
    with tempfile.TemporaryDirectory() as name, _digests(on=digests):
        store = EventStore(Path(name), 1 << 30)
        began = time.process_time()
        for body in batches:
            batch = read(body, now, Limits())
            written = store.accept(batch.events, batch.lines, now, 0, lambda *_: None)
            store.sync(written.position)
        accepted = time.process_time()
        store.log.turn()
        store.seal(lambda result: None)
        sealed = time.process_time()
        store.close()
    return accepted - began, sealed - accepted


@contextmanager
def _digests(*, on: bool) -> Iterator[None]:
    """Content digests as they are, or all alike at no cost."""
    real: Callable[..., int] = event_store.content_digest
    if not on:
        event_store.content_digest = lambda event, key: 0
    try:
        yield
    finally:
        event_store.content_digest = real


def interval(ratios: list[float]) -> str:
    """Mean ratio with its 95 % interval."""
    logs = [log(ratio) for ratio in ratios]
    half = t.ppf(0.975, len(logs) - 1) * stdev(logs) / len(logs) ** 0.5
    middle = mean(logs)
    return f"{exp(middle):.2f} ({exp(middle - half):.2f} to {exp(middle + half):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.digests")
    parser.add_argument("--events", type=int, default=40_000)
    parser.add_argument("--pairs", type=int, default=6)
    given = parser.parse_args()
    sealing.SMALL_BYTES = 1 << 40  # in this process, whose time is taken
    lines = list(rows(given.events, 1_000))
    batches = [b"".join(lines[n : n + BATCH]) for n in range(0, len(lines), BATCH)]
    run(batches[:2], digests=True)
    with_, without = [], []
    for pair in range(given.pairs):
        for digests in (True, False) if pair % 2 else (False, True):
            (with_ if digests else without).append(run(batches, digests=digests))
    for place, part in enumerate(("acceptance", "sealing")):
        pairs = list(zip(with_, without, strict=True))
        ratios = [one[place] / other[place] for one, other in pairs]
        print(f"{part}, with digests / without: {interval(ratios)}")
    whole = [sum(one) / sum(other) for one, other in zip(with_, without, strict=True)]
    print(f"both: {interval(whole)}")
    per_event = mean(sum(one) - sum(other) for one, other in zip(with_, without, strict=True))
    print(f"a digest takes {1e6 * per_event / given.events:.2f} µs of processor time an event")


if __name__ == "__main__":
    main()
