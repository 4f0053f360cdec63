"""Curves over the threshold as pictures, with matplotlib (a development dependency)."""

from importlib import import_module
from math import isfinite, nan
from pathlib import Path

from lianzhi.domains.bullying.evaluation.figures import BackgroundReport, CurvePoint, Report

_GROUP = "<=5"
_STYLES = {20: "--", 40: "-"}
_PANELS = (
    ("recall", "recall"),
    ("delay", "median delay (minutes)"),
    ("landed", "median share landed"),
)


def draw(report: Report, folder: Path) -> list[Path]:
    """One PNG and one SVG per background; raises ImportError when matplotlib is missing."""
    return [path for where in report.backgrounds for path in _draw(where, folder)]


def _draw(where: BackgroundReport, folder: Path) -> list[Path]:
    # Imported by name and late: the package must load without this development dependency.
    figure = import_module("matplotlib.figure").Figure(figsize=(13, 4.2), layout="constrained")
    axes = figure.subplots(1, len(_PANELS))
    for axis, (name, label) in zip(axes, _PANELS, strict=True):
        for number, candidate in enumerate(where.candidates):
            for people, style in _STYLES.items():
                points = [p for p in candidate.curve if (p.people, p.group) == (people, _GROUP)]
                axis.plot(
                    [max(p.per_1000, 0.05) for p in points],
                    [_value(p, name) for p in points],
                    linestyle=style,
                    color=f"C{number}",
                    label=f"{candidate.candidate}, N = {people}",
                )
        axis.axvline(1.0, color="0.6", linewidth=0.8)
        axis.set_xscale("log")
        axis.set_xlabel("false alarms per 1,000 target-days (0 drawn at 0.05)")
        axis.set_ylabel(label)
    axes[0].legend(fontsize=7)
    figure.suptitle(f"{where.name}: pile-ons on targets with <= 5 strangers a day")
    stem = "".join(c if c.isalnum() else "-" for c in where.name)
    paths = [folder / f"{stem}.{ending}" for ending in ("png", "svg")]
    for path in paths:
        figure.savefig(path, dpi=120)
    return paths


def _value(point: CurvePoint, name: str) -> float:
    value: float = getattr(point, name)
    return value if isfinite(value) else nan
