"""Pages of an import: files are looked through row by row, and recorded only when confirmed."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from lianzhi.chain.roles import Permission
from lianzhi.kit.downloads import csv_file
from lianzhi.kit.page import (
    Look,
    desk_of,
    language_of,
    or_missing,
    reading_tables,
    show,
    user_with,
)
from lianzhi.office.refusal import Refusal
from lianzhi.office.uploads import Uploads
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.problem import Problem
from lianzhi.tabular.reading import ReadTable
from lianzhi.tabular.schema import Schema

#: Rows and columns of a file, and kinds of problems, that a page shows.
_ROWS, _COLUMNS, _PROBLEMS = 3, 8, 40


class Means(NamedTuple):
    """What of a desk an import works with."""

    uploads: Uploads
    now: Callable[[], int]
    importer: Any
    """Reads and takes in a folder of tables: `kit.table_commands.Import`."""


class Import(NamedTuple):
    """What is imported, and how its pages look."""

    domain: str
    path: str
    """Address of the form; the pages of an upload lie below it."""
    template: str
    """The form; it gets `kinds`, pairs of kind and columns, and ends with the field `whole`."""
    noun: str
    """Of the console's rail."""
    permission: Permission
    schemas: Mapping[str, Schema | tuple[str, ...]]
    """Kinds of files; of a file that is no table, the fields of its rows to show."""
    once: Collection[str]
    """Kinds whose rows come in once."""
    updates: Collection[str]
    """Kinds whose rows say anew how things stand; all others are only looked at."""
    means: Callable[[Any], Means]


class FilePreview(NamedTuple):
    """What one file would bring."""

    kind: str
    file: str
    rows: int
    errors: int
    same: int
    becomes: str
    """Key of what its rows become."""
    header: list[str]
    first: list[list[str]]


class SameProblem(NamedTuple):
    """One problem and the lines that have it."""

    file: str
    column: str
    mend: str
    value: str
    """Of the first line."""
    lines: list[int]


