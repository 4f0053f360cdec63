"""Files in and out: an import is looked through row by row and recorded only when confirmed."""

import secrets
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.desk.intake import ONCE, REGISTERS
from lianzhi.domains.biosecurity.importing.files import all_schemas
from lianzhi.domains.biosecurity.web.page import Desk, Keeper
from lianzhi.kit.downloads import archive
from lianzhi.kit.import_pages import Import, Means, import_router
from lianzhi.kit.page import Look, admitted

router = APIRouter(prefix="/export")
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


@router.post("")
def export(
    request: Request,
    desk: Desk,
    user: Keeper,
    look: Look,
    form: Annotated[Literal["csv", "xlsx"], Form()] = "csv",
) -> Response:
    """Everything on the record as an archive of the files that an import reads."""
    office = desk.office
    with admitted(request.app.state.exports, "as many exports as can be are being made"):
        look("export", [f"export:{secrets.token_hex(10)}"])
        write = partial(desk.exports.write, sheets=form == "xlsx")
        return archive(office.home, write, f"biosecurity-{office.today()}.zip")
