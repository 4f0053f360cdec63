"""Entry point of `lianzhi`."""

from typing import Any

import click

from lianzhi import __version__
from lianzhi.cli.access import key, user
from lianzhi.cli.actions import actions
from lianzhi.cli.backup import backup, restore
from lianzhi.cli.case import case
from lianzhi.cli.common import FAILED
from lianzhi.cli.demo import demo
from lianzhi.cli.enforcement import export, load
from lianzhi.cli.evidence import evidence
from lianzhi.cli.law import law
from lianzhi.cli.law_decide import decide_table
from lianzhi.cli.law_surcharge import law_surcharge
from lianzhi.cli.law_table import check_table
from lianzhi.cli.post import outbox, webhook
from lianzhi.cli.quarantine import quarantine
from lianzhi.cli.record import record
from lianzhi.cli.scorecard import scorecard
from lianzhi.cli.serve import serve
from lianzhi.cli.signal import signal
from lianzhi.cli.text import text
from lianzhi.cli.transfer import transfer
from lianzhi.cli.watch import watch
from lianzhi.domains.astroturf.commands import astroturf
from lianzhi.domains.bullying.commands import bullying
from lianzhi.domains.enforcement.commands import enforcement
from lianzhi.domains.enforcement.commands.importing import import_


class Main(click.Group):
    """Gives every refusal the exit code that `lianzhi --help` promises."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command; a domain that refuses with a plain ClickException exits with 3."""
        try:
            return super().invoke(context)
        except click.UsageError:
            raise
        except click.ClickException as error:
            error.show()
            context.exit(FAILED)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lianzhi")
def main() -> None:
    """Lianzhi 链治: see harm early, protect people first, on a verifiable record.

    Exit codes: 0 done; 1 done, and the answer is no (rows quarantined, a verification failed);
    2 called wrongly; 3 could not be done.
    """


astroturf.add_command(actions)
import_.add_command(load)
enforcement.add_command(export)
for command in (check_table, decide_table, law_surcharge):
    law.add_command(command)
for command in (
    *(demo, serve, watch, quarantine, case, evidence, transfer, scorecard, record, bullying, text),
    *(law, signal, astroturf, enforcement, user, key, webhook, outbox, backup, restore),
):
    main.add_command(command)
