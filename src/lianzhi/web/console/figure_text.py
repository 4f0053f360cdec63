"""Figures as text: values in their unit, intervals, and names of parts."""

import math
from collections.abc import Mapping

from babel.support import Translations

from lianzhi.chain.report_classes import ReportClasses
from lianzhi.chain.scorecard import Figure, Unit
from lianzhi.documents.format import duration, number
from lianzhi.web.console.words import known, words

NO_VALUE = "–"
#: Dimensions whose values have words of their own; those of the others stand under `part.`.
FAMILIES = {
    "stage": "stage",
    "kind": "kind",
    "key": "measure",
    "role": "role_in_case",
    "outcome": "outcome",
    "state": "chain_state",
}
#: What the name of a rule is made of, separated by slashes.
_RULE = ("kind", "key", "role")


def value(number_: float | None, unit: Unit, catalogue: Translations) -> str:
    """One value; a dash where there is none."""
    if number_ is None:
        return NO_VALUE
    if unit == "share":
        return f"{_percent(number_)} %"
    if unit == "ms":
        return duration(int(number_), catalogue)
    if unit == "kappa":
        return f"{number_:.2f}"
    return number(number_)


def interval(figure: Figure, catalogue: Translations) -> str:
    """Its limits, `8–21 %`; only one, `≥ 8 %`, where too few were seen to give the other."""
    if figure.lo is None and figure.hi is None:
        return NO_VALUE
    if figure.unit == "share" and figure.lo is not None and figure.hi is not None:
        return f"{_percent(figure.lo)}–{_percent(figure.hi)} %"
    if figure.unit == "number" and figure.lo is not None and figure.hi is not None:
        return f"{math.floor(figure.lo):,}–{math.ceil(figure.hi):,}"
    lo, hi = (value(limit, figure.unit, catalogue) for limit in (figure.lo, figure.hi))
    if figure.lo is None or figure.hi is None:
        return f"≤ {hi}" if figure.lo is None else f"≥ {lo}"
    return f"{lo} – {hi}" if figure.unit == "ms" else f"{lo}–{hi}"


def _percent(share: float) -> str:
    """Whole per cent; one decimal where that is needed to tell it from none or all."""
    whole = f"{100 * share:.0f}"
    if (whole == "0" and share > 0) or (whole == "100" and share < 1):
        return f"{100 * share:.1f}"
    return whole


class Names:
    """Names of figures and their parts in one language."""

    def __init__(self, language: str, classes: ReportClasses | None = None) -> None:
        self._language, self._catalogue = language, words(language)
        self._classes: Mapping[str, str] = {
            known.key: known.zh if language == "zh" else known.en
            for known in (classes.report_class if classes else ())
        }

    def figure(self, key: str) -> str:
        """Name of a figure."""
        return self._catalogue.gettext(f"figure.{key}")

    def means(self, key: str) -> str:
        """Definition of a figure."""
        return self._catalogue.gettext(f"figure_means.{key}")

    def part(self, dim: str, name: str) -> str:
        """What a value of a dimension is called; one that no catalogue knows reads as itself."""
        if dim == "category":
            return self._classes.get(name, name)
        ways = name.split("/")
        if dim == "rule" and len(ways) == len(_RULE):
            return " · ".join(map(self.part, _RULE, ways))
        for family in (FAMILIES.get(dim), f"part.{dim}"):
            full = f"{family}.{name or 'none'}"
            if family and known(self._language, full):
                return self._catalogue.gettext(full)
        return name.replace("_", " ")

    def parts(self, part: Mapping[str, str]) -> str:
        """Names of several parts, joined."""
        return " · ".join(self.part(dim, name) for dim, name in part.items())
