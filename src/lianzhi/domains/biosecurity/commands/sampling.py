"""`lianzhi biosecurity sample-size` and `infestation`: how much to inspect, and what it showed."""

from pathlib import Path
from typing import Any

import click

from lianzhi.domains.domain import lazily

_MODULE = "lianzhi.domains.biosecurity.sampling"
_read_rows = lazily("lianzhi.domains.biosecurity.figure_tables:read_rows")
_sizes = lazily(f"{_MODULE}:sizes")
_size_sentences = lazily(f"{_MODULE}:size_sentences")
_infestation = lazily(f"{_MODULE}:infestation")
_infestation_sentences = lazily(f"{_MODULE}:infestation_sentences")
_words = lazily("lianzhi.domains.biosecurity.words:words")
_print_json = lazily("lianzhi.kit.terminal:print_json")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHARE = click.FloatRange(0, 1, min_open=True)
_language = click.option(
    "--language", type=click.Choice(["zh", "en"]), default="en", show_default=True
)
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("sample-size")
@click.option("--share", type=_SHARE, required=True, help="Infested share to find, such as 0.01.")
@click.option(
    "--confidence", type=click.FloatRange(0, 1, True, True), default=0.95, show_default=True,
    help="Chance to find one at least, if so many are infested.",
)  # fmt: skip
@click.option(
    "--sensitivity", type=_SHARE, default=1.0, show_default=True,
    help="Chance to see an infested unit that is inspected.",
)  # fmt: skip
@click.option("--lot", type=click.IntRange(1), help="Units of the lot.  [default: very many]")
@click.option("--per-box", type=click.IntRange(1), help="Units that are inspected of each box.")
@click.option(
    "--correlation", type=click.FloatRange(0, 1, max_open=True),
    help="Of two units of a box.  [default: 0]",
)  # fmt: skip
@click.option("--from", "file", type=_FILE, help="Take the correlation from past inspections.")
@_language
@_json
def sample_size(file: Path | None, language: str, as_json: bool, **given: Any) -> None:
    """Print how many units or boxes to inspect to find an infestation of a given share.

    For very large lots (binomial), for one lot (hypergeometric) and, with --per-box, for infested
    units that come together in boxes (beta-binomial), which takes more boxes. --from reads columns
    inspected and infested, a row for each box or lot.
    """
    clustered = given["correlation"] is not None or file is not None
    if clustered and given["per_box"] is None:
        raise click.UsageError("--correlation and --from need --per-box")
    if file is not None and given["correlation"] is not None:
        raise click.UsageError("give --correlation or --from, not both")
    try:
        if file is not None:
            given["correlation"] = _infestation(_read_rows(file, "lots")).correlation
        by_model = _sizes(**given)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        _print_json({"sizes": by_model, "correlation": given["correlation"]})
    else:
        click.echo("\n".join(_size_sentences(by_model, given, _words(language))))


@click.command()
@click.argument("file", type=_FILE)
@click.option(
    "--level", type=click.FloatRange(0, 1, True, True), default=0.95, show_default=True,
    help="Coverage of the intervals.",
)  # fmt: skip
@_language
@_json
def infestation(file: Path, level: float, language: str, as_json: bool) -> None:
    """Print the infested share of inspected lots, and how far infested units cluster.

    FILE has the columns inspected and infested, a row for each lot or box. The interval allows for
    lots that differ; beside it stands the one for independent units, which is too narrow then.
    """
    try:
        fit = _infestation(_read_rows(file, "lots"), level)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        _print_json(fit._asdict())
    else:
        click.echo("\n".join(_infestation_sentences(fit, level, _words(language))))
