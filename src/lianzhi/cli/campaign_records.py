"""`lianzhi campaign`: campaigns 专项行动 on the record, their tasks and draws."""

from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table

from lianzhi.chain.campaign import CAMPAIGN, Plan
from lianzhi.chain.campaign_figures import figures as figures_of
from lianzhi.cli.common import fail
from lianzhi.cli.exits import NO
from lianzhi.kit.act_commands import act_group
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import console, deployment, print_json
from lianzhi.office.campaign_acts import DRAWS, PLANS, TASKS
from lianzhi.office.refusal import Refusal
from lianzhi.store import campaign_counts, campaigns
from lianzhi.web.console.words import words


def _explain(error: Exception, language: str) -> dict[str, Any] | None:
    """A refusal in words; None: it has none."""
    if not isinstance(error, Refusal):
        return None
    gettext = words(language).gettext
    key = f"refused.{error.rule}"
    text = gettext(key)
    detail = str(error) if text == key else text % error.params
    return {"detail": f"{error.field}: {detail}", "said": [gettext("refused.mend")]}


plan_acts = act_group(CAMPAIGN, PLANS, words("en").gettext, _explain)
draw_acts = act_group(CAMPAIGN, DRAWS, words("en").gettext, _explain)
task_acts = act_group(CAMPAIGN, TASKS, words("en").gettext, _explain)


@click.command()
@deployment_options
def list_campaigns(home: Path, as_json: bool) -> None:
    """List campaigns, the one that starts last first."""
    with deployment().desk(home, CAMPAIGN) as desk, desk.reading() as connection:
        page, now = campaigns.plans(connection), desk.now()
    for plan in page.rows:
        if as_json:
            print_json(_plain(plan, now))
        else:
            terms = plan.terms
            click.echo(f"{plan.id}  {terms.first} – {terms.last}  {plan.phase(now)}  {terms.title}")


@click.command()
@click.argument("identity", metavar="ID")
@deployment_options
def show(identity: str, home: Path, as_json: bool) -> None:
    """Show a campaign: terms, changes, draws, tasks."""
    with deployment().desk(home, CAMPAIGN) as desk, desk.reading() as connection:
        plan, now = _plan(desk, identity), desk.now()
        tasks = campaigns.tasks_of(connection, identity)
        draws = campaigns.draws_of(connection, identity)
    if as_json:
        print_json({**_plain(plan, now), "tasks": tasks, "draws": draws})
        return
    for name, value in msgspec.to_builtins(plan.terms).items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    for change in plan.changes:
        for name, after in change.after.items():
            click.echo(f"changed by {change.by}, #{change.index}: {name}: "
                       f"{change.before[name]} -> {after}")  # fmt: skip
    for draw in draws:
        click.echo(f"draw {draw.id}  {draw.status}  {len(draw.roster)} names  {draw.digest}")
    for task in tasks:
        click.echo(f"task {task.id}  {task.body} {task.name}  due {task.due}  {task.status}")


@click.command()
@click.argument("identity", metavar="ID")
@deployment_options
def figures(identity: str, home: Path, as_json: bool) -> None:
    """Print what was handled in a campaign. Exit code 1: figures contradict one another."""
    with deployment().desk(home, CAMPAIGN) as desk, desk.reading() as connection:
        handled = figures_of(campaign_counts.counts(connection, _plan(desk, identity).terms))
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


def _plan(desk: Any, identity: str) -> Plan:
    try:
        plan: Plan = desk.plan(identity)
    except KeyError:
        fail(f"{identity}: there is no such campaign; see lianzhi campaign list")
    return plan


def _plain(plan: Plan, now: int) -> dict[str, Any]:
    return {**msgspec.to_builtins(plan), "phase": plan.phase(now)}
