"""`lianzhi counsel commitments`: what was promised to visitors, overdue first."""

from pathlib import Path

import click
from rich.table import Table

from lianzhi.domains.counsel.words import words
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import console, deployment, print_json


@click.command()
@click.option("--owner", default="", help="Only those of this user.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@deployment_options
def commitments(owner: str, language: str, home: Path, as_json: bool) -> None:
    """Print open commitments, overdue first, and the share kept in time with a 95 % interval.

    The share is of the commitments that ended or whose last day is over. Visitors are not named.
    """
    with deployment().desk(home, "counsel") as desk:
        known, kept = desk.commitments.open_ones(owner), desk.commitments.kept_share(owner)
        today = desk.office.today()
    if as_json:
        rows = [
            {"id": each.id, "owner": each.owner, "due": each.due, "late": each.late(today)}
            for each in known
        ]
        share = {"due": kept.due, "in_time": kept.in_time, "interval": kept.interval}
        print_json({"commitments": rows, "kept": share})
        return
    gettext = words(language).gettext
    table = Table(*(gettext(f"office.{key}") for key in ("number", "owner", "due")))
    for each in known:
        late = each.due is not None and each.late(today) and (today - each.due).days
        more = gettext("office.days_late") % {"n": late} if late else ""
        table.add_row(each.id, each.owner, f"{each.due} {more}")
    console().print(table)
    if kept.share is not None:
        lo, hi = (round(100 * limit) for limit in kept.interval)
        shown = {"n": kept.due, "share": round(100 * kept.share), "lo": lo, "hi": hi}
        click.echo(gettext("office.kept_share") % shown)
