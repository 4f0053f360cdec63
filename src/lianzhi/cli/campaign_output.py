"""`lianzhi campaign figures` and `bulletin`: what was handled, and the bulletin as a file."""

from hashlib import sha256
from pathlib import Path

import click
from rich.table import Table

from lianzhi import config
from lianzhi.chain.campaign import CAMPAIGN
from lianzhi.chain.campaign_figures import figures as figures_of
from lianzhi.cli.campaign_records import known_plan
from lianzhi.cli.common import fail
from lianzhi.cli.exits import NO
from lianzhi.documents.paper_forms import FORMS
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import console, deployment, print_json
from lianzhi.law.words import LANGUAGES
from lianzhi.store import campaign_counts, campaigns
from lianzhi.web.console.campaign_bulletin import BulletinFacts, bulletin


@click.command()
@click.argument("identity", metavar="ID")
@deployment_options
def figures(identity: str, home: Path, as_json: bool) -> None:
    """Print what was handled in a campaign. Exit code 1: figures contradict one another."""
    with deployment().desk(home, CAMPAIGN) as desk, desk.reading() as connection:
        handled = figures_of(campaign_counts.counts(connection, known_plan(desk, identity).terms))
    if as_json:
        print_json(handled)
    else:
        table = Table("measure", "subject", "ordered", "taken back", "standing")
        for row in handled.handled:
            cells = (row.key, row.type, *map(str, (row.ordered, row.undone, row.standing)))
            table.add_row(*cells)
        click.echo(
            f"{handled.findings:,} findings about {handled.about:,}; {handled.cases:,} cases; "
            f"{handled.decisions:,} decisions, {handled.reversed:,} taken back; "
            f"{handled.measures:,} measures stand, {handled.undone:,} taken back"
        )
        console().print(table)
    for wrong in handled.contradictions:
        click.echo(f"contradiction {wrong.key}: {wrong.left:,} and {wrong.right:,}", err=True)
    if handled.contradictions:
        raise SystemExit(NO)


@click.command()
@click.argument("identity", metavar="ID")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--agency", default="", help="Letterhead; by default the deployment's name.")
@deployment_options
def write_bulletin(identity: str, file: Path, agency: str, home: Path, as_json: bool) -> None:
    """Write the bulletin 通报 of a campaign to FILE (.docx or .pdf), Chinese then English."""
    form = FORMS.get(file.suffix.lower().removeprefix("."))
    if form is None:
        fail(f"{file}: the ending is {file.suffix!r}; give a name in .docx or .pdf")
    with deployment().desk(home, CAMPAIGN) as desk, desk.reading() as connection:
        plan = known_plan(desk, identity)
        facts = BulletinFacts(
            plan=plan,
            figures=figures_of(campaign_counts.counts(connection, plan.terms)),
            evidence=campaigns.evidence(connection, plan, desk.now()),
            tasks=campaigns.tasks_of(connection, identity),
            now=desk.now(),
            agency=agency or config.load(home).deployment,
        )
    body = form(bulletin(facts, LANGUAGES))
    file.write_bytes(body)
    digest = sha256(body).hexdigest()
    if as_json:
        print_json({"file": str(file), "sha256": digest})
    else:
        click.echo(f"{file}: {len(body):,} bytes, SHA-256 {digest}")
