"""`lianzhi dissemination report`: outlets' figures and days as HTML and PDF, in both languages."""

from pathlib import Path

import click

from lianzhi.domains.dissemination.report.page import LANGUAGES, write
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import deployment, print_json


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@deployment_options
def report(out: Path, home: Path, as_json: bool) -> None:
    """Write the figures of outlets into the folder OUT, as HTML and PDF in both languages."""
    with deployment().desk(home, "dissemination") as desk:
        write(desk.reports.read(), out)
    names = [f"report.{language}.{end}" for language in LANGUAGES for end in ("html", "pdf")]
    print_json({"files": names}) if as_json else click.echo(", ".join(names))
