"""Commands that take acts: `lianzhi <domain> <noun> <act> ID`, with an option for each field."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import deployment, print_json
from lianzhi.office.acts import Act, Field
from lianzhi.office.refusal import Refusal

_DAY = click.DateTime(["%Y-%m-%d"])


def act_group(
    domain: str,
    noun: str,
    summary: str,
    acts: Mapping[str, Act],
    title: Callable[[str], str],
    refused: Callable[..., Any],
) -> click.Group:
    """One command an act. `title` says what an act of a key is called, `refused(error, language)`
    why one was refused (`Domain`)."""
    group = click.Group(noun, help=summary)
    for act in acts.values():
        if act.take is not None:
            group.add_command(_command(domain, noun, act, act.take, title(act.key), refused))
    return group


def _command(
    domain: str,
    noun: str,
    act: Act,
    take_act: Callable[..., object],
    title: str,
    refused: Callable[..., Any],
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
                refusal = refused(error, "en")
                if refusal is None and isinstance(error, Refusal):
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
