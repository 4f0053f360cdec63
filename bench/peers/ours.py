"""Lianzhi as a whole, in a fresh process: loading, memory, rates, and in which texts it sees harm.

`python -m bench.peers.ours JOB`; of its job the patterns are not used: it has its own lexicon.
Nothing may be imported here that Lianzhi imports too, or loading would be told too short.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.peers.jobs import Job, memory

CHUNK, FEW, CLEAR = 512, 500, 0.5


def _seconds(work: Callable[[], object], rounds: int) -> float:
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return sorted(took)[len(took) // 2]


def measure(job: Job) -> dict[str, Any]:
    """Seconds to load, for each way of reading all texts, and for one text; peak memory."""
    begin = time.perf_counter()
    from lianzhi.text import assess, assess_many, score_many  # noqa: PLC0415 - this is measured
    from lianzhi.text.arrays import compiled  # noqa: PLC0415 - this is measured
    from lianzhi.text.fold.folding import fold_batch  # noqa: PLC0415
    from lianzhi.text.pipeline import judge  # noqa: PLC0415

    imported = time.perf_counter() - begin
    assess("你好")
    loading = time.perf_counter() - begin
    texts = job.texts
    scores = score_many(texts)
    alone = score_many(texts, restore=False)
    answer = {
        "any": (scores.kinds.max(axis=1) > 0).tolist(),
        "clear": (scores.kinds.max(axis=1) >= CLEAR).tolist(),
        "written": (alone.kinds.max(axis=1) > 0).tolist(),
    }
    if not job.rounds:
        return answer
    chunks = [texts[place : place + CHUNK] for place in range(0, len(texts), CHUNK)]
    few = texts[:FEW]
    assess_many(texts)
    one, idle = [], []
    for text in few:
        begin = time.perf_counter()
        told = assess(text)
        one.append(time.perf_counter() - begin)
        if not told.kinds and not told.restored:
            idle.append(one[-1])
    one.sort()
    idle.sort()
    return answer | {
        "compiled": bool(compiled.twin("unveil._lattice_walk")),
        "import": imported,
        "loading": loading,
        "match": _seconds(lambda: [judge(fold_batch(chunk)) for chunk in chunks], job.rounds),
        "score_many": _seconds(lambda: score_many(texts), job.rounds),
        "score_many alone": _seconds(lambda: score_many(texts, restore=False), job.rounds),
        "assess_many": _seconds(lambda: assess_many(texts), job.rounds),
        "one": one[len(one) // 2],
        "one, idle": idle[len(idle) // 2],
        "one, slow": one[len(one) * 99 // 100],
        "one, mean": sum(one) / len(one),
        "peak": memory("VmHWM"),
    }


if __name__ == "__main__":
    told = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    json.dump(measure(told), sys.stdout)
