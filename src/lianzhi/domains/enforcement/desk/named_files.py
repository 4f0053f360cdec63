"""Ids of the files on disk that entries of the record name."""

from sqlalchemy import select

from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.paper_context import EVIDENCE_KINDS
from lianzhi.domains.enforcement.desk.photos import PHOTOGRAPHED
from lianzhi.domains.enforcement.queries import tables


def named_files(office: Office) -> set[str]:
    """Ids of all evidence, photos and papers that an entry names."""
    step = tables.step.c
    with office.reading() as connection:
        query = select(step.index).where(step.kind.in_({*EVIDENCE_KINDS, PHOTOGRAPHED}))
        entries = [*connection.scalars(query)]
        papers = tables.paper.every(connection)
    evidence = {(office.ledger.payload(index) or {}).get("evidence", "") for index in entries}
    return evidence | {name for paper in papers for name in (paper.docx, paper.pdf)}
