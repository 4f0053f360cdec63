"""`lianzhi dissemination`: commands for those who watch over reprints."""

import click

from lianzhi.domains.dissemination.acts import TABLES
from lianzhi.domains.dissemination.commands.leads import push, source
from lianzhi.domains.dissemination.commands.match import match
from lianzhi.domains.dissemination.commands.records import export, load
from lianzhi.domains.dissemination.commands.report import report
from lianzhi.domains.dissemination.commands.title import title
from lianzhi.domains.dissemination.refusals import explain
from lianzhi.domains.dissemination.words import words
from lianzhi.kit.act_commands import act_group


@click.group()
def dissemination() -> None:
    """信息传播: honest reprints, titles and pushes."""


for command in (export, load, match, push, report, source, title):
    dissemination.add_command(command)
for table in TABLES:
    dissemination.add_command(act_group("dissemination", table, words("en").gettext, explain))
