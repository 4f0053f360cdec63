"""`lianzhi enforcement grid`: check grids, route requests by them, draw them."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.table import Table
from rich.text import Text

from lianzhi.chain.policy import PolicyError
from lianzhi.dispatch import policy
from lianzhi.dispatch.grids import drawing, geojson
from lianzhi.dispatch.grids.grid import Grids
from lianzhi.dispatch.requests import table
from lianzhi.dispatch.requests.routing import Route
from lianzhi.domains.enforcement.policy import DISPATCH
from lianzhi.kit.terminal import console, plain, print_json

F = TypeVar("F", bound=Callable[..., Any])
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)
_SHOWN = 20
_COLUMNS = ("id", "category", "grid", "squad", "department", "first", "priority", "rules", "why")


@click.group()
def grid() -> None:
    """网格: grids of a town, and where requests go by them."""


_file = click.argument("path", metavar="FILE", type=_IN)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_language = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
    help="In which language it is told.",
)  # fmt: skip


@grid.command()
@_file
@_json
def check(*, path: Path, as_json: bool) -> None:
    """Look for faults in FILE, a GeoJSON FeatureCollection of grids (RFC 7946, WGS 84).

    Tells open, crossing and overlapping borders, each with a point that shows it. Gaps between
    grids are only noted. Exit code 1: there are faults.
    """
    with _refusals(path):
        survey = geojson.read(_bytes(path))
    if as_json:
        summary = {
            "grids": len(survey.grids.grids),
            "squads": sorted({grid.squad for grid in survey.grids.grids}),
            "problems": [problem._asdict() for problem in survey.problems],
            "notes": [note._asdict() for note in survey.notes],
        }
        print_json(summary)
    else:
        _show(survey)
    if survey.problems:
        raise SystemExit(1)


def _show(survey: geojson.Survey) -> None:
    squads = Counter(grid.squad for grid in survey.grids.grids)
    click.echo(
        f"{len(survey.grids.grids):,} grids of {len(squads):,} squads; "
        f"{len(survey.problems):,} faults, {len(survey.notes):,} gaps"
    )
    rows = [
        *(("fault", problem) for problem in survey.problems),
        *(("note", note) for note in survey.notes),
    ]
    if not rows:
        return
    table = Table("", "kind", "grids", "lon, lat", "what and how to mend it")
    for level, problem in rows[:_SHOWN]:
        at = "" if problem.at is None else f"{problem.at[0]:.6f}, {problem.at[1]:.6f}"
        style = "bold red" if level == "fault" else ""
        table.add_row(
            Text(level, style), problem.kind, plain(", ".join(problem.ids)), at, plain(problem.said)
        )
    console().print(table)
    if len(rows) > _SHOWN:
        click.echo(f"and {len(rows) - _SHOWN:,} more: --json tells all")


@grid.command()
@_file
@click.option(
    "--requests",
    "requests",
    required=True,
    type=_IN,
    metavar="CSV",
    help="Requests: id, category, grid, lon, lat; received_at picks the policy.",
)
@click.option("--out", required=True, type=_OUT, help="Write the route of each request, as CSV.")
@click.option(
    "--rejected",
    type=_OUT,
    help="Where rows go that cannot be routed.  [default: OUT.rejected.ndjson]",
)
@click.option(
    "--policy",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of dispatch policies in place of the shipped ones.",
)
@_language
@_json
def route(
    *,
    path: Path,
    requests: Path,
    out: Path,
    rejected: Path | None,
    folder: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Tell to which squad or department each request goes by the grids in FILE, and why.

    What lies in no grid, or has no known category, goes to the central desk: a person decides.
    Exit code 1: some rows cannot be routed.
    """
    aside = rejected or out.with_name(f"{out.name}.rejected.ndjson")
    if len({path_.resolve() for path_ in (path, requests, out, aside)}) < 4:
        raise click.UsageError("FILE, --requests, --out and --rejected have to be four files")
    with _refusals(path):
        grids = _sound(path)
    with _refusals(requests):
        located, bad = _rows(requests)
        routed = list(table.routes(located, grids, policy.load(folder or DISPATCH)))
    with _refusals(out):
        _write(out, routed, language)
        _set_aside(aside, bad)
    firsts = Counter(routed_row.first for _, routed_row in routed)
    if as_json:
        summary = {
            "routed": len(routed),
            "rejected": len(bad),
            "first": dict(sorted(firsts.items())),
        }
        print_json(summary)
    else:
        click.echo(f"{len(routed):,} requests routed: " + ", ".join(
            f"{count:,} to the {first}" for first, count in firsts.most_common()))  # fmt: skip
    if bad:
        for row in bad[:_SHOWN]:
            click.echo(f"line {row.line}: {plain(row.said)}", err=True)
        click.echo(f"{len(bad):,} rows cannot be routed: {aside}", err=True)
        raise SystemExit(1)


