"""`lianzhi mediation warnings` and `import`: early warnings of a file, and onto the record."""

import datetime as dt
from pathlib import Path

import click
from rich.table import Table

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.mediation.importing.files import FORMS, known_schemas
from lianzhi.domains.mediation.rules import Rules
from lianzhi.domains.mediation.warning import LEVELS, Calibrated, calibration, warn_all
from lianzhi.domains.mediation.wording import reason_text
from lianzhi.domains.mediation.words import words
from lianzhi.kit.options import deployment_options
from lianzhi.kit.table_commands import load_command
from lianzhi.kit.terminal import NO, console, print_json, print_problems
from lianzhi.tabular.reading import read

load = load_command(
    "mediation",
    "Put the good rows of cases.csv, with points, and of disputes.csv in FOLDER on the record.",
    FORMS,
    ("cases", "disputes"),
    lambda desk: desk.imports,
)

_SHOWN = 20


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the warning.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@deployment_options
def warnings(file: Path, on: dt.datetime, language: str, home: Path, as_json: bool) -> None:
    """Print the cases of FILE that may turn into disputes, and why; nothing is stored.

    Where the column `disputed` tells outcomes, it shows per level how many cases became disputes,
    with a 95 % interval. Exit code 1: rows were left out.
    """
    try:
        _, policy = Rules(home / "mediation").weights(on.date())
    except PolicyError as error:
        raise click.ClickException(str(error)) from None
    table = read(file, known_schemas()["cases"])
    warned = warn_all(table.rows, policy, on.date())
    ranked = sorted(warned, key=lambda identity: (-warned[identity].score, identity))
    fares = calibration(table.rows, warned)
    if as_json:
        print_json(
            {
                "cases": [{"id": identity, **warned[identity]._asdict()} for identity in ranked],
                "levels": [each._asdict() for each in fares],
                "errors": [problem.as_dict(language) for problem in table.errors],
            }
        )
    else:
        gettext = words(language).gettext
        heads = ("mediation.case", "mediation.level", "mediation.points", "mediation.reasons")
        printed = Table(*map(gettext, heads))
        for identity in ranked[:_SHOWN]:
            warned_case = warned[identity]
            if warned_case.level != LEVELS[0]:
                reasons = [reason_text(point, language) for point in warned_case.points]
                level = gettext(f"mediation_level.{warned_case.level}")
                printed.add_row(identity, level, f"{warned_case.score:.1f}", "\n".join(reasons))
        console().print(printed)
        _print_calibration(fares, language)
        print_problems(table.errors, language)
    if table.errors:
        raise click.exceptions.Exit(NO)


def _print_calibration(fares: tuple[Calibrated, ...], language: str) -> None:
    if not any(each.cases for each in fares):
        return
    gettext = words(language).gettext
    heads = ("level", "known_outcomes", "disputed", "share")
    table = Table(*(gettext(f"mediation.{head}") for head in heads))
    for level, cases, disputed, interval in fares:
        share = f"{disputed / cases:.1%} ({interval.lo:.1%} - {interval.hi:.1%})" if cases else ""
        table.add_row(gettext(f"mediation_level.{level}"), str(cases), str(disputed), share)
    console().print(table)
