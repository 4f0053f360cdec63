"""Inspections 抽查: who may be drawn from the registry, and what came back. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from lianzhi.chain.campaign import Task
from lianzhi.chain.campaign_draw import Candidate
from lianzhi.domains.algorithms.nouns.algorithm import Algorithm
from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.office.campaign_draws import roster_line

Unit = Literal["provider", "algorithm"]
_OVER = frozenset({"ended", "cancelled"})
#: Tasks in the order in which they need somebody.
_ORDER = ("late", "open", "replied", "done")


class Inspected(NamedTuple):
    """A task of an inspection, and what is on the record of whom it is about."""

    task: Task
    algorithms: tuple[Algorithm, ...]
    verdicts: Mapping[str, int]
    """Audits since the inspection began, by verdict."""
    rectifications: tuple[Rectification, ...]
    """Those that are not over."""


def roster(algorithms: Iterable[Algorithm], unit: Unit) -> str:
    """Providers, or algorithms by type, as lines of a roster; without services that have ended."""
    live = [each for each in algorithms if each.status not in _OVER]
    if unit == "provider":
        candidates = {Candidate(each.provider) for each in live}
    else:
        candidates = {Candidate(each.title, each.type) for each in live}
    return "\n".join(sorted(map(roster_line, candidates)))


def providers(tasks: Iterable[Task]) -> list[str]:
    """Names of the providers whom tasks may be about: the whole name, or what stands before the
    name of an algorithm."""
    names = {name for task in tasks for name in (task.name, task.name.partition(" · ")[0])}
    return sorted(names)


def inspected(
    tasks: Iterable[Task],
    algorithms: Sequence[Algorithm],
    audits: Iterable[Audit],
    rectifications: Iterable[Rectification],
) -> list[Inspected]:
    """The tasks with their findings, those that are late first."""
    verdicts: dict[str, Counter[str]] = {}
    for audit in audits:
        verdicts.setdefault(audit.algorithm, Counter())[audit.verdict.value] += 1
    running: dict[str, list[Rectification]] = {}
    for file in rectifications:
        if file.closed is None and file.status != "withdrawn":
            running.setdefault(file.algorithm, []).append(file)
    rows = []
    for task in tasks:
        own = tuple(each for each in algorithms if task.name in (each.provider, each.title))
        total: Counter[str] = sum((verdicts.get(each.id, Counter()) for each in own), Counter())
        files = tuple(file for each in own for file in running.get(each.id, ()))
        rows.append(Inspected(task, own, total, files))
    return sorted(rows, key=lambda row: (_ORDER.index(row.task.status), row.task.due))
