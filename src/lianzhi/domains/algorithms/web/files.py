"""Files in and out: an import is looked through row by row and recorded only when confirmed."""

import secrets
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.domains.algorithms.importing.files import KIND, all_schemas
from lianzhi.domains.algorithms.web.page import Desk, Keeper
from lianzhi.kit.downloads import archive
from lianzhi.kit.import_pages import Import, Means, import_router
from lianzhi.kit.page import Look, admitted

router = APIRouter(prefix="/export")
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


@router.post("")
def export(
    request: Request,
    desk: Desk,
    user: Keeper,
    look: Look,
    form: Annotated[Literal["csv", "xlsx"], Form()] = "csv",
) -> Response:
    """The registry as an archive of the file that an import reads."""
    office = desk.office
    with admitted(request.app.state.exports, "as many exports as can be are being made"):
        look("export", [f"export:{secrets.token_hex(10)}"])
        write = partial(desk.intake.write, sheets=form == "xlsx")
        return archive(office.home, write, f"algorithms-{office.today()}.zip")
