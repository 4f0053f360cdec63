"""The address of an export: everything of a domain on the record, as the files an import reads."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from lianzhi.chain.roles import Permission
from lianzhi.kit.downloads import archive
from lianzhi.kit.page import Look, admitted, desk_of, user_with


def export_router(
    domain: str, needs: tuple[Permission, ...], writer: Callable[[Any], Callable[..., object]]
) -> APIRouter:
    """`POST` of a router: a ZIP of what the writer of a desk puts into a folder, as CSV or XLSX.

    The export is a look on the record. 403 for who holds none of `needs`.
    """
    router = APIRouter()
    user_type = Annotated[Any, user_with(*needs)]
    desk_type = Annotated[Any, desk_of(domain)]

    @router.post("")
    def export(
        request: Request,
        desk: desk_type,
        user: user_type,
        look: Look,
        form: Annotated[Literal["csv", "xlsx"], Form()] = "csv",
    ) -> Response:
        office = desk.office
        with admitted(request.app.state.exports, "as many exports as can be are being made"):
            look("export", [f"export:{secrets.token_hex(10)}"])
            write = partial(writer(desk), sheets=form == "xlsx")
            return archive(office.home, write, f"{domain}-{office.today()}.zip")

    return router
