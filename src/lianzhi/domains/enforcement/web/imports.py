"""Import: files of a town, looked through row by row, and put on the record only when confirmed."""

from lianzhi.domains.enforcement.desk.history import NOUNS, REGISTERS
from lianzhi.domains.enforcement.importing.town_files import FILES, schema
from lianzhi.kit.import_pages import Import, Means, import_router

PAGES = Import(
    domain="enforcement",
    path="/enforcement/import",
    template="enforcement/import.html",
    noun="enforcement.figures",
    permission="lead",
    schemas={kind: ("id", "name", "squad") if kind == "grids" else schema(kind) for kind in FILES},
    once=NOUNS,
    updates=REGISTERS,
    means=lambda desk: Means(desk.uploads, desk.office.now, desk.history),
)
router = import_router(PAGES)
