"""Throughput of the encoder on one core; `python -m bench encoder`.

Comments are those of `bench.text`. The linear tier is timed in the same run.
"""

import time

import numpy as np

from bench.text import comments, seconds
from lianzhi.text import fold, score_many
from lianzhi.text.model import encoder

COUNT = 1000


def run() -> list[tuple[str, float, str]]:
    begin = time.perf_counter()
    model = encoder.load()
    loading = time.perf_counter() - begin
    texts, source = comments()
    texts = texts[:COUNT]
    folded = [fold(text).text for text in texts]
    plain = score_many(texts).offence
    low, high = model.band
    alone = seconds(lambda: model.logit(folded))
    cutting = seconds(lambda: [model.pieces.cut(text) for text in folded])
    both = seconds(lambda: score_many(texts, encoder=model))
    linear = seconds(lambda: score_many(texts))
    asked = float(np.mean((plain >= low) & (plain <= high)))
    return [
        (f"encoder: {source}", len(texts), "messages"),
        ("encoder: loading at first use", loading * 1e3, "ms"),
        ("encoder: asked of", asked * 100, "%"),
        ("encoder: cutting into pieces", len(texts) / cutting, "msg/s"),
        ("encoder: every message", len(texts) / alone, "msg/s"),
        ("encoder: score_many with it", len(texts) / both, "msg/s"),
        ("encoder: score_many without", len(texts) / linear, "msg/s"),
    ]


if __name__ == "__main__":
    for name, value, unit in run():
        print(f"{name:58} {value:12,.1f} {unit}")
