"""Import: tables, looked through row by row, and put on the record only when confirmed."""

from lianzhi.domains.mediation.importing.files import known_schemas
from lianzhi.kit.import_pages import Import, Means, import_router

PAGES = Import(
    domain="mediation",
    path="/mediation/import",
    template="mediation/import.html",
    noun="mediation.early",
    permission="oversee",
    schemas=known_schemas(),
    once=("disputes",),
    updates=("cases",),
    means=lambda desk: Means(desk.uploads, desk.office.now, desk.imports),
)
router = import_router(PAGES)
