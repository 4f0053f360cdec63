"""An attention audit of a file."""

from pathlib import Path

from lianzhi.audits.attention.attention_map import AttentionMap
from lianzhi.audits.attention.events import read_events
from lianzhi.audits.attention.measuring import Attention, measure
from lianzhi.audits.policy import AttentionPolicy
from lianzhi.tabular.column_map import read_map
from lianzhi.tabular.table_source import opened


def audit_file(path: Path, map_path: Path, policy: AttentionPolicy) -> Attention:
    """The figures of a table of events by a column map. Raises MapError."""
    wanted = read_map(map_path, AttentionMap)
    with opened(path, wanted.table) as source:
        events = read_events(source, wanted)
    return measure(events, wanted, policy)
