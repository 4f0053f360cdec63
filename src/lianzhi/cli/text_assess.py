"""`lianzhi text assess`: assessment of every text in a file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from lianzhi.cli.common import fail
from lianzhi.cli.exits import NO
from lianzhi.cli.text_files import Chunk, FileError, Rejected, Row, Source, read, write
from lianzhi.kit.terminal import print_json
from lianzhi.text import KINDS, Assessment, assess_many
from lianzhi.text.lexicon.lexicons import LexiconError, build
from lianzhi.text.lexicon.lexicons import read as read_lexicon
from lianzhi.text.model import encoder

#: Columns added to the file.
COLUMNS = ("offence", *KINDS, "counter_speech", "spans")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("path", metavar="FILE", type=_FILE)
@click.option("--text-column", "column", required=True, help="The column that holds the text.")
@click.option(
    "--out", "target", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rows with what was found: .csv, .parquet or .ndjson.",
)  # fmt: skip
@click.option(
    "--rejected", "aside", type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows go that cannot be read, with reasons.  [default: OUT.rejected.ndjson]",
)  # fmt: skip
@click.option(
    "--lexicon", "own", type=click.Path(exists=True, path_type=Path),
    help="A file or folder of entries of your own.",
)  # fmt: skip
@click.option(
    "--encoder", "use_encoder", is_flag=True,
    help="Ask the encoder as well where the rest is unsure: better, and far slower.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def assess(
    path: Path,
    column: str,
    target: Path,
    aside: Path | None,
    own: Path | None,
    use_encoder: bool,
    as_json: bool,
) -> None:
    """Assess every text of FILE (CSV, Parquet or NDJSON).

    Adds offence (a calibrated probability), the strength of each kind, counter_speech and spans.
    Exit code 1: some rows could not be read; they are in the file of rejected rows.
    """
    aside = aside or target.with_name(f"{target.name}.rejected.ndjson")
    if target.resolve() == path.resolve():
        fail(f"--out {target}: that is the file that is read; give another")
    try:
        lexicon = build({} if own is None else read_lexicon(own))
        model = encoder.load() if use_encoder else None
        judge = partial(assess_many, lexicon=lexicon, encoder=model)
        source = read(path, column)
        with _bar(source.total) as advance:
            counts = _assess(source, column, target, aside, judge, advance)
    except (FileError, LexiconError, ModuleNotFoundError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or target}: {error.strerror}; make it writable")
    if as_json:
        print_json(counts)
    else:
        click.echo(
            f"{counts['rows']:,} rows assessed, {counts['flagged']:,} with offence above 0.5"
        )
        if counts["rejected"]:
            click.echo(f"{counts['rejected']:,} rows could not be read: {aside}")
    if counts["rejected"]:
        raise SystemExit(NO)


def _assess(
    source: Source,
    column: str,
    target: Path,
    aside: Path,
    judge: Callable[[list[str]], list[Assessment]],
    advance: Any,
) -> dict[str, int]:
    """Write both files beside their targets, and move them into place when complete."""
    part, part_aside = (
        path.with_name(f".{path.name}.part{path.suffix}") for path in (target, aside)
    )
    counts = {"rows": 0, "flagged": 0, "rejected": 0}
    try:
        with write(part, source.schema) as rows, part_aside.open("wb") as others:
            for chunk in source.chunks:
                assessments = judge([row[column] for row in chunk.rows])
                rows.write(_joined(chunk, assessments))
                others.write(
                    msgspec.json.Encoder().encode_lines(map(Rejected._asdict, chunk.rejected))
                )
                counts["rows"] += len(chunk.rows)
                counts["flagged"] += sum(assessment.offence > 0.5 for assessment in assessments)
                counts["rejected"] += len(chunk.rejected)
                advance(chunk.done)
        if part.exists():
            part.replace(target)
        if counts["rejected"]:
            part_aside.replace(aside)
    finally:
        part.unlink(missing_ok=True)
        part_aside.unlink(missing_ok=True)
    return counts


def _joined(chunk: Chunk, assessments: list[Assessment]) -> list[Row]:
    for row in chunk.rows[:1]:
        if clashing := [name for name in COLUMNS if name in row]:
            raise FileError(f"columns {', '.join(clashing)} are there already; rename or drop them")
    return [
        row | _columns(assessment) for row, assessment in zip(chunk.rows, assessments, strict=True)
    ]


def _columns(assessment: Assessment) -> Row:
    kinds = {kind: round(assessment.kinds.get(kind, 0.0), 4) for kind in KINDS}
    spans = msgspec.json.encode([span._asdict() for span in assessment.spans]).decode()
    return {
        "offence": round(assessment.offence, 4),
        **kinds,
        "counter_speech": round(assessment.counter_speech, 4),
        "spans": spans,
    }


@contextmanager
def _bar(total: int) -> Iterator[Any]:
    columns = (TextColumn("assessing"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)
