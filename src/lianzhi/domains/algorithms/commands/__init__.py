"""`lianzhi algorithms`: audits of algorithms."""

import click

from lianzhi.domains.algorithms.commands.attention import attention
from lianzhi.domains.algorithms.commands.diversity import diversity
from lianzhi.domains.algorithms.commands.fairness import fairness
from lianzhi.domains.algorithms.commands.filing import filing
from lianzhi.domains.algorithms.commands.pricing import pricing


@click.group()
def algorithms() -> None:
    """算法治理: audits of algorithms, from group fairness to prices."""


for command in (fairness, pricing, attention, diversity, filing):
    algorithms.add_command(command)
