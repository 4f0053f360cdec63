"""Entry point of the command `lianzhi`."""

from collections.abc import Iterator, MutableMapping
from functools import cache
from pkgutil import resolve_name
from typing import Any

import click

from lianzhi import __version__
from lianzhi.cli.exits import FAILED
from lianzhi.domains.domain import lazily
from lianzhi.domains.registration import RegistryError
from lianzhi.unswept import unswept

try:
    from lianzhi.domains.registry import DOMAINS
except RegistryError as _error:
    click.echo(f"Error: {_error}", err=True)
    raise SystemExit(FAILED) from None

#: Commands with their module and short help, so that only the command that runs is imported:
#: importing all takes seconds.
_COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "lianzhi.cli.demo:demo",
        "Show Lianzhi at work on a made-up platform, in real time.",
    ),
    "serve": (
        "lianzhi.cli.serve:serve",
        "Serve the API and the console of a deployment until SIGINT or SIGTERM.",
    ),
    "status": (
        "lianzhi.cli.status:status",
        "Show how a deployment is: record, outbox, quarantine, event log, saved state.",
    ),
    "watch": (
        "lianzhi.cli.watch:watch",
        "Read events (NDJSON, also in gzip), judge them, print findings.",
    ),
    "quarantine": (
        "lianzhi.cli.quarantine:quarantine",
        "List quarantined rows, newest first: when, where from, line, reason, mend.",
    ),
    "case": (
        "lianzhi.cli.case:case",
        "Cases: list them, show one.",
    ),
    "campaign": (
        "lianzhi.cli.campaign:campaign",
        "Campaigns: put down before they start, their tasks, what was handled in them.",
    ),
    "evidence": (
        "lianzhi.cli.evidence:evidence",
        "Evidence of a case as one file: export it, verify one.",
    ),
    "transfer": (
        "lianzhi.cli.transfer:transfer",
        "Transfers to another authority: the file to hand over, its receipt, its answer.",
    ),
    "scorecard": (
        "lianzhi.cli.scorecard:scorecard",
        "Figures of a period with their 95 % intervals; by default the last 30 days.",
    ),
    "record": (
        "lianzhi.cli.record:record",
        "The verifiable record.",
    ),
    "text": (
        "lianzhi.cli.text:text",
        "How texts are read.",
    ),
    "law": (
        "lianzhi.cli.law:law",
        "Statutory time and legal bases.",
    ),
    "signal": (
        "lianzhi.cli.signal:signal",
        "Signals between platforms: keyed hashes of accounts and content, and opinions on them.",
    ),
    "user": (
        "lianzhi.cli.access:user",
        "People who sign in to the console.",
    ),
    "key": (
        "lianzhi.cli.access:key",
        "API keys for programs.",
    ),
    "webhook": (
        "lianzhi.cli.post:webhook",
        "Signed messages to the platform, as `[webhook]` of config.toml says.",
    ),
    "outbox": (
        "lianzhi.cli.post:outbox",
        "Messages to the platform and to people: what waits, what was given up.",
    ),
    "backup": (
        "lianzhi.cli.backup:backup",
        "Write the whole deployment into FILE, as it is at this moment; "
        "a node may go on meanwhile.",
    ),
    "restore": (
        "lianzhi.cli.backup:restore",
        "Put the deployment in FILE into an empty home and an empty database, and verify it.",
    ),
}
#: Subcommands defined in modules of their own.
_BELOW = {
    "campaign bulletin": "lianzhi.cli.campaign_output:write_bulletin",
    "campaign draw": "lianzhi.cli.campaign_records:draw_acts",
    "campaign figures": "lianzhi.cli.campaign_output:figures",
    "campaign list": "lianzhi.cli.campaign_records:list_campaigns",
    "campaign plan": "lianzhi.cli.campaign_records:plan_acts",
    "campaign sample": "lianzhi.cli.campaign_records:sample_acts",
    "campaign show": "lianzhi.cli.campaign_records:show",
    "campaign supply": "lianzhi.cli.campaign_records:supply_acts",
    "campaign totals": "lianzhi.cli.campaign_totals:totals",
    "campaign task": "lianzhi.cli.campaign_records:task_acts",
    "law check": "lianzhi.cli.law_table:check_table",
    "law decide": "lianzhi.cli.law_decide:decide_table",
    "record erase": "lianzhi.cli.record_erase:erase",
    "law surcharge": "lianzhi.cli.law_surcharge:law_surcharge",
}

_reason = lazily("lianzhi.cli.failures:reason")

for _domain in DOMAINS.values():
    if _domain.name in _COMMANDS:
        _mend = "give the domain another name, or uninstall its package"
        click.echo(f"Error: domain {_domain.name!r} bears the name of a command; {_mend}", err=True)
        raise SystemExit(FAILED)
    if _domain.command is not None:
        _COMMANDS[_domain.name] = (_domain.command.target, _domain.command.summary)


class Main(click.Group):
    """The top-level group: maps refusals to the documented exit codes, and lists commands without
    loading them.
    """

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries of the commands, in order of their names."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in sorted(_COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exits with 3 on a ClickException of a domain and on unusable files."""
        try:
            return super().invoke(ctx)
        except click.UsageError:
            raise
        except click.ClickException as error:
            error.show()
            ctx.exit(FAILED)
        except (click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if (reason := _reason(error)) is None:
                raise
            click.echo(f"Error: {reason}", err=True)
            ctx.exit(FAILED)


@cache
@unswept()
def _loaded(name: str) -> click.Command:
    command: click.Command = resolve_name(_COMMANDS[name][0])
    for words, where in _BELOW.items():
        first, *groups, last = words.split()
        if first == name:
            above: Any = command
            for group in groups:
                above = above.commands[group]
            above.add_command(resolve_name(where), last)
    return command


class OneByOne(MutableMapping[str, click.Command]):
    """The commands by name, each loaded on first access."""

    def __getitem__(self, name: str) -> click.Command:
        return _loaded(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)

    def __setitem__(self, name: str, command: click.Command) -> None:
        raise TypeError(f"{name}: list commands in _COMMANDS")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name}: list commands in _COMMANDS")


@click.group(
    cls=Main, commands=OneByOne(), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="lianzhi")
@click.pass_context
def main(context: click.Context) -> None:
    """Lianzhi 链治: see harm early, protect people first, on a verifiable record.

    Exit codes: 0 done; 1 done, and the answer is no (rows quarantined, a verification failed);
    2 called wrongly; 3 could not be done.
    """
    context.obj = lazily("lianzhi.cli.deployment:Beside")
