"""From scores to figures: thresholds fitted on one part, everything reported on the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lianzhi.chain.finding import STAGES
from lianzhi.domains.bullying.evaluation.background import STRATA, Background
from lianzhi.domains.bullying.evaluation.columns import Bools, Floats, Ints
from lianzhi.domains.bullying.evaluation.figures import (
    BackgroundReport,
    CandidateReport,
    CurvePoint,
    Detection,
    FalseAlarms,
    Figure,
    Operating,
)
from lianzhi.domains.bullying.evaluation.matching import (
    Outcome,
    alarms,
    fit_threshold,
    outcome,
    peaks,
)
from lianzhi.domains.bullying.evaluation.measure import Measured
from lianzhi.domains.bullying.evaluation.scenario import SURGES
from lianzhi.domains.bullying.evaluation.scoring import Trace
from lianzhi.domains.bullying.evaluation.trials import NEW, Trial
from lianzhi.stats.intervals import bootstrap_median, poisson_rate, wilson

Group = Mapping[str, tuple[str, ...]]
Series = tuple[Ints, Floats]

#: Strata that are reported together; the goals speak of the first.
POOLS: Group = {"<=5": ("<=1", "1-5"), "all": tuple(STRATA)}
GROUPS: dict[str, tuple[str, ...]] = {**POOLS, NEW: (NEW,), **{name: (name,) for name in STRATA}}
EVERYONE: dict[str, tuple[str, ...]] = {"everyone": (NEW, *STRATA)}
#: False alarms per 1,000 target-days at which thresholds are fitted.
WARN_PER_1000, ACT_PER_1000 = 1.0, 0.2
_CURVE_POINTS = 40
_BOOTSTRAP_SEED = 1


@dataclass(frozen=True)
class Setting:
    """A background with its trials: the truth that alarms are held against."""

    where: Background
    tried: list[Trial]

    @cached_property
    def strata(self) -> npt.NDArray[Any]:
        """Each target's stratum."""
        return np.array([self.where.stratum(target) for target in range(self.where.targets)])

    @cached_property
    def fit_days(self) -> Floats:
        """Each target's days in the part on which thresholds are fitted."""
        return self.where.target_days(self.where.warm, self.where.split - 1)

    @cached_property
    def held_days(self) -> Floats:
        """Each target's days in the reported part."""
        return self.where.target_days(self.where.split, self.where.end)

    def inside(self, members: tuple[str, ...]) -> Bools:
        """Which targets belong to these strata."""
        chosen: Bools = np.isin(self.strata, members)
        return chosen

    @property
    def events(self) -> int:
        """Events that a candidate has to read in all."""
        return len(self.where.events) + sum(len(trial.events) for trial in self.tried)


@dataclass(frozen=True)
class _Values:
    """Scores, or ranks of stages: per target in both parts, and per trial."""

    fit: list[Series]
    held_out: list[Series]
    crowded: list[Series]


def background_report(setting: Setting, candidates: list[CandidateReport]) -> BackgroundReport:
    """The background's own figures around those of the candidates."""
    days = {name: setting.held_days[setting.inside((name,))].sum() for name in STRATA}
    return BackgroundReport(
        name=setting.where.name,
        events=len(setting.where.events),
        targets={name: int(setting.inside((name,)).sum()) for name in STRATA},
        fit_target_days=float(setting.fit_days.sum()),
        target_days={name: float(total) for name, total in days.items()},
        trials=len(setting.tried),
        candidates=candidates,
    )


def candidate_report(
    name: str, events_per_second: float, setting: Setting, measured: Measured
) -> CandidateReport:
    """All figures of one candidate on one background."""
    scores = _values(setting.where, measured, stage=False)
    operating = []
    for pool, members in POOLS.items():
        inside = setting.inside(members)
        calm = [series for series, chosen in zip(scores.fit, inside, strict=True) if chosen]
        days = float(setting.fit_days[inside].sum())
        warn, act = (fit_threshold(calm, days, rate) for rate in (WARN_PER_1000, ACT_PER_1000))
        operating.append(_operating(f"fitted on {pool}", setting, scores, warn, act))
    if any((trace.rank >= 0).any() for trace in (*measured.calm, *measured.crowded)):
        ranks = _values(setting.where, measured, stage=True)
        warn, act = float(STAGES.index("warn")), float(STAGES.index("act"))
        operating.append(_operating("policy", setting, ranks, warn, act))
    return CandidateReport(name, events_per_second, operating, list(_curve(setting, scores)))


def _values(where: Background, measured: Measured, *, stage: bool) -> _Values:
    def pair(trace: Trace) -> Series:
        return trace.at, trace.rank if stage else trace.score

    return _Values(
        fit=[pair(trace.within(where.warm, where.split - 1)) for trace in measured.calm],
        held_out=[pair(trace.within(where.split, where.end)) for trace in measured.calm],
        crowded=[pair(trace) for trace in measured.crowded],
    )


