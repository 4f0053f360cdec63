"""Files as answers: tables as CSV, stored files, and archives that are sent while they are read."""

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from lianzhi.tabular.writing import Value, csv_bytes

_CHUNK = 1 << 18
#: Media type of a paper, by the ending of its file.
PAPER_MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
#: Names that need no encoding in a header (RFC 6266).
_PLAIN = re.compile(r"[A-Za-z0-9._ -]{1,200}")


def csv_file(table: Iterable[Sequence[Value]], name: str) -> Response:
    """A table, its first row the header, as CSV with the mark by which spreadsheets know UTF-8."""
    headers = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
    media_type = "text/csv; charset=utf-8"
    return attachment(csv_bytes(table, mark=True), name, media_type, headers)


def attachment(
    body: bytes, name: str, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A file to be stored under a name, of exactly this media type, never shown in place."""
    disposition = f'attachment; filename="{name}"'
    if not _PLAIN.fullmatch(name):
        disposition = f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
    disposed = {"Content-Disposition": disposition, **(headers or {})}
    return Response(body, headers=disposed, media_type=media_type)


def archive(home: Path, write: Callable[[Path], object], name: str) -> Response:
    """A ZIP of the files that `write` puts into a folder; what is temporary lies under `home`."""
    packed = tempfile.TemporaryFile(dir=home)  # noqa: SIM115  # closed when the answer has been sent
    try:
        with tempfile.TemporaryDirectory(dir=home) as place:
            folder = Path(place)
            write(folder)
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
                for path in sorted(folder.iterdir()):
                    files.write(path, path.name)
        size = packed.tell()
        packed.seek(0)
    except BaseException:
        packed.close()
        raise
    return streamed(packed, name, size, {"Cache-Control": "no-store"})


def streamed(file: BinaryIO, name: str, size: int, headers: Mapping[str, str]) -> Response:
    """A ZIP that is read while it is sent, and closed then."""
    disposed = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        **headers,
    }
    return StreamingResponse(_chunks(file), headers=disposed, media_type="application/zip")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
