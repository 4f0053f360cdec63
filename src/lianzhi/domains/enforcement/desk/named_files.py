"""Ids of the files on disk that entries of the record name."""

from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.paper_context import EVIDENCE_KINDS
from lianzhi.domains.enforcement.desk.photos import PHOTOGRAPHED
from lianzhi.domains.enforcement.queries import steps, tables


def named_files(office: Office) -> set[str]:
    """Ids of all evidence, photos and papers that an entry names."""
    with office.reading() as connection:
        entries = steps.entries(connection, kinds={*EVIDENCE_KINDS, PHOTOGRAPHED})
        papers = tables.paper.every(connection)
    evidence = {(office.ledger.payload(step.entry) or {}).get("evidence", "") for step in entries}
    return evidence | {name for paper in papers for name in (paper.docx, paper.pdf)}
