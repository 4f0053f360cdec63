"""Monitors of supervision against the anomalies that are planted in made-up towns.

Each town is made with all anomalies, with weak ones and without any, written as files and read by
the importer, as `lianzhi enforcement audit` does. The town's own rules, as docs/town.md tells them,
are given to the monitors: every case goes through legal review, and scan-in and yearly caps hold
from its first day. The rules that a single file shows are the same statute on both sides, so full
marks there say only that it was read alike twice; the patterns are what is hard. An alert is a hit
if it names what the answers name; explained if the rows or officers that it names were touched by
some anomaly (an expired certificate also makes cases unlawful); else it is false.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec

from lianzhi.domains.enforcement import town as simulator
from lianzhi.domains.enforcement.importing.town_files import read_folder
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.domains.enforcement.supervision import policy
from lianzhi.domains.enforcement.supervision.alert import Alert
from lianzhi.domains.enforcement.supervision.look import Look
from lianzhi.domains.enforcement.supervision.monitors import MONITORS, report
from lianzhi.domains.enforcement.supervision.rows import Rows
from lianzhi.domains.enforcement.town.writing import write
from lianzhi.stats.intervals import clopper_pearson, wilson
from lianzhi.tabular.known_ids import KnownIds

#: Seed of the first town; those below were looked at while the monitors were made.
_FIRST = 1000
#: Monitor -> the anomaly that it is there to find; the others answer to none.
FINDS = {
    "visit_officers": "one_officer", "visit_certificate": "expired_certificate",
    "visit_observer": "observer_as_officer", "no_scan": "no_scan", "over_cap": "over_cap",
    "no_legal_review": "no_legal_review", "decided_early": "decided_early",
    "decided_late": "decided_late", "served_late": "served_late",
    "published_late": "published_late", "fine_above_most": "fine_above_most",
    "limitation_over": "limitation_over", "double_fine": "double_fine",
    "closed_owing": "closed_unpaid", "batch": "backdated_batch", "on_time": "beautified_on_time",
    "disposed_early": "disposed_before_accepted", "undispatched": "undispatched_grid",
    "draw_avoids": "draw_avoids", "strictness": "strict_inspector, lenient_inspector",
    "unlike_fines": "harsh_finer", "far_below": "favours",
}  # fmt: skip


class Score(NamedTuple):
    """What one monitor made of one town."""

    planted: int
    found: int
    hits: int
    """Alerts."""
    explained: int
    false: int
    named: frozenset[str]
    """Anomalies of several kinds that it found."""


def law_of_the_town(folder: Path) -> Path:
    """The town's rules: the shipped ones from its first day on, and review of all cases."""
    shipped = Path(str(files("lianzhi.domains.enforcement"))) / "policy"
    for source, name, review in (
        ("visits/2024-12-16.toml", f"visits/{simulator.load().first}.toml", ""),
        ("procedure/2021-07-15.toml", "procedure/2021-07-15.toml", 'asked = "due"'),
    ):
        text = (shipped / source).read_text("utf-8")
        kept = folder / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(text.replace(review, 'asked = "all"') if review else text, "utf-8")
    return folder


#: Patterns, and what is left of them in weak towns.
WEAK = {
    "strict_inspector": {"odds": 4.0},
    "lenient_inspector": {"odds": 0.35},
    "harsh_finer": {"least": 1.4, "most": 1.8},
    "favours": {"count": 3, "least": 0.3, "most": 0.5},
    "backdated_batch": {"count": 6},
    "beautified_on_time": {"share": 0.04},
    "draw_avoids": {"count": 1},
}
Kind = str
"""`full`: as the simulator plants by default; `weak`: see WEAK; `clean`: nothing is planted."""


def settings_of(kind: Kind) -> simulator.Settings:
    """What the simulator is told."""
    shipped = simulator.load()
    if kind != "weak":
        return shipped
    anomalies = {
        key: msgspec.structs.replace(one, **WEAK.get(key, {}))
        for key, one in shipped.anomalies.items()
    }
    return msgspec.structs.replace(shipped, anomalies=anomalies)