def _operating(name: str, setting: Setting, values: _Values, warn: float, act: float) -> Operating:
    warned, acted = _met(setting, values, warn), _met(setting, values, act)
    tried = setting.tried

    def part(met: dict[int, Outcome], *, surges: bool) -> dict[int, Outcome]:
        return {n: o for n, o in met.items() if (tried[n].crowd in SURGES) is surges}

    return Operating(
        name=name,
        warn=warn,
        act=act,
        false_alarms=list(_false_alarms(setting, values, warn)),
        pile_ons=list(
            _detections(tried, part(warned, surges=False), GROUPS | EVERYONE, by_size=True)
        ),
        surges_warned=list(_detections(tried, part(warned, surges=True), EVERYONE, by_size=False)),
        surges_acted=list(_detections(tried, part(acted, surges=True), EVERYONE, by_size=False)),
        pile_ons_acted=list(_detections(tried, part(acted, surges=False), EVERYONE, by_size=True)),
    )


def _met(setting: Setting, values: _Values, threshold: float) -> dict[int, Outcome]:
    return {
        n: outcome(trial.times, *values.crowded[n], threshold, trial.stop)
        for n, trial in enumerate(setting.tried)
    }


def _false_alarms(setting: Setting, values: _Values, threshold: float) -> Iterator[FalseAlarms]:
    rung = np.array([len(alarms(at, value, threshold)) for at, value in values.held_out])
    for group, members in GROUPS.items():
        inside = setting.inside(members)
        days, count = float(setting.held_days[inside].sum()), int(rung[inside].sum())
        if days > 0:
            per_1000 = Figure(1000 * count / days, *poisson_rate(count, days / 1000))
            yield FalseAlarms(group, count, days, per_1000)


def _detections(
    tried: Sequence[Trial], met: Mapping[int, Outcome], groups: Group, *, by_size: bool
) -> Iterator[Detection]:
    """One row per crowd, size and group."""
    cells: dict[tuple[str, int], list[int]] = {}
    for number in met:
        people = tried[number].people if by_size else 0
        cells.setdefault((tried[number].crowd, people), []).append(number)
    for (crowd, people), cell in cells.items():
        for group, members in groups.items():
            outcomes = [met[n] for n in cell if tried[n].stratum in members]
            if outcomes:
                yield _detection(crowd, people, group, outcomes)


def _detection(crowd: str, people: int, group: str, outcomes: list[Outcome]) -> Detection:
    caught, size = sum(o.detected for o in outcomes), len(outcomes)
    delays, landed = [o.delay for o in outcomes], [o.landed for o in outcomes]
    return Detection(
        crowd=crowd,
        people=people,
        group=group,
        trials=size,
        recall=Figure(caught / size, *wilson(caught, size)),
        delay=_median(delays),
        landed=_median(landed),
    )


def _median(values: list[float]) -> Figure:
    return Figure(float(np.median(values)), *bootstrap_median(values, seed=_BOOTSTRAP_SEED))


def _curve(setting: Setting, scores: _Values) -> Iterator[CurvePoint]:
    attacks = [n for n, trial in enumerate(setting.tried) if trial.crowd == "pile_on"]
    sizes = sorted({setting.tried[n].people for n in attacks})
    for threshold in _thresholds(scores):
        rung = np.array([len(alarms(at, value, threshold)) for at, value in scores.held_out])
        met = _met(setting, scores, threshold)
        for group, members in GROUPS.items():
            inside = setting.inside(members)
            days = float(setting.held_days[inside].sum())
            here = [n for n in attacks if setting.tried[n].stratum in members]
            for people in sizes if days > 0 else ():
                cell = [met[n] for n in here if setting.tried[n].people == people]
                if cell:
                    yield CurvePoint(
                        threshold=threshold,
                        people=people,
                        group=group,
                        per_1000=1000 * float(rung[inside].sum()) / days,
                        recall=sum(o.detected for o in cell) / len(cell),
                        delay=float(np.median([o.delay for o in cell])),
                        landed=float(np.median([o.landed for o in cell])),
                    )


def _thresholds(scores: _Values) -> list[float]:
    """From above every calm value down to the peak of an ordinary day, evenly in log rank."""
    tops = [peaks(at, value) for at, value in scores.held_out if len(at)]
    high = [float(value.max()) for _, value in scores.crowded if len(value)]
    above = np.quantile(high, [0.25, 0.5, 0.75]).tolist() if high else []
    if not tops:
        return above
    ranked = np.sort(np.concatenate(tops))[::-1]
    places = np.unique(np.geomspace(1, len(ranked), _CURVE_POINTS).astype(np.int64)) - 1
    return sorted({*ranked[places].tolist(), *(a for a in above if a > ranked[0])})
