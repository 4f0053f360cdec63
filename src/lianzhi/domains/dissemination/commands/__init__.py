"""`lianzhi dissemination`: commands for those who watch over reprints."""

import click

from lianzhi.domains.dissemination.commands.leads import push, source
from lianzhi.domains.dissemination.commands.match import match
from lianzhi.domains.dissemination.commands.title import title


@click.group()
def dissemination() -> None:
    """信息传播: honest reprints, titles and pushes."""


for command in (match, push, source, title):
    dissemination.add_command(command)
