"""The tools from PyPI, and the automaton of Lianzhi as one of them.

Each is built of patterns and then tells of texts, a call a text as its users would, whether any
pattern stands there; all matches are asked for, not only the first. Lianzhi takes texts in batches
and folds them first: that is how it is used. `python -m bench.peers.tools NAME JOB` measures one.
"""

import ctypes
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from bench.peers.jobs import Job, memory

CHUNK = 512
Find = Callable[[Sequence[str]], list[bool]]


class Tool(NamedTuple):
    """A package, what of it is imported, and how it is used."""

    package: str
    imported: str
    build: Callable[[Any, Sequence[str]], Find]


def _pyahocorasick(module: Any, patterns: Sequence[str]) -> Find:
    automaton = module.Automaton()
    for pattern in patterns:
        automaton.add_word(pattern, pattern)
    automaton.make_automaton()
    return lambda texts: [bool(list(automaton.iter(text))) for text in texts]


def _ahocorasick_rs(module: Any, patterns: Sequence[str]) -> Find:
    automaton = module.AhoCorasick(patterns)
    look = automaton.find_matches_as_indexes
    return lambda texts: [bool(look(text, overlapping=True)) for text in texts]


def _hyperscan(module: Any, patterns: Sequence[str]) -> Find:
    database = module.Database()
    written = [pattern.encode() for pattern in patterns]
    database.compile(
        expressions=written, ids=range(len(written)), elements=len(written), flags=0, literal=True
    )

    def hit(number: int, _start: int, end: int, _flags: int, hits: list[tuple[int, int]]) -> None:
        hits.append((number, end))

    def find(texts: Sequence[str]) -> list[bool]:
        found = []
        for text in texts:
            hits: list[tuple[int, int]] = []
            database.scan(text.encode(), hit, context=hits)
            found.append(bool(hits))
        return found

    return find


def _flashtext2(module: Any, patterns: Sequence[str]) -> Find:
    processor = module.KeywordProcessor(case_sensitive=False)
    processor.add_keywords_from_iter(patterns)
    return lambda texts: [bool(processor.extract_keywords(text)) for text in texts]


def _daachorse(module: Any, patterns: Sequence[str]) -> Find:
    automaton = module.CharwiseDoubleArrayAhoCorasick(patterns)
    return lambda texts: [bool(automaton.find_overlapping(text)) for text in texts]


def _lianzhi(module: Any, patterns: Sequence[str]) -> Find:
    # The others' memory shall not hold these.
    import numpy as np  # noqa: PLC0415

    from lianzhi.text.lexicon.hits import Entries  # noqa: PLC0415

    terms = sorted({module.fold(pattern).text for pattern in patterns})
    none = np.zeros(len(terms), np.int64)
    entries = Entries(terms, np.arange(len(terms)), none, none > 0)

    def find(texts: Sequence[str]) -> list[bool]:
        found: list[bool] = []
        for begin in range(0, len(texts), CHUNK):
            batch = module.fold_batch(texts[begin : begin + CHUNK])
            marks = np.zeros(batch.starts.size - 1, bool)
            marks[entries.find(batch).text] = True
            found += marks.tolist()
        return found

    return find


TOOLS = (
    Tool("pyahocorasick", "ahocorasick", _pyahocorasick),
    Tool("ahocorasick-rs", "ahocorasick_rs", _ahocorasick_rs),
    Tool("hyperscan", "hyperscan", _hyperscan),
    Tool("flashtext2", "flashtext2", _flashtext2),
    Tool("daachorse", "daachorse", _daachorse),
    Tool("lianzhi", "lianzhi.text.fold.folding", _lianzhi),
)


def measure(tool: Tool, job: Job) -> dict[str, Any]:
    """Build and look; seconds to build and to look once at all texts, bytes that building took."""
    module = import_module(tool.imported)
    _tidy()
    before, begin = memory("VmRSS"), time.perf_counter()
    find = tool.build(module, job.patterns)
    built = time.perf_counter() - begin
    _tidy()
    taken = memory("VmRSS") - before
    found = find(job.texts)
    took = []
    for _ in range(job.rounds):
        begin = time.perf_counter()
        find(job.texts)
        took.append(time.perf_counter() - begin)
    return {
        "version": _version(tool.package),
        "build": built,
        "memory": taken,
        "seconds": statistics.median(took) if took else 0.0,
        "found": found,
    }


def _tidy() -> None:
    """Give back what reading the job has left, or building would seem to take less than it does."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "here"


if __name__ == "__main__":
    name, path = sys.argv[1:]
    told = Job(**json.loads(Path(path).read_text(encoding="utf-8")))
    json.dump(measure(next(one for one in TOOLS if one.package == name), told), sys.stdout)
