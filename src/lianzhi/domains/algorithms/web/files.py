"""Files in and out: an import is looked through row by row and recorded only when confirmed."""

from lianzhi.domains.algorithms.importing.files import KIND, all_schemas
from lianzhi.kit.export_pages import export_router
from lianzhi.kit.import_pages import Import, Means, import_router

exports = export_router("algorithms", ("lead_algorithms", "audit"), lambda desk: desk.intake.write)
imports = import_router(
    Import(
        domain="algorithms",
        path="/algorithms/import",
        template="algorithms/import.html",
        noun="algorithms.registry",
        permission="lead_algorithms",
        schemas=all_schemas(),
        once=(KIND,),
        updates=(),
        means=lambda desk: Means(desk.uploads, desk.office.now, desk.intake),
    )
)
