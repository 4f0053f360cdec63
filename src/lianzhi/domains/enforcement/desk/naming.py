"""Naming: which files on disk the record names."""

from sqlalchemy import select

from lianzhi.domains.enforcement.desk.knowing import PIECES
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.photos import PHOTOGRAPHED
from lianzhi.domains.enforcement.queries import tables


def names(office: Office) -> set[str]:
    """Ids of all evidence, photos and papers that an entry names."""
    step, paper = tables.step.c, tables.paper.c
    with office.reading() as connection:
        query = select(step.index).where(step.kind.in_({*PIECES, PHOTOGRAPHED}))
        entries = [*connection.scalars(query)]
        papers = connection.execute(select(paper.docx, paper.pdf)).all()
    evidence = {(office.ledger.payload(index) or {}).get("evidence", "") for index in entries}
    return evidence | {name for row in papers for name in row}
