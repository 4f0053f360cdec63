"""Kills inside every step: `python -m bench.kills`, what was lost, doubled or damaged.

One table row for each database. Needs PostgreSQL's binaries, or LIANZHI_TEST_POSTGRES, for the
second. Exits with 1 unless every figure of loss is 0.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from bench.kill_rounds import ANY_TIME, POINTS, Figures, play, points


def shown(database: str, figures: Figures) -> str:
    """The figures as lines for docs/benchmarks.md."""
    names = len(figures.at_points.keys() - {ANY_TIME})
    at_points = figures.kills - figures.at_points[ANY_TIME]
    return "\n".join(
        [
            f"| {database} | {figures.rounds} | {figures.kills}, {at_points} of them at "
            f"{names} fault points | {figures.lost} of {figures.events:,} | "
            f"{figures.decisions_lost} of {figures.decisions:,} | "
            f"{figures.doubled} of {figures.orders:,} | {figures.repeated:,} | "
            f"{'yes' if not figures.faults else 'NO'} | {figures.took_s:.0f} s |",
            *(f"  wrong: {fault}" for fault in figures.faults),
        ]
    )


def figures_of(kind: str, rounds: int, seed: int, chosen: Sequence[str]) -> Figures:
    """Figures of rounds on SQLite or on a PostgreSQL server; of all points where none is chosen."""
    with tempfile.TemporaryDirectory(prefix="lianzhi-kills-") as name:
        order = cycle(chosen) if chosen else points(random.Random(seed))
        played = list(islice(order, rounds))
        if kind == "sqlite":
            return play(Path(name), played, seed, lambda home: None)
        from tests.databases import Databases, running  # noqa: PLC0415 - needs pytest

        with running() as server:
            databases = Databases(server)
            return play(Path(name), played, seed, lambda home: databases.url(home, empty=True))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.kills")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=40)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--point", choices=sorted(POINTS), action="append", default=[])
    given = parser.parse_args()
    columns = ("database", "rounds", "kills", "events lost", "decisions lost", "orders doubled")
    print(f"| {' | '.join(columns)} | requests repeated | sound | time |")
    good = True
    for kind in given.database or ("sqlite", "postgres"):
        figures = figures_of(kind, given.rounds, given.seed, given.point)
        print(shown(kind, figures), flush=True)
        good = good and figures.good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
