"""`lianzhi enforcement`: commands for squads, supervisors and citizens."""

import click

from lianzhi.domains.enforcement.acts import TABLES
from lianzhi.domains.enforcement.commands.audit import audit
from lianzhi.domains.enforcement.commands.draw import draw
from lianzhi.domains.enforcement.commands.grid import grid
from lianzhi.domains.enforcement.commands.importing import import_
from lianzhi.domains.enforcement.commands.lists import lists
from lianzhi.domains.enforcement.commands.paper import paper
from lianzhi.domains.enforcement.commands.rank import rank
from lianzhi.domains.enforcement.commands.records import export, load
from lianzhi.domains.enforcement.commands.rota import rota
from lianzhi.domains.enforcement.commands.strictness import strictness
from lianzhi.domains.enforcement.commands.town import town
from lianzhi.domains.enforcement.refusals import explain
from lianzhi.domains.enforcement.words import words
from lianzhi.kit.act_commands import act_group


@click.group()
def enforcement() -> None:
    """综合行政执法: inspections, penalties and what they add up to."""


for command in (*(lists, grid, import_, paper, draw, rank, rota, strictness, audit, town, export),):
    enforcement.add_command(command)
for table in TABLES:
    enforcement.add_command(act_group("enforcement", table, words("en").gettext, explain))
import_.add_command(load, "load")
