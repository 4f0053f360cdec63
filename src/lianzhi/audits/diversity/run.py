"""A diversity audit of a file."""

from pathlib import Path

from lianzhi.audits.diversity.diversity_map import DiversityMap
from lianzhi.audits.diversity.feeds import read_feeds
from lianzhi.audits.diversity.measuring import Diversity, measure
from lianzhi.audits.policy import DiversityPolicy
from lianzhi.tabular.column_map import read_map
from lianzhi.tabular.table_source import opened


def audit_file(path: Path, map_path: Path, policy: DiversityPolicy, *, seed: int) -> Diversity:
    """The measures of a table of shown items by a column map. Raises MapError."""
    wanted = read_map(map_path, DiversityMap)
    with opened(path, wanted.table) as source:
        feeds = read_feeds(source, wanted)
    return measure(feeds, policy, seed)
