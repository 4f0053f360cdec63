"""An attention audit of a file, and its figures as plain data."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.domains.algorithms.attention.attention_map import AttentionMap
from lianzhi.domains.algorithms.attention.measuring import Attention, measure
from lianzhi.domains.algorithms.column_map import read_map
from lianzhi.domains.algorithms.policy import AttentionPolicy
from lianzhi.domains.algorithms.table_source import opened


def measure_file(path: Path, map_path: Path, policy: AttentionPolicy) -> Attention:
    """The figures of a table of events by a column map. Raises MapError."""
    wanted = read_map(map_path, AttentionMap)
    with opened(path, wanted.table) as source:
        return measure(source, wanted, policy)


def attention_fields(measured: Attention, version: str, policy: AttentionPolicy) -> dict[str, Any]:
    """The figures as plain data; what is not finite is None."""
    return {
        "audit": "attention",
        "policy": version,
        "thresholds": msgspec.to_builtins(policy),
        "people": measured.people,
        "events": measured.events,
        "left_out": measured.left_out,
        "figures": {
            name: {
                "value": _finite(ratio.value),
                "lo": _finite(ratio.interval.lo),
                "hi": _finite(ratio.interval.hi),
                "people": ratio.people,
            }
            for name, ratio in measured.figures.items()
        },
    }


def write_fields(fields: Mapping[str, Any], out: Path) -> None:
    """Write `attention.json` into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "attention.json").write_bytes(msgspec.json.format(msgspec.json.encode(fields)) + b"\n")


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
