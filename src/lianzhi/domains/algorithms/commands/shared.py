"""What audit commands share: their options, and how an audit is carried out."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack

import click

from lianzhi.domains.domain import lazily
from lianzhi.tabular.column_map import MapError

F = TypeVar("F", bound=Callable[..., Any])
_load = lazily("lianzhi.domains.algorithms.policy:load")
_midnight = lazily("lianzhi.law.clock:midnight")
_print_json = lazily("lianzhi.kit.terminal:print_json")


class AuditOptions(TypedDict):
    """What `audit_options` gives a command."""

    file: Path
    map_path: Path
    out: Path | None
    on: dt.datetime | None
    language: str
    as_json: bool


def audit_options(command: F) -> F:
    """Gives a command the `AuditOptions`."""
    existing = click.Path(exists=True, dir_okay=False, path_type=Path)
    for decorate in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--language", type=click.Choice(["zh", "en"]), default="en", show_default=True
        ),
        click.option(
            "--on", required=False, type=click.DateTime(["%Y-%m-%d"]),
            help="Day whose policy holds.  [default: the newest]",
        ),
        click.option(
            "--out", type=click.Path(file_okay=False, path_type=Path),
            help="Folder for the report and its figures.",
        ),
        click.option(
            "--map", "map_path", required=True, type=existing, help="YAML map of the columns."
        ),
        click.argument("file", type=existing),
    ):  # fmt: skip
        command = decorate(command)
    return command


def run_audit(kind: str, more: dict[str, object], **options: Unpack[AuditOptions]) -> None:
    """Audit a file as the room `kind` does; print the audit, and write it where `out` is given.

    `more` is what that room's `run.audit_file` takes beside file, map and policy. The rooms are
    imported here: `--help` need not wait for DuckDB and SciPy.
    """
    version, policies = _policy_on(options["on"])
    policy = getattr(policies, kind)
    room = f"lianzhi.audits.{kind}"
    audit_file = lazily(f"{room}.run:audit_file")
    fields_of, write, show = (
        lazily(f"{room}.output:{name}") for name in ("audit_fields", "write_audit", "print_audit")
    )
    with _mended():
        audit: Any = audit_file(options["file"], options["map_path"], policy, **more)
        fields = fields_of(audit, version, policy)
        if options["out"] is not None:
            write(audit, fields, options["file"].name, policy, options["out"])
    if options["as_json"]:
        _print_json(fields)
    else:
        show(audit, policy, options["language"])


def _policy_on(day: dt.datetime | None) -> Any:
    """Version and policy in force on a day; the newest for None."""
    return _load().at(_midnight(day.date() if day else dt.date.max - dt.timedelta(366)))


@contextmanager
def _mended() -> Iterator[None]:
    """Ends the command with what to mend where a map or a table cannot be used."""
    try:
        yield
    except (MapError, OSError) as error:
        raise click.ClickException(str(error)) from None
