"""`lianzhi enforcement town`: a simulated town for trials."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from lianzhi.domains.enforcement.town import (
    LIMITS,
    PLANTS,
    Size,
    StrengthError,
    Town,
    load,
    make,
    strengths,
)
from lianzhi.domains.enforcement.town.writing import key, write
from lianzhi.kit.terminal import console, print_json

F = TypeVar("F", bound=Callable[..., Any])
_SIZES = {
    "enterprises": "Enterprises.",
    "officers": "Officers.",
    "grids": "Grids.",
    "months": "Months from 2024-07.",
}


def sized(command: F) -> F:
    """Adds the options for a town's size to a command."""
    for name, text in reversed(_SIZES.items()):
        least, most = LIMITS[name]
        command = click.option(
            f"--{name}", default=getattr(Size(), name), show_default=True, help=text,
            type=click.IntRange(least, most),
        )(command)  # fmt: skip
    return command


@click.command()
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files; files of the same names are replaced.",
)  # fmt: skip
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**63 - 1),
    help="The same seed gives the same bytes.",
)  # fmt: skip
@sized
@click.option("--clean", is_flag=True, help="Plant no anomaly.")
@click.option(
    "--plant", "only", multiple=True, metavar="KEY", type=click.Choice(list(PLANTS)),
    help="Plant only this one; may be given several times.",
)  # fmt: skip
@click.option(
    "--without", multiple=True, metavar="KEY", type=click.Choice(list(PLANTS)),
    help="Do not plant this one; may be given several times.",
)  # fmt: skip
@click.option(
    "--strengths", "strengths_path", metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML tables [KEY] with other strengths, as in the shipped settings.toml.",
)  # fmt: skip
@click.option(
    "--answers", type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was planted where, as JSON.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def town(
    *,
    out: Path,
    seed: int,
    clean: bool,
    only: tuple[str, ...],
    without: tuple[str, ...],
    strengths_path: Path | None,
    answers: Path | None,
    as_json: bool,
    **sizes: int,
) -> None:
    """Make up a town: enterprises, officers, grids, and two years of requests, inspections,
    penalties and permits, with anomalies planted for monitors to find.
    """
    if clean and (only or without):
        raise click.UsageError("--clean plants nothing: leave out --plant and --without")
    try:
        settings = strengths(strengths_path) if strengths_path else load()
    except StrengthError as error:
        raise click.ClickException(str(error)) from None
    on = only or [name for name, anomaly in settings.anomalies.items() if anomaly.on]
    planted = [] if clean else [name for name in on if name not in without]
    town_ = make(seed, Size(**sizes), planted=planted, settings=settings)
    try:
        paths = write(town_, out, settings)
        if answers:
            answers.write_bytes(key(town_))
    except OSError as error:
        raise click.ClickException(
            f"{error.filename}: {error.strerror}; give another place by --out or --answers"
        ) from None
    if as_json:
        print_json(_as_json(town_, paths, answers))
    else:
        _show(town_, out)


def _as_json(town: Town, paths: tuple[Path, ...], answers: Path | None) -> dict[str, object]:
    return {
        "seed": town.seed,
        "first": town.first,
        "last": town.last,
        "rows": _rows(town),
        "planted": {
            answer.key: {"about": answer.about, "count": len(answer.ids)} for answer in town.answers
        },
        "files": [str(path) for path in (*paths, *filter(None, [answers]))],
    }


def _rows(town: Town) -> dict[str, int]:
    names = ("enterprises", "officers", "observers", "grids", "requests", "inspections")
    return {name: len(getattr(town, name)) for name in (*names, "penalties", "permits")}


def _show(town: Town, out: Path) -> None:
    terminal = console()
    terminal.print(f"Seed {town.seed}, {town.first} to {town.last}, in {out}", highlight=False)
    rows = Table("file", "rows")
    rows.columns[1].justify = "right"
    for name, count in _rows(town).items():
        rows.add_row(name, f"{count:,}")
    terminal.print(rows)
    if town.answers:
        table = Table("planted", "", "names", "what")
        table.columns[2].justify = "right"
        for answer in town.answers:
            table.add_row(
                answer.key,
                f"{answer.title['zh']} {answer.title['en']}",
                f"{len(answer.ids)}",
                answer.about,
            )
        terminal.print(table)
