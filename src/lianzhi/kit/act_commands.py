"""Commands that take acts: `lianzhi <domain> <noun> <act> ID`, with an option for each field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lianzhi.chain.life import IllegalStepError
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import deployment, print_json
from lianzhi.office.acts import Act, ActTable, Field, Take
from lianzhi.office.refusal import Refusal

_DAY = click.DateTime(["%Y-%m-%d"])


Explain = Callable[[Exception, str], dict[str, Any] | None]
"""What to tell of a refusal, in a language (`Domain.refused`)."""


def act_group(
    domain: str, table: ActTable, gettext: Callable[[str], str], explain: Explain
) -> click.Group:
    """A command for each act of a table. `gettext` gives the domain's words by their keys."""
    group = click.Group(table.noun, help=f"Take a step of a {table.noun}.")
    for act in table.acts:
        if act.take is not None:
            title = gettext(f"{table.noun}_act.{act.key}")
            group.add_command(_command(domain, table.noun, act, act.take, title, explain))
    return group


def _command(
    domain: str, noun: str, act: Act, take_act: Take, title: str, explain: Explain
) -> click.Command:
    @click.argument("identity", metavar="ID")
    @deployment_options
    def take(identity: str, home: Path, as_json: bool, **given: Any) -> None:
        fields = {field.name: _value(field, given[field.name]) for field in act.fields}
        with deployment().desk(home, domain) as desk:
            try:
                take_act(desk, identity, deployment().by(), **fields)
            except KeyError:
                raise click.ClickException(f"{identity}: there is no such {noun}") from None
            except Exception as error:
                refusal = explain(error, "en")
                if refusal is None and isinstance(error, Refusal | IllegalStepError):
                    raise click.ClickException(str(error)) from None
                if refusal is None:
                    raise
                reasons = "\n".join((refusal["detail"], *refusal["said"]))
                raise click.ClickException(reasons) from None
        print_json({"id": identity, "act": act.key}) if as_json else click.echo(
            f"{identity}: {act.key.replace('_', ' ')} is on the record"
        )

    for field in reversed(act.fields):
        take = _option(field)(take)
    name = act.key.replace("_", "-")
    return click.command(name, help=f"{title}.")(take)


def _option(field: Field) -> Callable[..., Any]:
    name = f"--{field.name.replace('_', '-')}"
    if field.kind == "flag":
        return click.option(name, field.name, is_flag=True)
    kinds: dict[str, Any] = {
        "day": _DAY,
        "until": _DAY,
        "number": click.IntRange(min=0),
        "choice": click.Choice(field.choices) if field.choices else str,
    }
    required = field.required and field.kind != "number"
    default = 0 if field.kind == "number" else None
    kind = kinds.get(field.kind, str)
    return click.option(name, field.name, type=kind, required=required, default=default)


def _value(field: Field, given: Any) -> Any:
    if field.kind in ("day", "until"):
        return None if given is None else given.date()
    return "" if given is None else given
