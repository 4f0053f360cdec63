"""Judging events from a file or a pipe: what `lianzhi watch` does."""

import gzip
import io
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click
import msgspec
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lianzhi.chain.finding import Finding
from lianzhi.cli.common import fail, when
from lianzhi.cli.exits import NO
from lianzhi.cli.input_format import GZIP_MAGIC, HEAD_BYTES, complaint
from lianzhi.domains.configuration import load
from lianzhi.flow.intake import Limits, nearest_field
from lianzhi.flow.late import late_advice
from lianzhi.flow.lines import BLOCK_BYTES, blocks
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.jobs.node import Node
from lianzhi.jobs.recall import recorded_findings
from lianzhi.kit.terminal import plain, print_json, stderr
from lianzhi.store.ledger import RecordError

Read = Callable[[int], bytes]
Source = tuple[Read, Callable[[], int] | None]
"""A read function, and the position in the file where known."""

#: Files are seldom sorted to the second, and no one waits for a file to be read.
FILE_LATENESS_S = 60.0

_TOTALS = ("accepted", "duplicates", "quarantined", "quarantined_before", "conflicts", "late")


class Sink:
    """Prints findings and writes them one a line: recorded ones first, then new ones."""

    def __init__(self, echo: bool) -> None:
        self._file: BinaryIO | None = None
        self._echo = echo
        self.count = 0

    def open(self, path: Path, recorded: Iterable[Finding]) -> None:
        """Write to `path` from now on, starting with the recorded findings."""
        try:
            self._file = path.open("wb")
        except OSError as error:
            _unusable("--findings", str(path), error, "name a file that can be written")
        for finding in recorded:
            self._write(finding)

    def put(self, finding: Finding) -> None:
        """Write a new finding, which is on the record."""
        self.count += 1
        self._write(finding)
        if self._echo:
            counts = " ".join(f"{name}={n}" for name, n in finding.counts.items())
            click.echo(
                f"{when(finding.at)}  {finding.stage:5}  {finding.kind}  about {finding.about}  "
                f"score {finding.score:.1f}  {counts}"
            )

    def close(self) -> None:
        """Flush and close the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, finding: Finding) -> None:
        if self._file is not None:
            self._file.write(_line(finding))
            self._file.flush()


def _line(finding: Finding) -> bytes:
    """JSON line of a finding, identical for new and recorded findings."""
    # floats stay floats: 2 becomes 2.0
    plain = msgspec.convert(msgspec.to_builtins(finding), Finding)
    return msgspec.json.encode(plain, order="deterministic") + b"\n"


def watch_events(
    source: str,
    findings: Path | None,
    lateness: float | None,
    strict: bool,
    home: Path,
    as_json: bool,
) -> None:
    """See `lianzhi watch --help`; ends the command with its exit code."""
    sink = Sink(echo=not as_json)
    try:
        config = load(home)
        if lateness is None:
            lateness = max(config.lateness_seconds, 0.0 if source == "-" else FILE_LATENESS_S)
        config = msgspec.structs.replace(config, lateness_seconds=lateness)
        with _open(source) as events, Node(home, config, on_finding=sink.put) as node:
            if findings is not None:
                sink.open(findings, recorded_findings(node.ledger))
            totals, unknown = _feed(node, source, events, strict)
    except (
        HomeLockedError,
        LogDamagedError,
        RecordError,
        DetectionStoppedError,
        OSError,
        EOFError,  # a truncated gzip file
        zlib.error,
    ) as error:
        fail(str(error))
    finally:
        sink.close()
    totals["findings"] = sink.count
    if as_json:
        print_json({**totals, "unknown_fields": dict(unknown)})
    else:
        _summary(totals, unknown)
    sys.exit(NO if totals["quarantined"] else 0)


def _feed(
    node: Node, source: str, events: Source, strict: bool
) -> tuple[dict[str, int], Counter[str]]:
    """What became of the rows, and how many had each unknown field."""
    unknown = Counter[str]()
    totals = dict.fromkeys((*_TOTALS, "behind_ms"), 0)
    origin = click.format_filename(source, shorten=True) if source != "-" else "standard input"
    read, place = events
    with _progress() as progress:
        bar = progress.add_task("reading", total=Path(source).stat().st_size if place else None)
        for first, block, sizes in blocks(_chunks(read), Limits().line_bytes):
            receipt = node.intake.submit(block, origin, first, strict=strict, sizes=sizes)
            for name, rows, _ in receipt.unknown_fields:
                unknown[name] += rows
            for name in _TOTALS:
                totals[name] += getattr(receipt, name)
            totals["behind_ms"] = max(totals["behind_ms"], receipt.behind_ms)
            progress.update(
                bar,
                completed=place() if place else None,
                description=f"{totals['accepted']:,} events",
            )
        node.intake.finish()
    return totals, unknown


@contextmanager
def _open(source: str) -> Iterator[Source]:
    """Open the source; ends the command on errors, before anything is created."""
    if source == "-":
        stdin: Any = sys.stdin.buffer
        yield stdin.read1, None
        return
    try:
        raw = io.FileIO(source)
    except OSError as error:
        _unusable("FILE", source, error, "name a file of events that can be read, or - for a pipe")
    with io.BufferedReader(raw, BLOCK_BYTES) as file:
        place = file.tell if file.seekable() else None
        if source.endswith(".gz") or file.peek(2).startswith(GZIP_MAGIC):
            with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
                _check_format(unpacked.peek(HEAD_BYTES)[:HEAD_BYTES], source)
                yield unpacked.read, place
        else:
            _check_format(file.peek(HEAD_BYTES)[:HEAD_BYTES], source)
            yield file.read1, place


def _check_format(head: bytes, source: str) -> None:
    if wrong := complaint(head):
        fail(f"FILE '{click.format_filename(source)}': {wrong}")


def _unusable(field: str, name: str, error: OSError, mend: str) -> NoReturn:
    why = (error.strerror or str(error)).lower()
    fail(f"{field} '{click.format_filename(name)}': {why}; {mend}")


def _chunks(read: Read) -> Iterator[bytes]:
    """Available data of the source in blocks; an empty chunk marks a pause."""
    while chunk := read(BLOCK_BYTES):
        yield chunk
        if len(chunk) < BLOCK_BYTES:
            yield b""


def _progress() -> Progress:
    console = stderr()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _summary(totals: dict[str, int], unknown: Counter[str]) -> None:
    summary = f"Events accepted: {totals['accepted']:,}; findings: {totals['findings']:,}"
    if totals["duplicates"]:
        summary += f"; known already: {totals['duplicates']:,}"
    if totals["late"]:
        summary += f"; {late_advice(totals['late'], totals['behind_ms'])}"
    if totals["quarantined"]:
        summary += f"; {totals['quarantined']:,} rows are in quarantine"
        if totals["quarantined_before"]:
            summary += f", {totals['quarantined_before']:,} of them since an earlier run"
        if totals["conflicts"]:
            summary += (
                f", {totals['conflicts']:,} of them with an id that is known with other content"
            )
        summary += ": see `lianzhi quarantine`"
    for name, rows in unknown.most_common():
        mend = (
            f"did you mean {near}?" if (near := nearest_field(name)) else "put your own data in ext"
        )
        summary += f"\n{rows:,} rows have the field {plain(name)}, which nobody reads: {mend}"
    click.echo(summary, err=True)
