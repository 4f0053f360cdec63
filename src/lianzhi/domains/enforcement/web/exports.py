"""Export: everything on the record in the files of a town, as one archive."""

import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response, StreamingResponse

from lianzhi.domains.enforcement.desk.exports import FILES
from lianzhi.domains.enforcement.desk.office import RefusedError, new_id
from lianzhi.domains.enforcement.web.page import Desk, Keeper, Look, show

router = APIRouter(prefix="/export")
_CHUNK = 1 << 18


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
    with request.app.state.exports.enter() as admitted:
        if not admitted:
            raise RefusedError("busy", "as many exports as can be are being made; try again")
        look("export", [f"export:{new_id()}"])
        packed = tempfile.TemporaryFile(dir=desk.office.home)  # noqa: SIM115  # closed when the answer has been sent
        try:
            with tempfile.TemporaryDirectory(dir=desk.office.home) as place:
                folder = Path(place)
                desk.exports.write(folder, sheets=form == "xlsx")
                with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                    for path in sorted(folder.iterdir()):
                        archive.write(path, path.name)
            size = packed.tell()
            packed.seek(0)
        except BaseException:
            packed.close()
            raise
    headers = {
        "Content-Disposition": f'attachment; filename="enforcement-{desk.office.today()}.zip"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_chunks(packed), headers=headers, media_type="application/zip")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
