"""Reads discretion tables from files: CSV, TOML or DMN XML, by the name or by `form`."""

from contextlib import suppress
from pathlib import Path
from typing import Literal

from lianzhi.law.basis import Bases
from lianzhi.law.discretion import csv_form, dmn_form, toml_form
from lianzhi.law.discretion.draft import Draft, Problem, TableError, build
from lianzhi.law.discretion.table import Table

Form = Literal["csv", "toml", "dmn"]
MAX_BYTES = 16 * 2**20
ENDINGS: dict[str, Form] = {".csv": "csv", ".toml": "toml", ".dmn": "dmn", ".xml": "dmn"}


def read(
    path: Path, form: Form | None = None, decision: str = "", bases: Bases | None = None
) -> list[Table]:
    """The tables of a file: one, or all decision tables of a DMN file.

    `decision` chooses one by id or name. `bases`: the legal bases that rows may cite; None checks
    none of them. Raises TableError with all faults.
    """
    form = form or ENDINGS.get(path.suffix.lower())
    if form is None:
        mend = "name the form: csv, toml or dmn"
        raise TableError(path.name, [Problem("file", "name", path.name, mend)])
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        mend = "give a file that can be read"
        raise TableError(path.name, [Problem("file", "name", error.strerror or "", mend)]) from None
    return parse(data, form, path.name, decision, bases)


def parse(
    data: bytes, form: Form, source: str, decision: str = "", bases: Bases | None = None
) -> list[Table]:
    """The tables in bytes; as `read`. `source` names them in errors."""
    if len(data) > MAX_BYTES:
        mend = f"split it; {MAX_BYTES:,} bytes at most"
        raise TableError(source, [Problem("file", "size", f"over {MAX_BYTES:,}", mend)])
    drafts: list[Draft]
    if form == "dmn":
        drafts = dmn_form.drafts(data, source, decision)
    else:
        text = _text(data, form, source)
        parsed = csv_form.draft(text, source) if form == "csv" else toml_form.draft(text, source)
        if decision and decision not in (parsed.id, parsed.zh, parsed.en):
            mend = f"the file has the table {parsed.id}; leave the name out"
            raise TableError(source, [Problem("file", "decision", decision, mend)])
        drafts = [parsed]
    return [build(draft, source, bases) for draft in drafts]


def _text(data: bytes, form: Form, source: str) -> str:
    """Decoded UTF-8; for CSV also GB 18030, which spreadsheets in China write. Raises
    TableError.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if form == "csv":
            with suppress(UnicodeDecodeError):
                return data.decode("gb18030").removeprefix("\ufeff")
        line = data.count(b"\n", 0, error.start) + 1
        mend = "it is not UTF-8; save it as “CSV UTF-8”"
        raise TableError(source, [Problem(f"line {line}", "text", "", mend)]) from None
