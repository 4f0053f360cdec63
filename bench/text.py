"""Throughput of folding, matching and scoring comments on one core; `python -m bench.text`.

Comments are those of COLD's test set where the data folder is at hand, else made up of stock
phrases to about the same length. The peer does the same linear job (character n-grams of 1 to 3,
hashed, a dot product) with scikit-learn, in the same run and on the same comments.
"""

import cProfile
import csv
import itertools
import random
import statistics
import time
from collections.abc import Callable

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from bench.stream import DATA
from lianzhi.text import assess, fold, score_many
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.model import linear, patterns
from lianzhi.text.pipeline import judge

COLD = DATA / "cold" / "test.csv"
COUNT, CHUNK, ROUNDS, LENGTH = 20_000, 512, 5, 48
PHRASES = ["今天天气真好", "这手机不错", "你怎么这么说", "加油", "太恶心了", "滚出去", "谢谢分享"]


def comments() -> tuple[list[str], str]:
    if COLD.is_file():
        with COLD.open(encoding="utf-8-sig", newline="") as file:
            rows = itertools.islice(csv.DictReader(file), COUNT)
            return [row["TEXT"] for row in rows], "COLD test comments"
    draw = random.Random(0)
    words = [draw.choices(PHRASES, k=LENGTH // 6) for _ in range(COUNT)]
    return ["，".join(some) for some in words], f"made-up comments ({COLD} is missing)"


def seconds(work: Callable[[], object]) -> float:
    """Median over rounds, after one to warm up."""
    work()
    took = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return statistics.median(took)


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, in Python and below it."""
    profile = cProfile.Profile()
    profile.runcall(work)
    return sum(entry.callcount for entry in profile.getstats())


def run() -> list[tuple[str, float, str]]:
    begin = time.perf_counter()
    assess("你好")
    loading = time.perf_counter() - begin
    texts, source = comments()
    chunks = [texts[i : i + CHUNK] for i in range(0, len(texts), CHUNK)]
    batches = [fold_batch(chunk) for chunk in chunks]
    model, soft = linear.load(), patterns.load()
    hashing = HashingVectorizer(
        analyzer="char", ngram_range=(1, 3), n_features=1 << 20, alternate_sign=False
    )
    weights = np.random.default_rng(0).standard_normal(1 << 20)

    rates = {
        "fold, batches": seconds(lambda: [fold_batch(chunk) for chunk in chunks]),
        "match, folded": seconds(lambda: [judge(batch) for batch in batches]),
        "linear model, folded": seconds(lambda: [model.logit(batch) for batch in batches]),
        "patterns, folded": seconds(lambda: [soft.logit(batch) for batch in batches]),
        "score_many": seconds(lambda: score_many(texts)),
    }
    peer = seconds(lambda: [hashing.transform(chunk) @ weights for chunk in chunks])
    few = texts[:1000]
    length = sum(map(len, texts)) / len(texts)
    numbers = np.arange(round(length), dtype=np.uint32)
    return [
        (f"text: {source}, mean length", length, "code points"),
        ("text: loading at first use", loading * 1e3, "ms"),
        *((f"text: {name}", len(texts) / took, "msg/s") for name, took in rates.items()),
        ("text: score_many", rates["score_many"] / len(texts) * 1e6, "us/msg"),
        ("text: peer, HashingVectorizer and dot product", len(texts) / peer, "msg/s"),
        ("text: score_many to peer", peer / rates["score_many"], "times"),
        ("text: fold, one by one", seconds(lambda: [fold(t) for t in few]) * 1e3, "us/msg"),
        ("text: assess, one by one", seconds(lambda: [assess(t) for t in few]) * 1e3, "us/msg"),
        # What a message alone costs at least, however little is done: each call has its price.
        (
            "text: assess, one by one: functions called",
            calls(lambda: [assess(t) for t in few]) / len(few),
            "calls/msg",
        ),
        (
            "text: NumPy adding as many numbers as a message has",
            seconds(lambda: [numbers + numbers for _ in few]) * 1e6,
            "ns",
        ),
    ]


if __name__ == "__main__":
    for name, value, unit in run():
        print(f"{name:58} {value:12,.1f} {unit}")
