"""The report on a terminal."""

from collections.abc import Iterator
from math import isfinite

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lianzhi.domains.bullying.evaluation.figures import (
    BackgroundReport,
    Detection,
    Figure,
    Operating,
    Report,
)

_SIZES = (10, 20, 40, 80)
_BY_STRATUM = (
    ("pile_on", 20),
    ("pile_on", 40),
    ("referred_pile_on", 40),
    ("contested_pile_on", 40),
)
_BESIDE_SURGES = (("pile_on", 40), ("contested_pile_on", 40))
_GOALS = (
    "Goals at <= 1 false alarm: N = 40: recall >= .99, delay <= 25 min, landed <= 15 %; "
    "N = 20: recall >= .95, delay <= 25 min."
)


def render(report: Report) -> RenderableType:
    """Every background: the goals' strata, all strata, surges."""
    head = f"Plan {report.plan}, seed {report.seed}. Texts: {report.texts}. Intervals are 95 %."
    parts: list[RenderableType] = [Text(head)]
    for where in report.backgrounds:
        parts.append(Text(_summary(where), style="bold"))
        parts.extend([_pile_ons(where), _strata(where), _surges(where)])
    return Group(*parts)


def _summary(where: BackgroundReport) -> str:
    days_ = sum(where.target_days.values())
    by_stratum = ", ".join(f"{name}: {days:,.0f}" for name, days in where.target_days.items())
    return (
        f"\n{where.name}: {where.events:,} events, {sum(where.targets.values()):,} targets, "
        f"{days_:,.0f} held-out target-days ({by_stratum}), {where.trials:,} trials"
    )


def _rows(where: BackgroundReport) -> Iterator[tuple[str, str, Operating]]:
    for candidate in where.candidates:
        for place, setting in enumerate(candidate.operating):
            yield candidate.candidate if place == 0 else "", setting.name, setting


def _pile_ons(where: BackgroundReport) -> Table:
    table = Table(
        title="Pile-ons on targets with <= 5 strangers a day: recall, median delay, landed",
        caption=_GOALS,
        title_justify="left",
        caption_justify="left",
    )
    for name in ("detector", "threshold", "false alarms per 1,000 target-days"):
        table.add_column(name)
    for people in _SIZES:
        table.add_column(f"N = {people}")
    for candidate, setting, at in _rows(where):
        false = next((f.per_1000 for f in at.false_alarms if f.group == "<=5"), None)
        cells = [_cell(at.pile_ons, "pile_on", people, "<=5") for people in _SIZES]
        table.add_row(candidate, setting, _interval(false) if false else "-", *cells)
    return table


def _strata(where: BackgroundReport) -> Table:
    table = Table(
        title="By the target's normal strangers a day; by the policy's own stages where it has any",
        title_justify="left",
    )
    for name in ("detector", "threshold", "strangers a day", "false alarms per 1,000"):
        table.add_column(name)
    for people in (20, 40):
        table.add_column(f"N = {people}")
    table.add_column("N = 40, one group")
    table.add_column("N = 40, contested")
    for candidate in where.candidates:
        at = _shown(candidate.operating)
        false = {f.group: f.per_1000 for f in at.false_alarms}
        for place, group in enumerate(("new", "<=1", "1-5", "5-20", ">20", "all")):
            cells = [_cell(at.pile_ons, crowd, people, group) for crowd, people in _BY_STRATUM]
            if any(cell != "-" for cell in cells):
                table.add_row(
                    candidate.candidate if place == 0 else "",
                    at.name if place == 0 else "",
                    group,
                    _interval(false[group]) if group in false else "-",
                    *cells,
                )
    return table


def _shown(operating: list[Operating]) -> Operating:
    """The detector's own policy, or else the threshold that the goals speak of."""
    return next((o for o in operating if o.name == "policy"), operating[0])


def _surges(where: BackgroundReport) -> Table:
    table = Table(
        title="Benign surges that reach warn / act, beside pile-ons of 40 on anyone",
        title_justify="left",
    )
    table.add_column("detector")
    table.add_column("threshold")
    names = {d.crowd: d.trials for c in where.candidates for d in c.operating[0].surges_warned}
    for name, trials in names.items():
        table.add_column(f"{_words(name)} ({trials})")
    for name, people in _BESIDE_SURGES:
        table.add_column(f"{_words(name)}, N = {people}")
    for candidate, setting, at in _rows(where):
        cells = [_reached(at.surges_warned, at.surges_acted, name, people=0) for name in names]
        cells += [
            _reached(at.pile_ons, at.pile_ons_acted, name, people)
            for name, people in _BESIDE_SURGES
        ]
        table.add_row(candidate, setting, *cells)
    return table


def _reached(warned: list[Detection], acted: list[Detection], crowd: str, people: int) -> str:
    """Share of one kind of crowd, on anyone, that reached warn and act."""
    rows = (_find(cells, crowd, people, "everyone") for cells in (warned, acted))
    return " / ".join("-" if row is None else _percent(row.recall) for row in rows)


def _words(crowd: str) -> str:
    return crowd.replace("_", " ")


def _cell(cells: list[Detection], crowd: str, people: int, group: str) -> str:
    row = _find(cells, crowd, people, group)
    if row is None:
        return "-"
    delay = f"{row.delay.value:.0f} min" if isfinite(row.delay.value) else "never"
    return f"{_interval(row.recall)}\n{delay}, {row.landed.value:.0%}"


def _find(cells: list[Detection], crowd: str, people: int, group: str) -> Detection | None:
    wanted = (crowd, people, group)
    return next((row for row in cells if (row.crowd, row.people, row.group) == wanted), None)


def _interval(figure: Figure) -> str:
    return f"{figure.value:.2f} ({figure.lo:.2f}-{figure.hi:.2f})"


def _percent(figure: Figure) -> str:
    return f"{figure.value:.0%}"
