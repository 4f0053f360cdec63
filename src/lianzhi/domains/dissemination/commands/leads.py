"""`lianzhi dissemination source` and `push`: reprints and pushes held against lists and policy."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeVar

import click
import msgspec

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.dissemination.line_files import FileError, read_rows
from lianzhi.domains.dissemination.policy import Policy, load
from lianzhi.domains.dissemination.push.rules import PushRow, day_leads, push_leads
from lianzhi.domains.dissemination.sources.lists import ValidRows, read_list
from lianzhi.domains.dissemination.sources.rules import Lead, ReprintRow, source_leads
from lianzhi.domains.dissemination.words import words
from lianzhi.kit.terminal import NO, plain, print_json, print_problems

T = TypeVar("T")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 40
_MOST = 1_000_000
_file = click.argument("file", type=_FILE)
_sources = click.option("--sources", type=_FILE, help="White list of sources: .csv, .xlsx, .json.")
_outlets = click.option("--outlets", type=_FILE, help="Outlets with their licences.")
_out = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Leads, one a line: .jsonl."
)
_policy = click.option(
    "--policy", "own", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a policy of your own, in dated files.",
)  # fmt: skip
_language = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="en", show_default=True
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@_file
@_sources
@_outlets
@_out
@_policy
@_language
@_json
def source(
    file: Path, sources: Path | None, outlets: Path | None, out: Path | None,
    own: Path | None, language: str, as_json: bool,
) -> None:  # fmt: skip
    """Hold the articles of FILE (CSV or JSON lines) against lists of sources and licences.

    Exit code 1: rows were left out.
    """
    policy, listed, licensed = _given(own, sources, outlets, language)
    rows, problems = _rows(file, ReprintRow)
    leads = [lead for row in rows for lead in source_leads(row, listed, licensed, policy.source)]
    _print_leads(file, out, leads, problems, policy.source.basis, language, as_json)


@click.command()
@_file
@_sources
@_outlets
@_out
@_policy
@_language
@_json
def push(
    file: Path, sources: Path | None, outlets: Path | None, out: Path | None,
    own: Path | None, language: str, as_json: bool,
) -> None:  # fmt: skip
    """Hold the push log FILE (CSV or JSON lines) against the rules of pop-up pushes.

    Exit code 1: rows were left out.
    """
    policy, listed, licensed = _given(own, sources, outlets, language)
    rows, problems = _rows(file, PushRow)
    leads = [lead for row in rows for lead in push_leads(row, listed, licensed, policy.push)]
    leads += day_leads(rows, policy.push)
    _print_leads(file, out, leads, problems, policy.push.basis, language, as_json)


def _given(
    own: Path | None, sources: Path | None, outlets: Path | None, language: str
) -> tuple[Policy, ValidRows, ValidRows]:
    try:
        policy = load(own).latest()[1]
    except PolicyError as error:
        raise click.ClickException(str(error)) from None
    return policy, _list("sources", sources, language), _list("outlets", outlets, language)


def _list(kind: Literal["sources", "outlets"], path: Path | None, language: str) -> ValidRows:
    if path is None:
        return ValidRows(())
    rows, problems = read_list(kind, path)
    if problems:
        print_problems(problems, language)
        raise click.ClickException(f"{path}: mend the rows above; a list is taken whole")
    return rows


def _rows(file: Path, form: type[T]) -> tuple[list[T], list[tuple[int, str]]]:
    rows: list[T] = []
    problems: list[tuple[int, str]] = []
    try:
        for line, row, problem in read_rows(file, form):
            if row is None:
                problems.append((line, problem))
            elif len(rows) == _MOST:
                raise FileError(f"{file}: more than {_MOST:,} rows; split it by day")
            else:
                rows.append(row)
    except FileError as error:
        raise click.ClickException(str(error)) from None
    return rows, problems


def _print_leads(
    file: Path, out: Path | None, leads: list[Lead], problems: Iterable[tuple[int, str]],
    basis: str, language: str, as_json: bool,
) -> None:  # fmt: skip
    gettext = words(language).gettext
    if out is not None:
        try:
            out.write_bytes(b"".join(msgspec.json.encode(each._asdict()) + b"\n" for each in leads))
        except OSError as error:
            raise click.ClickException(f"{out}: {error.strerror}; make it writable") from None
    if as_json:
        errors = [{"line": line, "problem": problem} for line, problem in problems]
        counts = Counter(lead.rule for lead in leads)
        print_json({"leads": counts, "basis": basis, "errors": errors})
    else:
        for lead in leads[:_SHOWN]:
            rule = gettext(f"dissemination_lead.{lead.rule}")
            click.echo(plain(f"{lead.id}: {rule} {lead.value}".rstrip()))
        click.echo(gettext("dissemination.leads") % {"n": len(leads), "basis": basis})
        for line, problem in problems:
            click.echo(plain(f"{file}:{line}: {problem}"))
    if problems:
        raise click.exceptions.Exit(NO)
