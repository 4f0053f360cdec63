"""Entry point of `lianzhi`."""

from collections.abc import Iterator, MutableMapping
from functools import cache
from pkgutil import resolve_name
from typing import Any

import click

from lianzhi import __version__
from lianzhi.cli.exits import FAILED
from lianzhi.unswept import unswept

#: Commands, and where each is: to load all of them takes seconds, most need a part of that.
_COMMANDS = {
    "demo": "lianzhi.cli.demo:demo",
    "serve": "lianzhi.cli.serve:serve",
    "watch": "lianzhi.cli.watch:watch",
    "quarantine": "lianzhi.cli.quarantine:quarantine",
    "case": "lianzhi.cli.case:case",
    "evidence": "lianzhi.cli.evidence:evidence",
    "transfer": "lianzhi.cli.transfer:transfer",
    "scorecard": "lianzhi.cli.scorecard:scorecard",
    "record": "lianzhi.cli.record:record",
    "bullying": "lianzhi.domains.bullying.commands:bullying",
    "text": "lianzhi.cli.text:text",
    "law": "lianzhi.cli.law:law",
    "signal": "lianzhi.cli.signal:signal",
    "astroturf": "lianzhi.domains.astroturf.commands:astroturf",
    "enforcement": "lianzhi.domains.enforcement.commands:enforcement",
    "user": "lianzhi.cli.access:user",
    "key": "lianzhi.cli.access:key",
    "webhook": "lianzhi.cli.post:webhook",
    "outbox": "lianzhi.cli.post:outbox",
    "backup": "lianzhi.cli.backup:backup",
    "restore": "lianzhi.cli.backup:restore",
}
#: What stands below one of them and is defined apart.
_BELOW = {
    "astroturf actions": "lianzhi.cli.actions:actions",
    "enforcement export": "lianzhi.cli.enforcement:export",
    "enforcement import load": "lianzhi.cli.enforcement:load",
    "law check": "lianzhi.cli.law_table:check_table",
    "law decide": "lianzhi.cli.law_decide:decide_table",
    "law surcharge": "lianzhi.cli.law_surcharge:law_surcharge",
}


class Main(click.Group):
    """Gives every refusal the exit code that `lianzhi --help` promises."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a domain that refuses with a plain ClickException exits with 3."""
        try:
            return super().invoke(ctx)
        except click.UsageError:
            raise
        except click.ClickException as error:
            error.show()
            ctx.exit(FAILED)


@cache
@unswept()
def _loaded(name: str) -> click.Command:
    command: click.Command = resolve_name(_COMMANDS[name])
    for words, where in _BELOW.items():
        first, *groups, last = words.split()
        if first == name:
            above: Any = command
            for group in groups:
                above = above.commands[group]
            above.add_command(resolve_name(where), last)
    return command


class OneByOne(MutableMapping[str, click.Command]):
    """The commands by name, each loaded when it is asked for."""

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
def main() -> None:
    """Lianzhi 链治: see harm early, protect people first, on a verifiable record.

    Exit codes: 0 done; 1 done, and the answer is no (rows quarantined, a verification failed);
    2 called wrongly; 3 could not be done.
    """
