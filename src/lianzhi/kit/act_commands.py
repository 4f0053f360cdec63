"""Commands that take acts: `lianzhi <domain> <noun> <act> ID`, with an option for each field."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from lianzhi.chain.life import IllegalStepError
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import deployment, print_json
from lianzhi.office.acts import Act, ActTable, Field, Opening, Upload
from lianzhi.office.refusal import Refusal

_DAY = click.DateTime(["%Y-%m-%d"])


Explain = Callable[[Exception, str], dict[str, Any] | None]
"""What to tell of a refusal, in a language (`Domain.refused`)."""


def act_group(
    domain: str, table: ActTable, gettext: Callable[[str], str], explain: Explain
) -> click.Group:
    """A command for each act of a table. `gettext` gives the domain's words by their keys."""
    group = click.Group(table.command or table.noun, help=f"Take a step of a {table.noun}.")
    for opening in table.openings:
        title = gettext(f"{table.noun}_act.{opening.key}")
        group.add_command(_opening_command(domain, table.noun, opening, title, explain))
    for act in table.acts:
        title = gettext(f"{table.noun}_act.{act.key}")
        group.add_command(_command(domain, table.noun, act, title, explain))
    return group


def _command(domain: str, noun: str, act: Act, title: str, explain: Explain) -> click.Command:
    @click.argument("identity", metavar="ID")
    @deployment_options
    def take(identity: str, home: Path, as_json: bool, **given: Any) -> None:
        fields = _fields(act, given)
        with deployment().desk(home, domain) as desk, _explained(noun, identity, explain):
            act.take(desk, identity, deployment().by(), **fields)
        _report(act.key, identity, as_json)

    return _with_options(act, title, take)


def _opening_command(
    domain: str, noun: str, opening: Opening, title: str, explain: Explain
) -> click.Command:
    @deployment_options
    def take(home: Path, as_json: bool, **given: Any) -> None:
        fields = _fields(opening, given)
        with deployment().desk(home, domain) as desk, _explained(noun, "", explain):
            identity = opening.take(desk, deployment().by(), **fields)
        _report(opening.key, identity, as_json)

    return _with_options(opening, title, take)


def _with_options(act: Act | Opening, title: str, take: Callable[..., None]) -> click.Command:
    for field in reversed(act.fields):
        take = _option(field)(take)
    return click.command(act.key.replace("_", "-"), help=f"{title}.")(take)


def _fields(act: Act | Opening, given: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: _value(field, given[field.name]) for field in act.fields}


def _report(key: str, identity: str, as_json: bool) -> None:
    if as_json:
        print_json({"id": identity, "act": key})
    else:
        click.echo(f"{identity}: {key.replace('_', ' ')} is on the record")


@contextmanager
def _explained(noun: str, identity: str, explain: Explain) -> Iterator[None]:
    """Ends the command with the reasons of a refusal."""
    try:
        yield
    except KeyError as error:
        name = identity or str(error.args[0])
        raise click.ClickException(f"{name}: there is no such {noun}") from None
    except Exception as error:
        refusal = explain(error, "en")
        if refusal is None and isinstance(error, Refusal | IllegalStepError | PermissionError):
            raise click.ClickException(str(error)) from None
        if refusal is None:
            raise
        reasons = "\n".join((refusal["detail"], *refusal["said"]))
        raise click.ClickException(reasons) from None


def _option(field: Field) -> Callable[..., Any]:
    name = f"--{field.name.replace('_', '-')}"
    if field.kind == "flag":
        return click.option(name, field.name, is_flag=True)
    kinds: dict[str, Any] = {
        "day": _DAY,
        "until": _DAY,
        "number": click.IntRange(min=0),
        "choice": click.Choice(field.choices) if field.choices else str,
        "named": _pair,
        "file": click.Path(exists=True, dir_okay=False, path_type=Path),
    }
    number = field.kind == "number"
    return click.option(
        name,
        field.name,
        type=kinds.get(field.kind, str),
        required=field.required and not number,
        default=0 if number and not field.several else None,
        multiple=field.several or field.kind == "named",
    )


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise click.BadParameter(f"{given!r} is no pair; write NAME=VALUE")
    return name, value


def _value(field: Field, given: Any) -> Any:
    if field.several:
        return tuple(_value(field._replace(several=False), each) for each in given)
    match field.kind:
        case "day" | "until":
            return None if given is None else given.date()
        case "named":
            return dict(given)
        case "file":
            return None if given is None else Upload(given.name, given.read_bytes())
    return "" if given is None else given
