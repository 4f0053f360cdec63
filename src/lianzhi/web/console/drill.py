"""Drilling down: from a figure to the list of what it counts, by the address of that list."""

from collections.abc import Mapping

from lianzhi.chain.scorecard_figures import Spec
from lianzhi.kit.addresses import address
from lianzhi.kit.periods import Period
from lianzhi.store.counted import COUNTED
from lianzhi.store.narrow import ALL, NONE, STATUSES

#: Lists that show some of their rows unless they are asked for all.
_CHOOSE = frozenset({"cases", "protections"})


def behind(spec: Spec, period: Period, at: int, part: Mapping[str, str] | None = None) -> str:
    """Address of what a figure counts, as it was at `at`; of a share, of what makes it up."""
    where = {**spec.where, **spec.hits}
    if spec.kind != "quantile":
        where |= {dim: (value,) for dim, value in (part or {}).items() if dim not in spec.hits}
    filters = {name: _as_parameter(name, values) for name, values in where.items()}
    if spec.cube == "chains":
        return address("/chains", **filters, since=period.since, until=period.until)
    of = COUNTED[spec.cube]
    fixed = {"status": ALL} if of.noun in _CHOOSE else {}
    until = min(period.until, at) if of.due else period.until
    return address(
        f"/{of.noun}", **{**fixed, **filters, "on": of.on, "since": period.since, "until": until}
    )


def _as_parameter(name: str, values: tuple[str, ...]) -> str:
    """The values as the address says them; several that have a name together, by that name."""
    if name == "status":
        for together, all_of_them in STATUSES.items():
            if set(all_of_them) == set(values):
                return together
    return ",".join(value or NONE for value in values)
