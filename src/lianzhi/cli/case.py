"""`lianzhi case`: cases as the record tells them."""

from pathlib import Path

import click
import msgspec

from lianzhi.cli.common import database, deployment, fail, out, when
from lianzhi.store import views


@click.group()
def case() -> None:
    """Cases: list them, show one."""


@case.command("list")
@click.option("--status", type=click.Choice(["open", "protected", "closed"]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@deployment
def list_(status: str | None, limit: int, home: Path, as_json: bool) -> None:
    """List cases, most urgent first."""
    with database(home) as engine:
        page = views.cases(engine, status=status, limit=limit)
    for row in page.rows:
        if as_json:
            out(row)
        else:
            click.echo(
                f"{row.id}  {row.stage:5}  {row.status:9}  {when(row.updated_at)}  "
                f"{row.kind}  about {row.account or '(erased)'}"
            )
    if not page.rows and not as_json:
        click.echo("No cases. They open by themselves when `lianzhi watch` sees a pile-on form.")


@case.command()
@click.argument("case_id")
@deployment
def show(case_id: str, home: Path, as_json: bool) -> None:
    """Show one case: what happened, who, on what evidence, what was done."""
    with database(home) as engine:
        view = views.case(engine, case_id)
    if view is None:
        fail(f"there is no case {case_id}; see `lianzhi case list`")
    if as_json:
        out(view)
    else:
        click.echo(msgspec.yaml.encode(msgspec.to_builtins(view)).decode())
