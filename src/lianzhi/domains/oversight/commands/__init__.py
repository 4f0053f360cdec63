"""`lianzhi oversight`: platforms, instructions and re-checks."""

from pathlib import Path

import click
from rich.table import Table

from lianzhi.domains.oversight.acts import TABLES
from lianzhi.domains.oversight.nouns.instruction import OPEN
from lianzhi.domains.oversight.queries import tables, views
from lianzhi.domains.oversight.rules.refusals import explain
from lianzhi.domains.oversight.rules.sheet import sheet
from lianzhi.domains.oversight.words import words
from lianzhi.kit.act_commands import act_group
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import console, deployment, print_json


@click.group()
def oversight() -> None:
    """督促指导: platforms, instructions to them, re-checks."""


@oversight.command("list")
@deployment_options
def list_instructions(home: Path, as_json: bool) -> None:
    """List instructions that wait, the first due first. Exit code 1: one is overdue."""
    with deployment().desk(home, "oversight") as desk, desk.office.reading() as connection:
        column = tables.instruction.c
        waiting = tables.instruction.every(
            connection, column.status.in_(sorted(OPEN)), order=(column.due, column.id)
        )
        platforms, today = views.names(connection, waiting), desk.office.today()
    late = [each for each in waiting if each.status == "issued" and each.due < today]
    table, text = Table("id", "platform", "kind", "due", "state"), words("en").gettext
    for each in waiting:
        if as_json:
            print_json(each)
            continue
        state = text(f"instruction_status.{each.status}")
        kind = text(f"instruction_kind.{each.kind}")
        style = "bold" if each in late else ""
        row = (each.id, platforms[each.platform].title, kind, str(each.due), state)
        table.add_row(*row, style=style)
    if not as_json:
        console().print(table)
    if late:
        raise click.exceptions.Exit(1)


@oversight.command("sheet")
@click.argument("platform")
@deployment_options
def print_sheet(platform: str, home: Path, as_json: bool) -> None:
    """Where a platform stands, duty by duty. Exit code 1: a duty failed its last re-check."""
    with deployment().desk(home, "oversight") as desk, desk.office.reading() as connection:
        if tables.platform.get(connection, platform) is None:
            raise click.ClickException(
                f"no platform {platform!r}; the address of its page ends in its id"
            )
        duties = desk.office.policy()[1].duties
        rows = sheet(duties, views.of_platform(connection, platform))
    table, text = Table("duty", "state", "since", "instruction"), words("en").gettext
    for row in rows:
        if as_json:
            line = {"duty": row.duty.key, "state": row.state, "day": row.day}
            print_json({**line, "instruction": row.instruction})
            continue
        state = text(f"duty_state.{row.state}")
        table.add_row(row.duty.text.en, state, str(row.day or ""), row.instruction)
    if not as_json:
        console().print(table)
    if any(row.state == "failed" for row in rows):
        raise click.exceptions.Exit(1)


for acts in TABLES:
    oversight.add_command(act_group("oversight", acts, words("en").gettext, explain))
