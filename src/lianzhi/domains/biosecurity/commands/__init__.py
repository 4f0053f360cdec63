"""`lianzhi biosecurity`: commands for those who watch a border."""

import click

from lianzhi.domains.biosecurity.commands.change import change
from lianzhi.domains.biosecurity.commands.sampling import infestation, sample_size
from lianzhi.domains.biosecurity.commands.surveil import surveil
from lianzhi.domains.biosecurity.commands.target import target


@click.group()
def biosecurity() -> None:
    """生物安全: whether interceptions rise beyond chance, and how much to inspect where."""


for command in (change, infestation, sample_size, surveil, target):
    biosecurity.add_command(command)
