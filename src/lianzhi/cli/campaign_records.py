"""`lianzhi campaign`: campaigns 专项行动 on the record, their tasks and draws."""

from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.chain.campaign import CAMPAIGN, Plan
from lianzhi.chain.campaign_judging import judged
from lianzhi.chain.campaign_sample import Sample
from lianzhi.cli.case_words import language as spoken
from lianzhi.cli.common import fail
from lianzhi.kit.act_commands import act_group
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import deployment, print_json
from lianzhi.law.words import LANGUAGES
from lianzhi.office.campaign_acts import DRAWS, PLANS, SAMPLES, SUPPLIES, TASKS
from lianzhi.office.refusal import Refusal
from lianzhi.store import campaigns
from lianzhi.web.console.campaign_outcome import verdict_sentences
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
sample_acts = act_group(CAMPAIGN, SAMPLES, words("en").gettext, _explain)
supply_acts = act_group(CAMPAIGN, SUPPLIES, words("en").gettext, _explain)


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
    """Show a campaign: terms, changes, what it is judged by, tasks, and the verdict so far."""
    with deployment().desk(home, CAMPAIGN) as desk, desk.reading() as connection:
        plan, now = known_plan(desk, identity), desk.now()
        tasks = campaigns.tasks_of(connection, identity)
        draws = campaigns.draws_of(connection, identity)
        samples = campaigns.samples_of(connection, identity)
        supplies = campaigns.supplies_of(connection, identity)
        evidence = campaigns.evidence(connection, plan, now)
    if as_json:
        of = {"tasks": tasks, "draws": draws, "supplies": supplies}
        of["samples"] = [_blind(sample) for sample in samples]
        verdict = {lang: verdict_sentences(judged(evidence), words(lang)) for lang in LANGUAGES}
        print_json({**_plain(plan, now), **of, "says": verdict})
        return
    for name, value in msgspec.to_builtins(plan.terms).items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    for change in plan.changes:
        for name, after in change.after.items():
            click.echo(f"changed by {change.by}, #{change.index}: {name}: "
                       f"{change.before[name]} -> {after}")  # fmt: skip
    for draw in draws:
        click.echo(f"draw {draw.id}  {draw.status}  {len(draw.roster)} names  {draw.digest}")
    for supply in supplies:
        columns = ", ".join(supply.columns)
        click.echo(f"supply {supply.id}  {supply.status}  {supply.weeks} weeks from "
                   f"{supply.first}: {columns}")  # fmt: skip
    for sample in samples:
        click.echo(f"sample {sample.id}  {sample.status}  {len(sample.judged)} of "
                   f"{len(sample.drawn)} judged  {sample.digest}")  # fmt: skip
    for task in tasks:
        click.echo(f"task {task.id}  {task.body} {task.name}  due {task.due}  {task.status}")
    for line in verdict_sentences(judged(evidence), words(spoken())):
        click.echo(line)


def known_plan(desk: Any, identity: str) -> Plan:
    """A campaign. Ends the command where there is none."""
    try:
        plan: Plan = desk.plan(identity)
    except KeyError:
        fail(f"{identity}: there is no such campaign; see lianzhi campaign list")
    return plan


def _blind(sample: Sample) -> dict[str, Any]:
    """A sample; what was judged only of a finished one."""
    plain: dict[str, Any] = msgspec.to_builtins(sample)
    return plain if sample.status == "finished" else plain | {"judged": len(sample.judged)}


def _plain(plan: Plan, now: int) -> dict[str, Any]:
    return {**msgspec.to_builtins(plan), "phase": plan.phase(now)}
