"""An attention audit of a file."""

from pathlib import Path

from lianzhi.domains.algorithms.attention.attention_map import AttentionMap
from lianzhi.domains.algorithms.attention.events import read_events
from lianzhi.domains.algorithms.attention.measuring import Attention, measure
from lianzhi.domains.algorithms.policy import AttentionPolicy
from lianzhi.tabular.column_map import read_map
from lianzhi.tabular.table_source import opened


def audit_file(path: Path, map_path: Path, policy: AttentionPolicy) -> Attention:
    """The figures of a table of events by a column map. Raises MapError."""
    wanted = read_map(map_path, AttentionMap)
    with opened(path, wanted.table) as source:
        events = read_events(source, wanted)
    return measure(events, wanted, policy)
