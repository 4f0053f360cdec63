"""Drilling down: from a figure to the list of what it counts, by the address of that list."""

from collections.abc import Mapping

from lianzhi.chain.scorecard_figures import Spec
from lianzhi.store.narrow import NONE, STATUSES
from lianzhi.web.console.format import address
from lianzhi.web.console.periods import Period

#: Cube -> the list behind it, and what of its address is always the same.
LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "findings": ("/warnings", {}),
    "opened": ("/cases", {"status": "all", "on": "opened"}),
    "closed": ("/cases", {"status": "all", "on": "closed", "state": "closed"}),
    "decisions": ("/decisions", {}),
    "measures": ("/measures", {}),
    "strikes": ("/measures", {"on": "struck"}),
    "reports": ("/reports", {"on": "received"}),
    "answers": ("/reports", {"on": "answered"}),
    "reports_due": ("/reports", {"on": "due"}),
    "appeals": ("/appeals", {"on": "filed"}),
    "appealed": ("/appeals", {"on": "answered"}),
    "contested": ("/appeals", {"on": "answered", "party": "affected"}),
    "appeals_due": ("/appeals", {"on": "due"}),
    "looks": ("/decisions", {"on": "looked"}),
    "granted": ("/protections", {"status": "all"}),
    "revisits": ("/cases", {"status": "all", "on": "revisited"}),
    "revisits_due": ("/cases", {"status": "all", "on": "revisit_due"}),
}
#: The same for lengths of time.
SPANS: Mapping[str, str] = {
    "warning": "opened",
    "protection": "opened",
    "decision": "opened",
    "applied": "measures",
    "report": "answers",
    "appeal": "appealed",
}


def behind(spec: Spec, period: Period, at: int, part: Mapping[str, str] | None = None) -> str:
    """Address of what a figure counts, as it was at `at`; of a share, of what makes it up."""
    quantile = spec.kind == "quantile"
    path, fixed = LISTS[SPANS[spec.cube] if quantile else spec.cube]
    where = {**spec.where, **spec.hits}
    if not quantile:
        where |= {dim: (value,) for dim, value in (part or {}).items() if dim not in spec.hits}
    asked = {name: _said(name, values) for name, values in where.items()}
    until = min(period.until, at) if spec.cube.endswith("_due") else period.until
    bounds = {"since": period.since, "until": until}
    return address(path, **{**fixed, **asked, **bounds})


def _said(name: str, values: tuple[str, ...]) -> str:
    """The values as the address says them; several that have a name together, by that name."""
    if name == "status":
        for together, all_of_them in STATUSES.items():
            if set(all_of_them) == set(values):
                return together
    return ",".join(value or NONE for value in values)
