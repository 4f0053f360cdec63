"""An audit by paired probes of a file."""

from pathlib import Path

from lianzhi.audits.policy import ProbePolicy
from lianzhi.audits.probes.audit import ProbeAudit, probe_audit
from lianzhi.audits.probes.pairs import read_pairs
from lianzhi.audits.probes.probe_map import ProbeMap
from lianzhi.tabular.column_map import read_map
from lianzhi.tabular.table_source import opened


def audit_file(path: Path, map_path: Path, policy: ProbePolicy) -> ProbeAudit:
    """The audit of a table of probes by a column map. Raises MapError."""
    wanted = read_map(map_path, ProbeMap)
    wanted.check()
    with opened(path, wanted.table) as source:
        pairs = read_pairs(source, wanted)
    return probe_audit(pairs, wanted, policy)
