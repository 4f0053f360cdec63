"""Co-action: CPU, time and memory, and whether peers find the same; `python -m bench accounts`.

`make bench-accounts` runs all of it. Recorded data are CooRTweet's set of 35,125 shares with what
CooRTweet found in it, where the data folder is at hand. Made-up data: accounts by Zipf's law,
objects by Pareto's, thirty days. Each size runs in a process of its own, from a Parquet file to a
Parquet file of edges. coordination-network-toolkit runs beside it on a million. A hundred million,
an object with a million actions on one day among them, take `--whole`, a few minutes and 15 GB.
"""

import csv
import gc
import json
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.stream import DATA
from lianzhi.accounts import kernel
from lianzhi.accounts.action import Columns
from lianzhi.accounts.coaction import Settings
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.results import Results
from lianzhi.accounts.source import Source

RECORDED = DATA / "coordination"
#: CPU seconds of CooRTweet's `detect_groups` on the recorded set, taken on a machine of this kind.
COORTWEET = 8.0
ROUNDS, MINUTE, START, MONTH = 5, 60_000, 1_700_000_000, 30 * 86_400
#: Actions, and the memory that DuckDB may use.
SIZES = {1_000_000: "600MB", 10_000_000: "600MB"}
WHOLE = {100_000_000: "2GB"}
PIECE = 5_000_000


def make(path: Path, count: int, seed: int = 1) -> None:
    """Write made-up actions."""
    draw = np.random.default_rng(seed)
    accounts, objects = count // 20, count // 4
    viral = count // 100
    writer = None
    for begin in range(0, count, PIECE):
        size = min(PIECE, count - begin)
        account = draw.zipf(1.2, size) % accounts
        thing = np.minimum((draw.pareto(1.1, size) * count / 200).astype(np.int64), objects)
        at = START + draw.integers(0, MONTH, size)
        if count in WHOLE:
            some = viral * size // count
            thing[:some], account[:some] = objects + 1, draw.integers(0, accounts, some)
            at[:some] = START + draw.integers(0, 86_400, some)
        columns = dict(
            zip(
                filter(None, Columns()),
                (account, thing, np.arange(begin, begin + size), at),
                strict=True,
            )
        )
        names = {name: pa.array(column).cast(pa.string()) for name, column in columns.items()}
        table = pa.table(names | {Columns().time: at})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=500_000)
    if writer is not None:
        writer.close()


def cpu() -> float:
    """CPU seconds of this process and those it has ended."""
    some = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in some)


def edges(
    path: Path, memory: str, settings: Settings, out: Path, threads: int | None = None
) -> dict[str, Any]:
    """Find edges, and what it took."""
    begin, spent = time.perf_counter(), cpu()
    with (
        tempfile.TemporaryDirectory(dir=path.parent) as folder,
        DuckDB(Path(folder), memory, threads) as engine,
    ):
        counts, _ = engine.read(Source(path, Columns(), "s"))
        engine.compare(settings)
        found = Results(engine)
        found.write(found.edges(), out)
        sizes = {name: found.count(name) for name in ("kept", "edges", "viral")}
    return {
        "actions": counts.actions,
        "seconds": time.perf_counter() - begin,
        "cpu": cpu() - spent,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        **sizes,
    }


