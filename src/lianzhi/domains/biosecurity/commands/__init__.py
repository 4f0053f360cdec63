"""`lianzhi biosecurity`: commands for those who watch a border."""

import click

from lianzhi.domains.biosecurity.commands.surveil import surveil


@click.group()
def biosecurity() -> None:
    """生物安全: whether counts of interceptions rise beyond chance."""


biosecurity.add_command(surveil)
