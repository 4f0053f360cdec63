"""Anomalies planted in a clean town, and the answer key.

Every anomaly edits rows after the fact. Rows that no answer lists equal those of the clean town of
that seed; each anomaly draws from its own random stream, and none touches a row that another has
touched.
"""

from collections.abc import Callable, Collection

import msgspec

from lianzhi.domains.enforcement.town.anomalies import casework, inspecting, reporting
from lianzhi.domains.enforcement.town.anomalies.planting import TABLES, Bench, Planting
from lianzhi.domains.enforcement.town.baseline.people import Staff
from lianzhi.domains.enforcement.town.baseline.rows import Answer, Town
from lianzhi.domains.enforcement.town.baseline.settings import Frame

# Planted in this order: anomalies that need many rows come first. The word is the prefix of their
# ids.
PLANTS: dict[str, tuple[str, Callable[[Planting], list[str]]]] = {
    "strict_inspector": ("officers", inspecting.strict_inspector),
    "lenient_inspector": ("officers", inspecting.lenient_inspector),
    "draw_avoids": ("enterprises", inspecting.draw_avoids),
    "over_cap": ("enterprises", inspecting.over_cap),
    "harsh_finer": ("officers", casework.harsh_finer),
    "favours": ("officers", casework.favours),
    "backdated_batch": ("penalties", casework.backdated_batch),
    "expired_certificate": ("inspections", inspecting.expired_certificate),
    "one_officer": ("inspections", inspecting.one_officer),
    "observer_as_officer": ("inspections", inspecting.observer_as_officer),
    "no_scan": ("inspections", inspecting.no_scan),
    "no_legal_review": ("penalties", casework.no_legal_review),
    "fine_above_most": ("penalties", casework.fine_above_most),
    "double_fine": ("penalties", casework.double_fine),
    "limitation_over": ("penalties", casework.limitation_over),
    "decided_early": ("penalties", casework.decided_early),
    "decided_late": ("penalties", casework.decided_late),
    "served_late": ("penalties", casework.served_late),
    "published_late": ("penalties", casework.published_late),
    "closed_unpaid": ("penalties", casework.closed_unpaid),
    "undispatched_grid": ("grids", reporting.undispatched_grid),
    "beautified_on_time": ("squads", reporting.beautified_on_time),
    "disposed_before_accepted": ("requests", reporting.disposed_before_accepted),
}


def plant(frame: Frame, staff: Staff, town: Town, keys: Collection[str]) -> Town:
    """The town with the given anomalies, and their answers."""
    bench, answers = Bench(frame, staff, town), []
    for key, (about, function) in PLANTS.items():
        if key not in keys:
            continue
        settings = frame.settings.anomalies[key]
        planting = Planting(bench, key, settings)
        ids = function(planting)
        rows = planting.differing()
        answers.append(
            Answer(
                key=key,
                title={"zh": settings.zh, "en": settings.en},
                about=about,
                ids=tuple(sorted(ids)) if rows else (),  # too small a town for it
                rows=rows,
                strength=settings.strength(),
            )
        )
    tables = {name: bench.rows(name) for name in TABLES}
    return msgspec.structs.replace(town, **tables, answers=tuple(answers))