def apart(work: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
    """Do it in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def recorded() -> None:
    """CPU on the recorded set, and whether what is found is what CooRTweet found."""
    path = RECORDED / "russian_coord_tweets.csv"
    if not path.is_file():
        print(f"recorded set: {path} is missing")
        return
    settings = Settings(MINUTE, 2, None)
    with tempfile.TemporaryDirectory() as folder, DuckDB(Path(folder), "1GB") as engine:
        engine.read(Source(path, Columns(), "s"))
        actions = engine.actions()
        in_numpy, in_sql = (
            min(timed(work) for _ in range(ROUNDS))
            for work in (
                lambda: kernel.edges(kernel.pairs(actions, settings)[0]),
                lambda: engine.compare(settings),
            )
        )
        found = Results(engine)
        same = told(RECORDED / "russian_60s_pairs.csv", 6) == sorted(
            turned(list(map(str, row))) for row in found.pairs().fetchall()
        )
        weights = [[*map(str, row[:3])] for row in found.edges().fetchall()]
        expected = [
            [*sorted(row[:2]), str(int(float(row[2])))]
            for row in rows(RECORDED / "russian_60s_edges.csv")
        ]
        print(f"recorded set, {actions.time.size:,} actions, 60 s: ", end="")
        print(f"{found.count('kept'):,} pairs, CooRTweet's: {same}; ", end="")
        print(f"{len(weights):,} edges, CooRTweet's: {sorted(weights) == sorted(expected)}")
    for name, spent in (("kernel", in_numpy), ("DuckDB", in_sql)):
        ratio = COORTWEET / spent
        print(f"  {name}: {spent:.4f} CPU s, 1/{ratio:.0f} of CooRTweet's {COORTWEET} as recorded")


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of it."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))[1:]


def told(path: Path, columns: int) -> list[list[str]]:
    return sorted(turned(row[:columns]) for row in rows(path))


def turned(pair: list[str]) -> list[str]:
    """A pair with its sides in order of name: of two at the same time none is older."""
    thing, content, content_y, apart_, account, account_y = pair
    sides = sorted(([content, account], [content_y, account_y]))
    return [thing, apart_, *sides[0], *sides[1]]


def toolkit(path: Path, folder: Path) -> dict[str, Any]:
    """What coordination-network-toolkit finds, and what it took."""
    from coordination_network_toolkit.compute_networks import (  # noqa: PLC0415 - a peer
        compute_co_link_network,
    )
    from coordination_network_toolkit.preprocess import preprocess_data  # noqa: PLC0415

    table = pq.read_table(path)
    columns = [table[name].to_pylist() for name in filter(None, Columns())]
    database = str(folder / "toolkit.sqlite")
    begin, spent = time.perf_counter(), cpu()
    with redirect_stdout(StringIO()):
        preprocess_data(
            database,
            (
                (content, account, account, None, None, "", at, [thing])
                for account, thing, content, at in zip(*columns, strict=True)
            ),
        )
        loaded = cpu() - spent
        compute_co_link_network(database, MINUTE // 1000, n_threads=1)
    while multiprocessing.active_children():  # its workers count once they have ended
        gc.collect()
        time.sleep(0.05)
    took = {"seconds": time.perf_counter() - begin, "cpu": cpu() - spent, "loading": loaded}
    with sqlite3.connect(database) as connection:
        found = connection.execute(
            "SELECT * FROM co_link_network WHERE user_1 <> user_2"
        ).fetchall()
    (folder / "toolkit.json").write_text(json.dumps(sorted(map(list, found))))
    return took


def side_by_side(path: Path, folder: Path) -> None:
    """Both on the same million on one thread, each account however often it acts."""
    out, settings = folder / "ours.parquet", Settings(MINUTE, 1, None)
    ours = apart(edges, path, SIZES[1_000_000], settings, out, 1)
    theirs = apart(toolkit, path, folder)
    directed = sorted(
        row
        for edge in pq.read_table(out).to_pylist()
        for row in (
            [edge["from"], edge["to"], edge["n_content_id"]],
            [edge["to"], edge["from"], edge["n_content_id_y"]],
        )
    )
    same = directed == json.loads((folder / "toolkit.json").read_text())
    print(
        f"coordination-network-toolkit on {ours['actions']:,} actions, one thread each: "
        f"{len(directed):,} directed co-link edges, its own but for self-pairs: {same}\n"
        f"  CPU s from actions to edges: ours {ours['cpu']:.2f}, its {theirs['cpu']:.1f} "
        f"(loading {theirs['loading']:.1f}): 1/{theirs['cpu'] / ours['cpu']:.0f}"
    )


def main() -> None:
    recorded()
    sizes = SIZES | (WHOLE if "--whole" in sys.argv else {})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count, memory in sizes.items():
            path = folder / f"{count}.parquet"
            make(path, count)
            took = apart(edges, path, memory, Settings(MINUTE), folder / "edges.parquet")
            print(
                f"{count:,} actions: {took['seconds']:.1f} s, {took['cpu']:.1f} CPU s, "
                f"{took['memory']:.2f} GB; {took['kept']:,} pairs, {took['edges']:,} edges, "
                f"{took['viral']:,} bursts of crowds"
            )
        side_by_side(folder / "1000000.parquet", folder)


if __name__ == "__main__":
    main()
