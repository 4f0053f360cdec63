"""`lianzhi algorithms`: audits of algorithms."""

import click

from lianzhi.domains.algorithms.acts import TABLES
from lianzhi.domains.algorithms.commands.attention import attention
from lianzhi.domains.algorithms.commands.diversity import diversity
from lianzhi.domains.algorithms.commands.fairness import fairness
from lianzhi.domains.algorithms.commands.filing import filing
from lianzhi.domains.algorithms.commands.inspections import inspections
from lianzhi.domains.algorithms.commands.pricing import pricing
from lianzhi.domains.algorithms.commands.probes import probes
from lianzhi.domains.algorithms.commands.products import list_products
from lianzhi.domains.algorithms.commands.ranking import ranking
from lianzhi.domains.algorithms.commands.records import export, file_audit, load
from lianzhi.domains.algorithms.commands.self_assessment import self_assessment
from lianzhi.domains.algorithms.rules.refusals import explain
from lianzhi.domains.algorithms.words import words
from lianzhi.kit.act_commands import act_group


@click.group()
def algorithms() -> None:
    """算法治理: audits of algorithms, from group fairness to prices."""


for command in (fairness, pricing, probes, attention, diversity, ranking, filing):
    algorithms.add_command(command)
for recording in (export, file_audit, inspections, list_products, load, self_assessment):
    algorithms.add_command(recording)
for table in TABLES:
    algorithms.add_command(act_group("algorithms", table, words("en").gettext, explain))
