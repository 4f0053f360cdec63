"""`lianzhi biosecurity`: commands for those who watch a border."""

import click

from lianzhi.domains.biosecurity.acts import TABLES
from lianzhi.domains.biosecurity.commands.change import change
from lianzhi.domains.biosecurity.commands.records import export, load
from lianzhi.domains.biosecurity.commands.sampling import infestation, sample_size
from lianzhi.domains.biosecurity.commands.surveil import surveil
from lianzhi.domains.biosecurity.commands.target import target
from lianzhi.domains.biosecurity.refusals import explain
from lianzhi.domains.biosecurity.words import words
from lianzhi.kit.act_commands import act_group


@click.group()
def biosecurity() -> None:
    """生物安全: pests stopped at the border, firsts and alarms."""


for command in (change, export, infestation, load, sample_size, surveil, target):
    biosecurity.add_command(command)
for table in TABLES:
    biosecurity.add_command(act_group("biosecurity", table, words("en").gettext, explain))
