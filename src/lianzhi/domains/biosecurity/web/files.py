"""Files in and out: an import is looked through row by row and recorded only when confirmed."""

from lianzhi.domains.biosecurity.desk.intake import ONCE, REGISTERS
from lianzhi.domains.biosecurity.importing.files import all_schemas
from lianzhi.kit.export_pages import export_router
from lianzhi.kit.import_pages import Import, Means, import_router

exports = export_router("biosecurity", ("border_lead", "audit"), lambda desk: desk.exports.write)
imports = import_router(
    Import(
        domain="biosecurity",
        path="/biosecurity/import",
        template="biosecurity/import.html",
        noun="biosecurity.interceptions",
        permission="border_lead",
        schemas=all_schemas(),
        once=ONCE,
        updates=tuple(REGISTERS),
        means=lambda desk: Means(desk.uploads, desk.office.now, desk.intake),
    )
)
