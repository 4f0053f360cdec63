"""Import: files of a town, looked through row by row, and put on the record only when confirmed."""

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from lianzhi.domains.enforcement.desk.history import NOUNS, REGISTERS
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.importing.town_files import FILES, schema
from lianzhi.domains.enforcement.web.page import Desk, Leader, show
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.page import Look, language_of, or_missing, reading_tables
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.problem import Problem
from lianzhi.tabular.reading import ReadTable

router = APIRouter(prefix="/import")
#: Files in one upload: each kind once.
_FILES = len(FILES)
#: Rows and columns of a file, and kinds of problems, that a page shows.
_ROWS, _COLUMNS, _KINDS = 3, 8, 40


class Part(NamedTuple):
    """What one file would bring."""

    kind: str
    file: str
    rows: int
    errors: int
    same: int
    once: bool
    """Whether its rows come in once; others say anew how things stand, or are only looked at."""
    header: list[str]
    first: list[list[str]]


class Alike(NamedTuple):
    """The same problem on some lines."""

    file: str
    column: str
    mend: str
    value: str
    """Of the first line."""
    lines: list[int]


@router.get("")
def ask(request: Request, user: Leader) -> Response:
    """The form."""
    kinds = [(kind, schema(kind).columns if kind != "grids" else ()) for kind in FILES]
    return show(request, "import.html", kinds=kinds)


@router.post("")
def send(
    desk: Desk,
    user: Leader,
    files: Annotated[list[UploadFile] | None, File()] = None,
    whole: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Keep the files for an hour; nothing is on the record yet.

    The form ends with `whole`: where that is not there, the upload was cut off on the way.
    """
    if not whole:
        raise RefusedError("cut_off", "the upload did not arrive whole; send it again")
    sent = [one for one in files or () if one.filename]
    if len(sent) > _FILES:
        raise RefusedError("files", f"{len(sent)} files; give {_FILES} at most", most=_FILES)
    names = [str(one.filename) for one in sent]
    if again := next((name for name in names if names.count(name) > 1), ""):
        raise RefusedError("file_twice", f"{again}: sent twice", name=again[:80])
    bodies = {str(one.filename): one.file.read() for one in sent}
    upload = desk.uploads.keep(bodies, desk.office.now())
    return RedirectResponse(f"/enforcement/import/{upload}", 303)


@router.get("/{upload}")
def preview(request: Request, desk: Desk, user: Leader, look: Look, upload: str) -> Response:
    """What would come in, and every row that would not."""
    found = _read(request, desk, upload)
    look("import", [f"upload:{upload}"])
    parts = [_part(kind, read, language_of(request)) for kind, read in found.reads.items()]
    context: dict[str, Any] = {
        "upload": upload,
        "parts": parts,
        "missing": found.missing,
        "problems": _alike(found, language_of(request))[:_KINDS],
        "wrong": len(found.errors),
        "rows": _coming(found),
        "registers": REGISTERS,
    }
    return show(request, "import_preview.html", **context)


@router.get("/{upload}/problems.csv")
def problems(request: Request, desk: Desk, user: Leader, upload: str) -> Response:
    """All rows that would not come in, with line, column, value and mend."""
    spoken = language_of(request)
    table: list[list[str | int]] = [["file", "line", "column", "value", "mend"]]
    for _, one in _problems(_read(request, desk, upload)):
        table.append([one.file, one.line, one.column, one.value, one.fault.text(spoken)])
    return csv_file(table, "import-problems.csv")


@router.post("/{upload}/confirm")
def confirm(request: Request, desk: Desk, user: Leader, upload: str) -> Response:
    """Put the good rows on the record, all of them or none."""
    with or_missing():
        path = desk.uploads.claim(upload, desk.office.now())
    try:
        with reading_tables(request):
            found = desk.history.read(path)
        if not _coming(found):
            raise RefusedError("no_rows", "no row of these files can come in")
        desk.history.take(found, user.name)
    except BaseException:
        desk.uploads.give_back(upload)
        raise
    desk.uploads.drop(upload)
    return RedirectResponse(f"/enforcement/import?done=taken&rows={_coming(found)}", 303)


@router.post("/{upload}/drop")
def drop(desk: Desk, user: Leader, upload: str) -> Response:
    """Forget an upload."""
    desk.uploads.drop(upload)
    return RedirectResponse("/enforcement/import?done=dropped", 303)


def _read(request: Request, desk: Desk, upload: str) -> Folder:
    with or_missing():
        folder = desk.uploads.folder(upload, desk.office.now())
        with reading_tables(request):
            return desk.history.read(folder)


def _problems(found: Folder) -> Iterator[tuple[str, Problem]]:
    """Every problem with the kind of its file."""
    return ((kind, one) for kind, read in found.reads.items() for one in read.errors)


def _names(kind: str, lang: str) -> dict[str, str]:
    """What readers of a language call the columns of a kind of file."""
    columns = () if kind == "grids" or lang == "en" else schema(kind).columns
    return {one.name: one.header.zh for one in columns}


def _alike(found: Folder, lang: str) -> list[Alike]:
    """Problems that are told alike, those of the most rows first."""
    names = {kind: _names(kind, lang) for kind in found.reads}
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for kind, one in _problems(found):
        column = names[kind].get(one.column, one.column)
        groups.setdefault((one.file, column, one.fault.text(lang)), []).append(one)
    told = [Alike(*key, some[0].value, [one.line for one in some]) for key, some in groups.items()]
    return sorted(told, key=lambda one: -len(one.lines))


def _coming(found: Folder) -> int:
    """How many rows would go on the record."""
    taken = (*REGISTERS, *NOUNS)
    return sum(len(found.reads[kind].rows) for kind in taken if kind in found.reads)


def _part(kind: str, read: ReadTable[Any], lang: str) -> Part:
    columns = () if kind == "grids" else schema(kind).columns[:_COLUMNS]
    if kind == "grids":
        header = ["id", "name", "squad"]
        first = [[row.id, row.name, row.squad] for row in read.rows[:_ROWS]]
    else:
        header = [one.header.say(lang) for one in columns]
        first = [[_said(row, one) for one in columns] for row in read.rows[:_ROWS]]
    counts = len(read.rows), len(read.errors), read.same
    return Part(kind, read.file, *counts, kind in NOUNS, header, first)


def _said(row: Any, column: Any) -> str:
    value = getattr(row, column.name)
    return "" if value is None else str(column.codec.write(value))
