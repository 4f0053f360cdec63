"""`lianzhi biosecurity target`: where to inspect next."""

from pathlib import Path

import click

from lianzhi.domains.domain import lazily

_read_rows = lazily("lianzhi.domains.biosecurity.figure_tables:read_rows")
_targets = lazily("lianzhi.domains.biosecurity.targeting:targets")
_words = lazily("lianzhi.domains.biosecurity.words:words")
_per_cent = lazily("lianzhi.kit.figure_sentences:per_cent")
_console = lazily("lianzhi.kit.terminal:console")
_print_json = lazily("lianzhi.kit.terminal:print_json")
_table = lazily("rich.table:Table")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--budget", type=click.IntRange(1), required=True, help="Inspections of a period.")
@click.option(
    "--explore", type=click.FloatRange(0, 1), default=0.2, show_default=True,
    help="Share of them that is spread evenly over the channels.",
)  # fmt: skip
@click.option(
    "--half-life", type=click.FloatRange(0, min_open=True), default=8.0, show_default=True,
    help="Periods after which a result counts half.",
)  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draws.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def target(
    file: Path,
    budget: int,
    explore: float,
    half_life: float,
    seed: int,
    language: str,
    as_json: bool,
) -> None:
    """Spread a fixed number of inspections over channels, by what they found before.

    FILE has the columns period, channel, inspected, hits and available: a row for each channel and
    period. A channel gets no more inspections than it had consignments in its last period.
    """
    try:
        plan = _targets(_read_rows(file, "channels"), budget, explore, half_life, seed)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        _print_json([{**each._asdict(), "inspections": each.inspections} for each in plan])
        return
    gettext = _words(language).gettext
    columns = ("channel", "inspections", "explore", "exploit", "available", "rate", "limits")
    table = _table()
    for column in columns:
        numeric = column != "channel"
        table.add_column(
            gettext(f"biosecurity_target.{column}"), justify="right" if numeric else "left"
        )
    for each in plan:
        numbers = (each.inspections, each.explore, each.exploit, each.available)
        limits = f"{_per_cent(each.lo)} – {_per_cent(each.hi)}"
        table.add_row(each.name, *(f"{n:,}" for n in numbers), _per_cent(each.rate), limits)
    _console().print(table)
    shares = {"explore": _per_cent(explore), "exploit": _per_cent(1 - explore)}
    click.echo(gettext("biosecurity_target.stated") % shares)
