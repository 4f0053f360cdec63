"""The figures of a scorecard as lines for a terminal."""

import click

from lianzhi.chain.scorecard import Scorecard
from lianzhi.cli.case_words import language, plain
from lianzhi.documents.format import BEIJING, stamp
from lianzhi.web.console.figure_text import Names, interval, value
from lianzhi.web.console.words import words


def print_figures(scorecard: Scorecard, names: Names) -> None:
    """Print each figure with its interval, then the contradictions to stderr."""
    catalogue = words(language())
    click.echo(f"{stamp(scorecard.since, BEIJING)} – {stamp(scorecard.until, BEIJING)} UTC+8")
    for figure in scorecard.figures:
        name = " · ".join(filter(None, (names.figure(figure.key), names.parts(figure.part))))
        text = value(figure.value, figure.unit, catalogue)
        rests = "" if figure.kind == "count" else f"  n={figure.n}"
        indent = "  " if figure.part else ""
        click.echo(f"{indent}{plain(name)}: {text} ({interval(figure, catalogue)}){rests}")
    for wrong in scorecard.contradictions:
        text = catalogue.gettext(f"contradiction.{wrong.key}")
        click.echo(f"! {text}: {wrong.left} ≠ {wrong.right}", err=True)
