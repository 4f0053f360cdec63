"""`lianzhi mediation import-mediators` and `match`: the register, and who suits a dispute."""

from pathlib import Path

import click
from rich.table import Table

from lianzhi.domains.mediation.desk.mediator_import import KIND
from lianzhi.domains.mediation.matching import CERTIFICATES, Certificate
from lianzhi.domains.mediation.wording import barrier_text, part_text
from lianzhi.domains.mediation.words import words
from lianzhi.kit.options import deployment_options
from lianzhi.kit.table_commands import load_command
from lianzhi.kit.terminal import NO, console, deployment, print_json

load_mediators = load_command(
    "mediation",
    "Put the good rows of mediators.csv in FOLDER on the record.",
    (KIND,),
    (KIND,),
    lambda desk: desk.mediator_import,
)


@click.command()
@click.argument("dispute")
@click.option(
    "--certificate",
    "certificates",
    type=click.Choice(CERTIFICATES),
    multiple=True,
    help="Certificate that is needed beside those of policy.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@deployment_options
def match(
    dispute: str,
    certificates: tuple[Certificate, ...],
    language: str,
    home: Path,
    as_json: bool,
) -> None:
    """Print who suits a dispute, the best first, with the points of each, and who is excluded, why.

    Exit code 1: nobody suits.
    """
    with deployment().desk(home, "mediation") as desk:
        try:
            ranking = desk.mediators.ranking(dispute, certificates)
        except KeyError:
            raise click.ClickException(f"{dispute}: there is no such dispute") from None
    if as_json:
        print_json(
            {
                "candidates": [
                    {**each._asdict(), "parts": [part._asdict() for part in each.parts]}
                    for each in ranking.candidates
                ],
                "excluded": [
                    {"mediator": name, "reasons": [reason._asdict() for reason in reasons]}
                    for name, reasons in ranking.excluded
                ],
            }
        )
    else:
        gettext = words(language).gettext
        table = Table(*map(gettext, ("mediator.one", "mediation.points", "mediation.reasons")))
        for each in ranking.candidates:
            parts = "\n".join(part_text(part, language) for part in each.parts)
            table.add_row(each.mediator, f"{each.score:.1f}", parts)
        for name, reasons in ranking.excluded:
            why = "\n".join(barrier_text(reason, language) for reason in reasons)
            table.add_row(name, gettext("mediator.excluded"), why)
        console().print(table)
    if not ranking.candidates:
        raise click.exceptions.Exit(NO)
