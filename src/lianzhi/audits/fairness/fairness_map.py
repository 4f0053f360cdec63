"""The column map of a fairness audit."""

from typing import Literal, get_args

import msgspec

from lianzhi.tabular.column_map import MapError

Metric = Literal["selection_rate", "tpr", "fpr", "precision", "fdr", "for"]
METRICS: tuple[Metric, ...] = get_args(Metric)
_DEFAULT: tuple[Metric, ...] = ("selection_rate", "tpr", "fpr", "precision", "for")
_MOST = 8


class FairnessMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which columns hold what. Predictions and labels are 0 or 1, or true or false."""

    attributes: tuple[str, ...]
    """Columns of the attributes by which people are grouped."""
    prediction: str = ""
    """Column of the decision; or a score and a threshold."""
    score: str = ""
    """Column of a probability, 0 to 1, whose calibration is looked at."""
    threshold: float | None = None
    """Score from which on it is 1."""
    label: str = ""
    """Column of what came true; without it selection rates alone are compared."""
    references: dict[str, str] = {}
    """The group of an attribute with which the others are compared; by default the largest."""
    intersections: tuple[tuple[str, ...], ...] = ()
    """Attributes whose combinations are groups as well."""
    metrics: tuple[Metric, ...] = ()
    """What is compared; each is a test of the family. By default all that the columns allow."""
    table: str = ""
    """Table of a DuckDB file; by default its only one."""

    def check(self) -> None:
        """Raises MapError for fields that do not fit one another."""
        if not 1 <= len(self.attributes) <= _MOST or len({*self.attributes}) < len(self.attributes):
            raise MapError("attributes", self.attributes, f"name 1 to {_MOST} different columns")
        if bool(self.prediction) == bool(self.score and self.threshold is not None):
            given = (self.prediction, self.score, self.threshold)
            mend = "name the column of the decision, or a score and its threshold"
            raise MapError("prediction", given, mend)
        for name in self.references:
            if name not in self.attributes:
                raise MapError("references", name, f"use one of {', '.join(self.attributes)}")
        for names in self.intersections:
            if len({*names}) < 2 or not {*names} <= {*self.attributes}:
                mend = f"name two or more of {', '.join(self.attributes)}"
                raise MapError("intersections", names, mend)
        if len(self.intersections) > _MOST:
            raise MapError("intersections", len(self.intersections), f"name at most {_MOST}")
        if len({*self.metrics}) < len(self.metrics):
            raise MapError("metrics", self.metrics, "name each metric once")
        if {"precision", "fdr"} <= {*self.metrics}:
            raise MapError("metrics", self.metrics, "name precision or fdr: each is 1 - the other")
        if not self.label and {*self.metrics} - {"selection_rate"}:
            raise MapError("label", "", "name the column of what came true")
        if self.score and self.prediction and not self.label:
            raise MapError("label", "", "name it, to look at the calibration of the score")

    @property
    def compared(self) -> tuple[Metric, ...]:
        """The metrics that these columns allow."""
        return self.metrics or (_DEFAULT if self.label else ("selection_rate",))

    def named(self) -> list[tuple[str, str]]:
        """Fields of the map with the column that each names."""
        fields = [("attributes", name) for name in self.attributes]
        single = (("prediction", self.prediction), ("score", self.score), ("label", self.label))
        return fields + [(field, name) for field, name in single if name]
