"""`lianzhi mediation`: commands for mediators and for parties."""

import click

from lianzhi.domains.mediation.acts import TABLES
from lianzhi.domains.mediation.acts.warning import WARNING
from lianzhi.domains.mediation.commands.fitting import fit_warnings
from lianzhi.domains.mediation.commands.mediators import load_mediators, match
from lianzhi.domains.mediation.commands.routes import routes
from lianzhi.domains.mediation.commands.warnings import load, warnings
from lianzhi.domains.mediation.refusals import explain
from lianzhi.domains.mediation.words import words
from lianzhi.kit.act_commands import act_group


@click.group()
def mediation() -> None:
    """争议调解: routes of disputes, early warnings and mediation."""


for command in (routes, warnings, match):
    mediation.add_command(command)
mediation.add_command(load, "import")
mediation.add_command(load_mediators, "import-mediators")
for table in TABLES:
    group = act_group("mediation", table, words("en").gettext, explain)
    if table is WARNING:
        group.add_command(fit_warnings)
    mediation.add_command(group)
