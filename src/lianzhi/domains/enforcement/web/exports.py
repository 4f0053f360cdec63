"""Export: everything on the record in the files of a town, as one archive."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.exports import FILES
from lianzhi.domains.enforcement.desk.office import new_id
from lianzhi.domains.enforcement.web.page import Desk, Keeper, show
from lianzhi.kit.downloads import archive
from lianzhi.kit.page import Look, admitted

router = APIRouter(prefix="/export")


@router.get("")
def ask(request: Request, user: Keeper) -> Response:
    """What an export holds, and the form."""
    return show(request, "export.html", files=FILES)


@router.post("")
def export(
    request: Request,
    desk: Desk,
    user: Keeper,
    look: Look,
    form: Annotated[Literal["csv", "xlsx"], Form()] = "csv",
) -> Response:
    """The archive. Each export is a look at everything, and on the record before it begins."""
    today = desk.office.today()
    refusal = "as many exports as can be are being made; try again"
    with admitted(request.app.state.exports, refusal):
        look("export", [f"export:{new_id()}"])
        write = partial(desk.exports.write, sheets=form == "xlsx")
        return archive(desk.office.home, write, f"enforcement-{today}.zip")