def import_router(pages: Import) -> APIRouter:
    """The form, the preview of an upload with its problems, confirming it and dropping it."""
    router = APIRouter()
    user_type = Annotated[Any, user_with(pages.permission)]
    desk_type = Annotated[Any, desk_of(pages.domain)]

    @router.get("")
    def ask(request: Request, user: user_type) -> Response:
        """The form."""
        kinds = [(kind, _columns(schema)) for kind, schema in pages.schemas.items()]
        return show(request, pages.template, kinds=kinds)

    @router.post("")
    def send(
        desk: desk_type,
        user: user_type,
        files: Annotated[list[UploadFile] | None, File()] = None,
        whole: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        """Keep the files for an hour; nothing is on the record yet.

        The form ends with `whole`: where that is not there, the upload was cut off on the way.
        """
        if not whole:
            raise Refusal("cut_off", "the upload did not arrive whole; send it again")
        sent = [(str(file.filename), file) for file in files or () if file.filename]
        most = len(pages.schemas)
        if len(sent) > most:
            raise Refusal("files", f"{len(sent)} files; give {most} at most", most=most)
        names = [name for name, _ in sent]
        if again := next((name for name in names if names.count(name) > 1), ""):
            raise Refusal("file_twice", f"{again}: sent twice", name=again[:80])
        means = pages.means(desk)
        upload = means.uploads.keep({name: file.file.read() for name, file in sent}, means.now())
        return RedirectResponse(f"{pages.path}/{upload}", 303)

    @router.get("/{upload}")
    def preview(
        request: Request, desk: desk_type, user: user_type, look: Look, upload: str
    ) -> Response:
        """What would come in, and every row that would not."""
        tables, language = _read(request, pages.means(desk), upload), language_of(request)
        look("import", [f"upload:{upload}"])
        context = {
            "pages": pages,
            "upload": upload,
            "files": [_preview(pages, *each, language) for each in tables.reads.items()],
            "problems": _same_problems(pages, tables, language)[:_PROBLEMS],
            "wrong": len(tables.errors),
            "rows": _coming(pages, tables),
        }
        return show(request, "kit/import_preview.html", **context)

    @router.get("/{upload}/problems.csv")
    def problems(request: Request, desk: desk_type, user: user_type, upload: str) -> Response:
        """All rows that would not come in, with line, column, value and mend."""
        language = language_of(request)
        rows = [
            (each.file, each.line, each.column, each.value, each.fault.text(language))
            for each in _read(request, pages.means(desk), upload).errors
        ]
        header = ("file", "line", "column", "value", "mend")
        return csv_file([header, *rows], "import-problems.csv")

    @router.post("/{upload}/confirm")
    def confirm(request: Request, desk: desk_type, user: user_type, upload: str) -> Response:
        """Put the good rows on the record, all of them or none."""
        means = pages.means(desk)
        with or_missing():
            folder = means.uploads.claim(upload, means.now())
        try:
            with reading_tables(request):
                tables = means.importer.read(folder)
            if not (rows := _coming(pages, tables)):
                raise Refusal("no_rows", "no row of these files can come in")
            means.importer.take(tables, user.name)
        except BaseException:
            means.uploads.give_back(upload)
            raise
        means.uploads.drop(upload)
        return RedirectResponse(f"{pages.path}?done=taken&rows={rows}", 303)

    @router.post("/{upload}/drop")
    def drop(desk: desk_type, user: user_type, upload: str) -> Response:
        """Forget an upload."""
        pages.means(desk).uploads.drop(upload)
        return RedirectResponse(f"{pages.path}?done=dropped", 303)

    return router


def _read(request: Request, means: Means, upload: str) -> Folder:
    with or_missing():
        folder = means.uploads.folder(upload, means.now())
        with reading_tables(request):
            tables: Folder = means.importer.read(folder)
            return tables


def _columns(schema: Schema | tuple[str, ...]) -> tuple[Any, ...]:
    return schema.columns if isinstance(schema, Schema) else ()


def _same_problems(pages: Import, tables: Folder, language: str) -> list[SameProblem]:
    """Problems that are told alike, those of the most rows first."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for kind, table in tables.reads.items():
        headers = {each.name: each.header.say(language) for each in _columns(pages.schemas[kind])}
        for problem in table.errors:
            column = headers.get(problem.column, problem.column)
            key = (problem.file, column, problem.fault.text(language))
            groups.setdefault(key, []).append(problem)
    same = [
        SameProblem(*key, problems[0].value, [each.line for each in problems])
        for key, problems in groups.items()
    ]
    return sorted(same, key=lambda each: -len(each.lines))


def _coming(pages: Import, tables: Folder) -> int:
    """How many rows would go on the record."""
    kinds = (*pages.updates, *pages.once)
    return sum(len(tables.reads[kind].rows) for kind in kinds if kind in tables.reads)


def _preview(pages: Import, kind: str, table: ReadTable[Any], language: str) -> FilePreview:
    schema = pages.schemas[kind]
    if isinstance(schema, Schema):
        header = [column.header.say(language) for column in schema.columns[:_COLUMNS]]
    else:
        header = [*schema]
    first = [[*_cells(schema, row)] for row in table.rows[:_ROWS]]
    counts = len(table.rows), len(table.errors), table.same
    becomes = "once" if kind in pages.once else "anew" if kind in pages.updates else "seen"
    return FilePreview(kind, table.file, *counts, becomes, header, first)


def _cells(schema: Schema | tuple[str, ...], row: Any) -> Iterator[str]:
    if not isinstance(schema, Schema):
        yield from (getattr(row, name) for name in schema)
        return
    for column in schema.columns[:_COLUMNS]:
        value = getattr(row, column.name)
        yield "" if value is None else str(column.codec.write(value))