def tried(job: tuple[int, Kind]) -> dict[str, Score]:
    """Every monitor on one town."""
    seed, kind = job
    told = settings_of(kind)
    planted = () if kind == "clean" else tuple(WEAK) if kind == "weak" else None
    made = simulator.make(seed, planted=planted, settings=told)
    with tempfile.TemporaryDirectory() as place:
        write(made, Path(place) / "town")
        rows = Rows.of(read_folder(Path(place) / "town", KnownIds()))
        own = law_of_the_town(Path(place) / "rules")
        look = Look(rows, Rulebook(own), policy.on(made.last), made.last, own / "visits")
        found = report(look)
    answers = {one.key: one.ids for one in made.answers}
    touched = {row for one in made.answers for ids in one.rows.values() for row in ids}
    touched |= {name for ids in answers.values() for name in ids}
    scores = {}
    for one in found.monitors:
        sought = {key: {*answers.get(key, ())} for key in FINDS.get(one.monitor, "").split(", ")}
        wanted = set().union(*sought.values())
        hits = [alert for alert in one.alerts if wanted & {*alert.ids}]
        others = [alert for alert in one.alerts if not wanted & {*alert.ids}]
        explained = [alert for alert in others if _names(alert) & touched]
        seen = {name for alert in hits for name in alert.ids} & wanted
        kinds = frozenset(key for key, ids in sought.items() if ids & seen)
        scores[one.monitor] = Score(
            *(len(wanted), len(seen), len(hits), len(explained)),
            *(len(others) - len(explained), kinds),
        )
    return scores


def _names(alert: Alert) -> set[str]:
    return {*alert.ids, str(alert.figures.get("officer", ""))}


def main() -> None:
    towns = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    start = time.perf_counter()
    kinds: tuple[Kind, ...] = ("full", "weak", "clean")
    jobs = [(seed, kind) for kind in kinds for seed in range(_FIRST, _FIRST + towns)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(tried, jobs, chunksize=1))
    full, weak, clean = (results[k * towns : (k + 1) * towns] for k in range(3))
    print(
        f"{towns} towns (seeds from {_FIRST}): anomalies as usual, weak ones, none; 95 % intervals"
    )
    print(
        f"{'':<23}{'recall':>28}{'hits / (hits + false)':>28}{'explained':>10}{'clean: false':>14}"
    )
    for monitor in MONITORS:
        name = monitor.__name__
        none = [one[name] for one in clean]
        alarms = sum(one.hits + one.explained + one.false for one in none)
        print(f"{_line(name, name, full)}{alarms:>14}")
    print("\nweak (see WEAK)")
    for name, keys in FINDS.items():
        if {*keys.split(", ")} & {*WEAK}:
            print(_line(name, name, weak))
    print()
    for name, keys in FINDS.items():
        if ", " in keys:
            for kind, some in (("full", full), ("weak", weak)):
                by_kind = Counter(key for one in some for key in one[name].named)
                said = "; ".join(f"{key} {_of(by_kind[key], towns)}" for key in keys.split(", "))
                print(f"{name}, {kind}: {said}")
    quiet = sum(not sum(_alarms(one.values())) for one in clean)
    lo, hi = clopper_pearson(quiet, towns)
    print(f"clean towns without any alert: {quiet}/{towns} ({lo:.2f}-{hi:.2f})")
    print(f"{time.perf_counter() - start:.0f} s")


def _line(title: str, name: str, towns: Sequence[dict[str, Score]]) -> str:
    mine = [one[name] for one in towns]
    hits, false = sum(one.hits for one in mine), sum(one.false for one in mine)
    whole = sum(one.planted for one in mine)
    recall = _of(sum(one.found for one in mine), whole) if whole else "nothing planted"
    precise = _of(hits, hits + false) if hits + false else "-"
    return f"{title:<23}{recall:>28}{precise:>28}{sum(one.explained for one in mine):>10}"


def _alarms(scores: Iterable[Score]) -> Iterable[int]:
    return (one.hits + one.explained + one.false for one in scores)


def _of(part: int, whole: int) -> str:
    lo, hi = wilson(part, whole)
    return f"{part}/{whole} {part / whole:.2f} ({lo:.2f}-{hi:.2f})"


if __name__ == "__main__":
    main()
