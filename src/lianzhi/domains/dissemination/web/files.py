"""Files in and out: an import is looked through row by row and recorded only when confirmed."""

from lianzhi.domains.dissemination.desk.intake import ONCE, UPDATES
from lianzhi.domains.dissemination.importing.files import all_schemas
from lianzhi.kit.export_pages import export_router
from lianzhi.kit.import_pages import Import, Means, import_router

exports = export_router("dissemination", ("outlets", "audit"), lambda desk: desk.exports.write)
imports = import_router(
    Import(
        domain="dissemination",
        path="/dissemination/import",
        template="dissemination/import.html",
        noun="dissemination.outlets",
        permission="outlets",
        schemas=all_schemas(),
        once=ONCE,
        updates=UPDATES,
        means=lambda desk: Means(desk.uploads, desk.office.now, desk.intake),
    )
)
