"""Aberration detection beside R's surveillance: bounds that differ, alarms that differ, time.

Needs Debian's r-cran-surveillance. Times are inside both programs, without their start: the median
of several runs over the same simulated series, judged from the fifth year on.
"""

import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from lianzhi.stats.surveillance.ears import ears
from lianzhi.stats.surveillance.farrington import farrington, farrington_flexible
from lianzhi.stats.surveillance.short import bayes, rki
from lianzhi.stats.surveillance.watch import Counts, Watch, counts_of

SERIES, WEEKS, FIRST, RUNS = 20, 520, 210, 5
#: Method here, and the call that is the same in R.
METHODS: dict[str, tuple[Callable[..., Watch], str]] = {
    "EARS C1": (partial(ears, method="c1"), 'earsC(s, list(range = r, method = "C1"))'),
    "EARS C2": (partial(ears, method="c2"), 'earsC(s, list(range = r, method = "C2"))'),
    "EARS C3": (partial(ears, method="c3"), 'earsC(s, list(range = r, method = "C3"))'),
    "Farrington": (
        farrington,
        "farrington(s, list(range = r, b = 3, w = 3, reweight = TRUE, alpha = 0.05, trend = TRUE,"
        'limit54 = c(5, 4), powertrans = "2/3"))',
    ),
    "Farrington, improved": (
        partial(
            farrington_flexible,
            alpha=0.01,
            p_threshold_trend=1,
            no_periods=10,
            past_weeks_not_included=26,
            threshold_method="nbPlugin",
        ),
        "farringtonFlexible(s, list(range = r, b = 3, w = 3, reweight = TRUE,"
        "weightsThreshold = 2.58, alpha = 0.01, trend = TRUE, pThresholdTrend = 1,"
        "limit54 = c(5, 4), noPeriods = 10, pastWeeksNotIncluded = 26,"
        'thresholdMethod = "nbPlugin"))',
    ),
    "Bayes": (
        partial(bayes, b=1, w=3),
        "bayes(s, list(range = r, b = 1, w = 3, actY = TRUE, alpha = 0.05))",
    ),
    "RKI": (rki, "rki(s, list(range = r, b = 2, w = 4, actY = FALSE))"),
}


def simulated() -> list[Counts]:
    """Counts with seasons, trends and outbreaks, the same each time."""
    dice = np.random.default_rng(20261202)
    weeks = np.arange(WEEKS)
    series = []
    for n in range(SERIES):
        mean = (0.5, 2, 8, 30)[n % 4] * np.exp(0.5 * np.sin(2 * np.pi * weeks / 52))
        mean *= np.exp((0.001, 0, -0.001)[n % 3] * weeks)
        counts = dice.negative_binomial(5, 5 / (5 + mean))
        start = int(dice.integers(100, WEEKS - 5))
        counts[start : start + 4] += int(3 * mean[start]) + 3
        series.append(counts_of(counts))
    return series


def in_r(folder: Path, series: list[Counts], call: str) -> tuple[float, list[list[str]]]:
    """Median time of all series in seconds, and bound and alarm of each week."""
    np.savetxt(folder / "series.csv", np.array(series), "%d", ",")
    (folder / "run.R").write_text(
        f"""suppressMessages(library(surveillance)); options(digits = 15)
m <- as.matrix(read.csv("series.csv", header = FALSE)); r <- {FIRST}:{WEEKS}
all <- lapply(seq_len(nrow(m)), function(k) sts(matrix(as.numeric(m[k, ]), ncol = 1),
  frequency = 52, start = c(2000, 1)))
times <- sapply(1:{RUNS}, function(i) system.time(out <<- lapply(all, function(s) {call}))[3])
rows <- do.call(rbind, lapply(out, function(x) data.frame(as.numeric(upperbound(x)),
  as.integer(!is.na(alarms(x)) & alarms(x) == 1))))
write.csv(rows, "out.csv", row.names = FALSE); cat(median(times))
"""
    )
    done = subprocess.run(
        ["Rscript", "run.R"], cwd=folder, capture_output=True, text=True, check=True
    )
    with (folder / "out.csv").open() as lines:
        return float(done.stdout.split()[-1]), list(csv.reader(lines))[1:]


def main() -> None:
    if shutil.which("Rscript") is None:
        sys.exit("Rscript is missing; apt-get install r-cran-surveillance")
    series = simulated()
    weeks = SERIES * (WEEKS - FIRST + 1)
    print(f"\n{SERIES} series, {weeks:,} weeks judged, median of {RUNS} runs")
    print("| method | here, ms | R, ms | times faster | bounds that differ | alarms that differ |")
    print("|---|---|---|---|---|---|")
    for name, (method, call) in METHODS.items():
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            watches = [method(counts, times=(FIRST - 1, WEEKS - 1)) for counts in series]
            seconds.append(time.perf_counter() - start)
        with tempfile.TemporaryDirectory() as folder:
            r_seconds, rows = in_r(Path(folder), series, call)
        bounds = np.array([np.nan if each in ("NA", "NaN") else float(each) for each, _ in rows])
        ours = np.concatenate([watch.upperbound for watch in watches])
        alarms = np.concatenate([watch.alarm for watch in watches])
        differ = ~np.isclose(bounds, ours, rtol=1e-9, atol=1e-9, equal_nan=True)
        wrong = int(np.sum(alarms != [int(alarm) == 1 for _, alarm in rows]))
        took = statistics.median(seconds)
        print(
            f"| {name} | {took * 1e3:,.1f} | {r_seconds * 1e3:,.0f} | {r_seconds / took:,.0f} | "
            f"{differ.sum()} of {weeks:,} | {wrong} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
