"""`lianzhi counsel`: commands of the legal office."""

import click

from lianzhi.domains.counsel.acts import TABLES
from lianzhi.domains.counsel.acts.question import QUESTION
from lianzhi.domains.counsel.commands.commitments import commitments
from lianzhi.domains.counsel.commands.guidance import lesson_effects, unread
from lianzhi.domains.counsel.commands.questions import find, load_questions, question_recall
from lianzhi.domains.counsel.refusals import explain
from lianzhi.domains.counsel.words import words
from lianzhi.kit.act_commands import act_group


@click.group()
def counsel() -> None:
    """法制: guidance, visitors, legal review and reconsideration."""


for command in (find, question_recall, unread, lesson_effects, commitments):
    counsel.add_command(command)
for table in TABLES:
    group = act_group("counsel", table, words("en").gettext, explain)
    if table is QUESTION:
        group.add_command(load_questions, "import")
    counsel.add_command(group)
