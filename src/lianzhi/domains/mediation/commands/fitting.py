"""`lianzhi mediation warning fit`: weights of warnings from past cases whose outcome is known."""

import datetime as dt
from pathlib import Path

import click
from rich.table import Table

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.mediation.fitting import Fitted, Quality, TooFewError, fit_weights
from lianzhi.domains.mediation.fitting_output import policy_text
from lianzhi.domains.mediation.importing.files import known_schemas
from lianzhi.domains.mediation.rules import Rules
from lianzhi.domains.mediation.words import words
from lianzhi.kit.options import deployment_options
from lianzhi.kit.pictures.calibration import calibration_picture
from lianzhi.kit.terminal import NO, console, print_json, print_problems
from lianzhi.stats.roc import Estimate
from lianzhi.tabular.reading import read


@click.command("fit")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day in force.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    help="SVG of predicted and observed shares.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@deployment_options
def fit_warnings(
    file: Path, on: dt.datetime, picture: Path | None, language: str, home: Path, as_json: bool
) -> None:
    """Fit the weights of warnings to the cases of FILE whose column `disputed` is filled in.

    Prints how they fare on later cases beside the weights in force. Where they order these better
    beyond chance, they are written to mediation/warning/ of the deployment, in force from the day
    of --on after the next start; else nothing is written. Exit code 1: nothing was written.
    """
    day, gettext = on.date(), words(language).gettext
    try:
        rules = Rules(home / "mediation")
        table = read(file, known_schemas()["cases"])
        fitted = fit_weights(table.rows, rules.weights(day)[1], rules.fitting(day), day)
    except PolicyError as error:
        raise click.ClickException(str(error)) from None
    except TooFewError as error:
        part = gettext(f"warning_fit.{error.part}")
        text = gettext("warning_fit.too_few") % {
            "part": part, "disputed": error.disputed, "kept": error.kept, "least": error.least,
        }  # fmt: skip
        raise click.ClickException(text) from None
    path = home / "mediation" / "warning" / f"{day}.toml"
    if fitted.helps:
        _write(path, policy_text(fitted, day))
    if picture is not None:
        texts = (gettext(f"warning_fit.{key}") for key in ("picture", "predicted", "observed"))
        picture.write_text(calibration_picture(fitted.fitted.tenths, *texts), "utf-8")
    if as_json:
        written = str(path) if fitted.helps else None
        print_json({**fitted._asdict(), "helps": fitted.helps, "written": written})
    else:
        _print(fitted, language)
        verdict = "helps" if fitted.helps else "no_help"
        click.echo(gettext(f"warning_fit.{verdict}") % {"gain": _text(fitted.gain), "path": path})
        print_problems(table.errors, language)
    if not fitted.helps:
        raise click.exceptions.Exit(NO)


def _write(path: Path, text: str) -> None:
    if path.exists():
        raise click.ClickException(f"{path} is there already; choose another day")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _print(fitted: Fitted, language: str) -> None:
    gettext = words(language).gettext
    heads = ("weights", "area", "brier")
    table = Table(*(gettext(f"warning_fit.{head}") for head in heads))
    for name in ("shipped", "fitted"):
        quality: Quality = getattr(fitted, name)
        table.add_row(gettext(f"warning_fit.{name}"), _text(quality.area), _text(quality.brier))
    console().print(table)
    heads = ("predicted", "observed", "cases")
    tenths = Table(*(gettext(f"warning_fit.{head}") for head in heads))
    for tenth in fitted.fitted.tenths:
        share = tenth.happened / tenth.cases
        limits = f"({tenth.interval.lo:.1%} - {tenth.interval.hi:.1%})"
        tenths.add_row(f"{tenth.predicted:.1%}", f"{share:.1%} {limits}", str(tenth.cases))
    console().print(tenths)


def _text(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.lo:.3f} - {estimate.hi:.3f})"
