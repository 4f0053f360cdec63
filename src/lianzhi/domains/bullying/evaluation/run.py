"""The evaluation from end to end."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lianzhi.domains.bullying.evaluation.arrivals import recorded
from lianzhi.domains.bullying.evaluation.figures import CandidateReport, Report
from lianzhi.domains.bullying.evaluation.measure import measure
from lianzhi.domains.bullying.evaluation.organic import organic
from lianzhi.domains.bullying.evaluation.report import (
    Setting,
    background_report,
    candidate_report,
)
from lianzhi.domains.bullying.evaluation.scenario import EvaluationError, Plan, scenario
from lianzhi.domains.bullying.evaluation.scoring import Candidate
from lianzhi.domains.bullying.evaluation.texts import Texts, load_texts
from lianzhi.domains.bullying.evaluation.trials import trials

#: Told what is being done, how many of its events are done and how many there are.
Watcher = Callable[[str, int, int], None]


def evaluate(
    candidates: Sequence[Candidate],
    *,
    arrivals: Sequence[Path] = (),
    texts: Path | None = None,
    plan: str = "full",
    seed: int = 1,
    watch: Watcher = lambda _task, _done, _all: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Report:
    """Try every candidate on the organic background, calm and restless, and on each file given.

    `plan` names a plan of `scenario.toml`; `texts` are labelled comments. `clock`
    (seconds) only measures speed. Raises EvaluationError for an unknown plan or an unusable file.
    """
    plans = scenario().plans
    if plan not in plans:
        raise EvaluationError(f"plan is {plan!r}; give one of {', '.join(plans)}")
    read = load_texts(texts, seed)
    reports = [
        background_report(
            setting, [_tried(setting, candidate, watch, clock) for candidate in candidates]
        )
        for setting in _settings(plans[plan], arrivals, read, seed)
    ]
    return Report(plan=plan, seed=seed, texts=read.origin, backgrounds=reports)


def _settings(plan: Plan, arrivals: Sequence[Path], texts: Texts, seed: int) -> Iterator[Setting]:
    given = scenario()
    for surges in (False, True):
        where = organic(given.organic, given.crowds, plan, texts, seed=seed, surges=surges)
        drawn = trials(where, given.crowds, plan, plan.trials, texts=texts, seed=seed)
        yield Setting(where, list(drawn))
    for path in arrivals:
        where = recorded(path, given.recorded, texts, seed)
        drawn = trials(where, given.crowds, plan, plan.recorded_trials, texts=texts, seed=seed)
        yield Setting(where, list(drawn))


def _tried(
    setting: Setting, candidate: Candidate, watch: Watcher, clock: Callable[[], float]
) -> CandidateReport:
    task, done, total, began = f"{setting.where.name}: {candidate.name}", 0, setting.events, clock()

    def advance(events: int) -> None:
        nonlocal done
        done += events
        watch(task, done, total)

    advance(0)
    measured = measure(candidate, setting.where, setting.tried, advance)
    speed = total / max(clock() - began, 1e-9)
    return candidate_report(candidate.name, speed, setting, measured)
