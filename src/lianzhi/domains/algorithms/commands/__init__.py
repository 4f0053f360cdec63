"""`lianzhi algorithms`: audits of algorithms."""

import click

from lianzhi.domains.algorithms.commands.fairness import fairness


@click.group()
def algorithms() -> None:
    """算法治理: audits of algorithms, from group fairness to prices."""


algorithms.add_command(fairness)
