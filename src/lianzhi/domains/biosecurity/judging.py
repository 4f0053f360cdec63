"""Judges the counts of a file by a method of `stats.surveillance`."""

from collections.abc import Callable, Mapping
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from lianzhi.domains.biosecurity.series_file import read_series, write_watch
from lianzhi.stats.surveillance.ears import ears
from lianzhi.stats.surveillance.farrington import Reference, farrington, farrington_flexible
from lianzhi.stats.surveillance.short import bayes, rki
from lianzhi.stats.surveillance.watch import TimesError, Watch

_METHODS: Mapping[str, Callable[..., Watch]] = {
    "ears-c1": partial(ears, method="c1"),
    "ears-c2": partial(ears, method="c2"),
    "ears-c3": partial(ears, method="c3"),
    "farrington": farrington,
    "farrington-flexible": farrington_flexible,
    "bayes": bayes,
    "rki": rki,
}


#: Arguments that are no options: the series, what is asked, and what the options make.
_NOT_OPTIONS = {"counts", "method", "times", "dates", "reference"}


def options(method: str) -> set[str]:
    """Parameters of a method that a user may give."""
    names = set(signature(_METHODS[method]).parameters)
    years = set(Reference._fields) if "reference" in names else set()
    return (names - _NOT_OPTIONS) | years


def judge_file(
    file: Path, method: str, out: Path, times: tuple[int, int] | None, given: Mapping[str, Any]
) -> Watch:
    """Judge the times of a file from `times[0]` to `times[1]`, by default all, and write `out`.

    `given`: parameters of the method by name. Raises ValueError, and OSError.
    """
    series = read_series(file)
    parameters = dict(given)
    if times is not None:
        parameters["times"] = (times[0] - series.first, times[1] - series.first)
    if method.startswith("farrington"):
        years = {name: parameters.pop(name) for name in Reference._fields if name in parameters}
        parameters |= {"reference": Reference(**years), "dates": series.dates}
    try:
        watch = _METHODS[method](series.counts, **parameters)
    except TimesError as error:
        raise ValueError(f"{file}: {error.text(series.first)}") from None
    write_watch(out, series, watch)
    return watch
