"""`lianzhi dissemination source` and `push`: reprints and pushes held against lists and policy."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.dissemination.line_files import FileError, read_rows
from lianzhi.domains.dissemination.policy import Policy, load
from lianzhi.domains.dissemination.push.rules import PushRow, day_leads, push_leads
from lianzhi.domains.dissemination.sources.files import ListFiles, list_folder
from lianzhi.domains.dissemination.sources.lists import ListKind, ValidRows, read_list
from lianzhi.domains.dissemination.sources.rules import Lead, ReprintRow, source_leads
from lianzhi.domains.dissemination.words import words
from lianzhi.kit.terminal import NO, plain, print_json, print_problems

T = TypeVar("T")
Find = Callable[[list[T], ValidRows, ValidRows, Policy], Iterable[Lead]]
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 40
_MOST = 1_000_000
_OPTIONS = (
    click.argument("file", type=_FILE),
    click.option("--sources", type=_FILE, help="White list of sources: .csv, .xlsx, .json."),
    click.option("--outlets", type=_FILE, help="Outlets with their licences."),
    click.option(
        "--out", type=click.Path(dir_okay=False, path_type=Path), help="Leads, one a line: .jsonl."
    ),
    click.option(
        "--policy", "own", type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Folder of a policy of your own, in dated files.",
    ),
    click.option(
        "--home", type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Deployment whose lists hold where no file is given.",
    ),
    click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)  # fmt: skip


def _lead_command(
    name: str, summary: str, form: type[T], find: Find[T], basis: Callable[[Policy], str]
) -> click.Command:
    def command(
        file: Path, sources: Path | None, outlets: Path | None, out: Path | None,
        own: Path | None, home: Path | None, language: str, as_json: bool,
    ) -> None:  # fmt: skip
        policy = _policy(own)
        kept = ListFiles(list_folder(home)).read() if home else (ValidRows(()), ValidRows(()))
        listed = _list("sources", sources, language) if sources else kept[0]
        licensed = _list("outlets", outlets, language) if outlets else kept[1]
        rows, problems = _rows(file, form)
        leads = [*find(rows, listed, licensed, policy)]
        _print_leads(file, out, leads, problems, basis(policy), language, as_json)

    for option in reversed(_OPTIONS):
        command = option(command)
    help_text = f"{summary}\n\nExit code 1: rows were left out."
    return click.command(name, help=help_text)(command)


def _source_leads(
    rows: list[ReprintRow], listed: ValidRows, licensed: ValidRows, policy: Policy
) -> Iterator[Lead]:
    for row in rows:
        yield from source_leads(row, listed, licensed, policy.source)


def _push_leads(
    rows: list[PushRow], listed: ValidRows, licensed: ValidRows, policy: Policy
) -> Iterator[Lead]:
    for row in rows:
        yield from push_leads(row, listed, licensed, policy.push)
    yield from day_leads(rows, policy.push)


source = _lead_command(
    "source",
    "Hold the articles of FILE (CSV or JSON lines) against lists of sources and licences.",
    ReprintRow, _source_leads, lambda policy: policy.source.basis,
)  # fmt: skip
push = _lead_command(
    "push",
    "Hold the push log FILE (CSV or JSON lines) against the rules of pop-up pushes.",
    PushRow, _push_leads, lambda policy: policy.push.basis,
)  # fmt: skip


def _policy(own: Path | None) -> Policy:
    try:
        return load(own).latest()[1]
    except PolicyError as error:
        raise click.ClickException(str(error)) from None


def _list(kind: ListKind, path: Path, language: str) -> ValidRows:
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
