"""The stream that the benchmarks send: who, to whom, what, when. Seeded; no code of the detector.

Popularity of targets follows a power law; seven in ten messages come from a target's regulars, the
rest from anybody. One event in ten carries no text. A third of the texts is from COLD's test set
where the data folder is at hand, about one in twenty offensive; each run says what it used.
"""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from lianzhi.domains.bullying.evaluation.texts import load_texts

DATA = Path(os.environ.get("LIANZHI_DATA", "../shared/data"))
BEGIN = 1_790_000_000_000
DAY = 86_400_000
BLOCK_BYTES = 1 << 20


def texts() -> tuple[str, list[str]]:
    """(what they are, texts): praise, news, questions, criticism; some heated, some offensive."""
    own = load_texts(None, seed=1)
    pools = ("praise", "news", "question", "criticism")
    calm = [own.table[n] for pool in pools for n in own.pools[pool, "report"][:500]]
    path = DATA / "cold" / "test.csv"
    if not path.exists():
        return f"sentences of our own ({path} is missing)", calm
    kept: dict[str, list[str]] = {"0": [], "1": []}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            kept[row["label"]].append(row["TEXT"])
    heated, offensive = kept["0"][: len(calm) // 2], kept["1"][: len(calm) // 12]
    return "two thirds of our own sentences, a third COLD test", calm + heated + offensive


def rows(
    count: int, targets: int, *, seed: int = 1, begin: int = BEGIN, span_ms: int = 2 * DAY
) -> Iterator[bytes]:
    """NDJSON lines in time order over `span_ms`."""
    rng = np.random.default_rng(seed)
    pool = texts()[1]
    ranks = np.minimum(targets - 1, (rng.pareto(0.9, count) * targets / 200)).astype(np.int64)
    regular = rng.random(count) < 0.7
    who = np.where(regular, rng.integers(0, 30, count), rng.integers(0, 1 << 30, count))
    kind = rng.choice(
        ["comment", "danmaku", "mention", "repost", "like"], count, p=[0.6, 0.1, 0.1, 0.1, 0.1]
    )
    said = rng.integers(0, len(pool), count)
    encode = msgspec.json.encode
    for n in range(count):
        target = int(ranks[n])
        actor = f"fan{target}_{who[n]}" if regular[n] else f"u{who[n]}"
        event = {
            "id": f"{seed}-{n}",
            "source": "bench",
            "kind": str(kind[n]),
            "time": begin + n * span_ms // count,
            "actor": actor,
            "target": f"t{target}",
            "object": f"post{target}",
        }
        if kind[n] != "like":
            event["text"] = pool[said[n]]
        yield encode(event) + b"\n"


def blocks(lines: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """(count, bytes) of about a mebibyte."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= BLOCK_BYTES:
            yield len(held), b"".join(held)
            held, size = [], 0
    if held:
        yield len(held), b"".join(held)
