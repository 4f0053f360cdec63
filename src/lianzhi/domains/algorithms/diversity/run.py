"""A diversity audit of a file, and its measures as plain data."""

from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.domains.algorithms.column_map import read_map
from lianzhi.domains.algorithms.diversity.diversity_map import DiversityMap
from lianzhi.domains.algorithms.diversity.measuring import Diversity, measure
from lianzhi.domains.algorithms.policy import DiversityPolicy
from lianzhi.domains.algorithms.table_source import opened


def measure_file(path: Path, map_path: Path, policy: DiversityPolicy) -> Diversity:
    """The measures of a table of shown items by a column map. Raises MapError."""
    wanted = read_map(map_path, DiversityMap)
    with opened(path, wanted.table) as source:
        return measure(source, wanted, policy.least_items, policy.level)


def diversity_fields(measured: Diversity, version: str, policy: DiversityPolicy) -> dict[str, Any]:
    """The measures as plain data; what is not finite is None."""
    return {
        "audit": "diversity",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "people": measured.people,
        "rows": measured.rows,
        "left_out": measured.left_out,
        "topics": measured.topics,
        "measures": {
            name: {
                "personal": each.personal,
                "unfiltered": each.unfiltered,
                "difference": each.personal - each.unfiltered,
                "lo": each.difference.lo if isfinite(each.difference.lo) else None,
                "hi": each.difference.hi if isfinite(each.difference.hi) else None,
                "people": each.people,
            }
            for name, each in measured.measures.items()
        },
    }


def write_fields(fields: dict[str, Any], out: Path) -> None:
    """Write `diversity.json` into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "diversity.json").write_bytes(msgspec.json.format(msgspec.json.encode(fields)) + b"\n")
