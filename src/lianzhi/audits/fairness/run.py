"""A fairness audit of a file."""

from pathlib import Path

from lianzhi.audits.fairness.audit import FairnessAudit, fairness_audit
from lianzhi.audits.fairness.counting import count, count_scores
from lianzhi.audits.fairness.fairness_map import FairnessMap
from lianzhi.audits.policy import FairnessPolicy
from lianzhi.tabular.column_map import read_map
from lianzhi.tabular.table_source import opened


def audit_file(path: Path, map_path: Path, policy: FairnessPolicy, *, seed: int) -> FairnessAudit:
    """The audit of a table by a column map. Raises MapError."""
    wanted = read_map(map_path, FairnessMap)
    wanted.check()
    with opened(path, wanted.table) as source:
        counts = count(source, wanted, policy.most_cells)
        wants_scores = wanted.score and wanted.label
        scores = count_scores(source, wanted, counts) if wants_scores else None
    return fairness_audit(counts, wanted, policy, seed=seed, scores=scores)
