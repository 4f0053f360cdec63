"""Shared options of this domain's commands: reading a file of actions, setting rows aside."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import click
import msgspec
from rich.text import Text

from lianzhi.accounts.action import ActionError, Columns, Counts, Rejected
from lianzhi.accounts.engine import DuckDB, Watch
from lianzhi.accounts.reading import MOST_TOLD
from lianzhi.accounts.results import form_of
from lianzhi.accounts.source import UNITS, Source
from lianzhi.kit.terminal import plain, progress

F = TypeVar("F", bound=Callable[..., Any])
OUT = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument(
        "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
    ),
    click.option(
        "--columns", "mapping", default="", metavar="FIELD=COLUMN,...",
        help="Columns of FILE by other names: account, object, content, time; content= if none.",
    ),
    click.option(
        "--time-unit", "unit", default="s", show_default=True, type=click.Choice(list(UNITS)),
        help="Unit of times that are numbers; others are RFC 3339 with a zone.",
    ),
    click.option(
        "--rejected", "rejected_out", type=OUT,
        help="Where rows go that are no actions, with reasons.  [default: FILE.rejected.ndjson]",
    ),
    click.option("--memory", default="2GB", show_default=True, help="What DuckDB may use of it."),
    click.option(
        "--scratch", type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="A folder for what does not fit into memory, and that Spark's workers see too.  "
        "[default: the system's]",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)  # fmt: skip


class Given(NamedTuple):
    """A file of actions, with the options for reading it."""

    path: Path
    mapping: str
    unit: str
    rejected_out: Path | None
    memory: str
    scratch: Path | None
    as_json: bool

    @property
    def aside(self) -> Path:
        """The file for rows that are no actions."""
        return self.rejected_out or self.path.with_name(f"{self.path.name}.rejected.ndjson")

    def check(self, *outs: Path | None, tables: Sequence[Path | None] = ()) -> None:
        """Check that all files differ and have a known form: `outs` and rejected rows are lines of
        JSON, `tables` of any form. Raises ActionError.
        """
        seen = {self.path.resolve()}
        lines = (self.aside, *filter(None, outs))
        for out in (*lines, *filter(None, tables)):
            if out.resolve() in seen:
                raise ActionError(f"{out}: it is read or written already; give another place")
            if form_of(out) != "JSON" and out in lines:
                raise ActionError(f"{out}: it is written as .ndjson; name it so")
            seen.add(out.resolve())

    @contextmanager
    def opened(self, kind: Callable[..., DuckDB], steps: int) -> Iterator[tuple[DuckDB, Watch]]:
        """An engine, and a progress bar on standard error with the given number of steps."""
        with (
            tempfile.TemporaryDirectory(prefix="lianzhi-", dir=self.scratch) as folder,
            kind(Path(folder), self.memory) as engine,
            progress() as bar,
        ):
            task = bar.add_task("", total=steps)
            yield engine, lambda step: bar.update(task, description=step, advance=1)

    def source(self, more: Sequence[str] = (), usual: Columns | None = None) -> Source:
        """The file as a source, with further columns. Raises ActionError.

        `usual`: its default columns; those of CooRTweet if not given.
        """
        return Source(self.path, Columns.parse(self.mapping, usual), self.unit, more)

    def read(
        self, engine: DuckDB, usual: Columns | None = None, source: Source | None = None
    ) -> Counts:
        """Read the file and set rejected rows aside. Raises ActionError."""
        counts, rejected = engine.read(source or self.source(usual=usual))
        self.set_aside(rejected)
        return counts

    def set_aside(self, rejected: Sequence[Rejected]) -> None:
        """Write the rejected rows, if any, beside the file. Raises ActionError."""
        if not rejected and self.rejected_out is None:
            self.aside.unlink(missing_ok=True)  # written by an earlier run
        if rejected:
            lines = msgspec.json.Encoder().encode_lines([row._asdict() for row in rejected])
            try:
                self.aside.write_bytes(lines)
            except OSError as error:
                raise ActionError(
                    f"{self.aside}: {error.strerror}; name another place by --rejected"
                ) from None

    def leave(self, counts: Counts) -> None:
        """Report rows not counted, and exit with 1 if any were rejected."""
        if counts.repeated:
            click.echo(f"{counts.repeated:,} rows repeat an action and count once", err=True)
        if counts.rejected:
            more = f", the first {MOST_TOLD:,} told" if counts.rejected > MOST_TOLD else ""
            click.echo(f"{counts.rejected:,} rows are no actions{more}: {self.aside}", err=True)
            raise SystemExit(1)


def reading(command: F) -> F:
    """Adds the options of a file of actions to a command, which gets them as `given`."""

    @wraps(command)
    def run(**named: Any) -> Any:
        given = Given(**{name: named.pop(name) for name in Given._fields})
        return command(given=given, **named)

    wrapped: Any = run
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return cast(F, wrapped)


@contextmanager
def refusals() -> Iterator[None]:
    """Ends the command with the fault and its remedy."""
    try:
        yield
    except ActionError as error:
        raise click.ClickException(str(error)) from None


def shown(name: object) -> Text:
    """A name as a terminal may show it: no markup, no control characters."""
    return Text(plain(str(name)))
