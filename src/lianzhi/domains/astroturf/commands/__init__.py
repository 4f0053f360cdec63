"""`lianzhi astroturf`: commands for operators and analysts."""

import click

from lianzhi.domains.astroturf.commands.actions import actions
from lianzhi.domains.astroturf.commands.calibrate import calibrate
from lianzhi.domains.astroturf.commands.coordinate import coordinate
from lianzhi.domains.astroturf.commands.groups import groups
from lianzhi.domains.astroturf.commands.ranking import ranking
from lianzhi.domains.astroturf.commands.ratings import ratings
from lianzhi.domains.astroturf.commands.remember import forget, remember
from lianzhi.domains.astroturf.commands.returning import returning
from lianzhi.domains.astroturf.commands.reviews import reviews


@click.group()
def astroturf() -> None:
    """网络水军: accounts that act together, and what they rig."""


for command in (
    *(coordinate, groups, calibrate, ratings, ranking, reviews),
    *(remember, returning, forget, actions),
):
    astroturf.add_command(command)
