"""`lianzhi mediation`: commands for mediators and for parties."""

import click

from lianzhi.domains.mediation.commands.routes import routes


@click.group()
def mediation() -> None:
    """争议调解: routes of disputes, early warnings and mediation."""


for command in (routes,):
    mediation.add_command(command)