@grid.command()
@_file
@click.option("--out", required=True, type=_OUT, help="Write the map there, as SVG.")
@click.option(
    "--requests",
    "requests",
    type=_IN,
    metavar="CSV",
    help="Count open requests (without disposed_at) by grid, as shade and number.",
)
@_language
def draw(*, path: Path, out: Path, requests: Path | None, language: str) -> None:
    """Draw the grids in FILE as an SVG map that stands alone: no tiles, nothing loaded.

    Exit code 1: some rows of --requests cannot be read, and are not counted.
    """
    with _refusals(path):
        grids = _sound(path)
    loads: Counter[str] | None = None
    bad: Sequence[table.BadRow] = ()
    if requests is not None:
        with _refusals(requests):
            located, bad = _rows(requests)
        waiting = [row for row in located if row.open]
        places = grids.find_many([row.lon for row in waiting], [row.lat for row in waiting])
        loads = Counter(
            grids.grids[place].id if row.placed else row.grid
            for row, place in zip(waiting, places.tolist(), strict=True)
            if place >= 0 or not row.placed
        )
    with _refusals(out):
        out.write_bytes(drawing.render(drawing.plan(grids, loads, language=language), language))
    click.echo(f"{len(grids.grids):,} grids drawn: {out}", err=True)
    if bad:
        click.echo(f"{len(bad):,} rows of {requests} cannot be read; try grid route", err=True)
        raise SystemExit(1)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Ends the command with what is wrong and how to mend it."""
    try:
        yield
    except PolicyError as error:
        raise click.ClickException(str(error)) from None
    except (geojson.GridError, table.RowsError) as error:
        raise click.ClickException(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{path}: it is not in UTF-8; save it so") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(f"{path}: {reason}; give another file") from None


def _bytes(path: Path) -> bytes:
    """A file, and a byte more than may be read where it is too long."""
    with path.open("rb") as file:
        return file.read(geojson.MOST_BYTES + 1)


def _sound(path: Path) -> Grids:
    """Grids without a fault. Raises GridError: a wrong border sends people to the wrong place."""
    survey = geojson.read(_bytes(path))
    if survey.problems:
        raise geojson.GridError(
            f"{len(survey.problems)} faults, first: {survey.problems[0].said}; "
            "`lianzhi enforcement grid check` tells all"
        )
    return survey.grids


def _rows(path: Path) -> tuple[list[table.Row], list[table.BadRow]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return table.read(file)


def _write(out: Path, routed: Sequence[tuple[table.Row, Route]], language: str) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for row, route in routed:
            writer.writerow([
                row.id, route.category or row.category, route.grid or "", route.squad or "",
                route.department or "", route.first, route.priority or "",
                ";".join(reason.rule for reason in route.reasons),
                " ".join(reason.words.say(language) for reason in route.reasons),
            ])  # fmt: skip


def _set_aside(aside: Path, bad: Sequence[table.BadRow]) -> None:
    if bad:
        aside.write_bytes(
            msgspec.json.Encoder().encode_lines([bad_row._asdict() for bad_row in bad])
        )
    else:
        aside.unlink(missing_ok=True)  # written by an earlier run
