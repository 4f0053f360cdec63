"""`lianzhi user` and `lianzhi key`: who may sign in, and which programs may call the API."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from sqlalchemy.engine import Engine

from lianzhi.cli.common import deployment, fail, must_exist
from lianzhi.jobs import config
from lianzhi.store import db, migrate
from lianzhi.store.accounts import (
    ROLES,
    SCOPES,
    AccountError,
    add_key,
    add_user,
    disable_user,
    list_keys,
    list_users,
    revoke_key,
    set_password,
)

DAY_MS = 86_400_000
F = TypeVar("F", bound=Callable[..., Any])


def _with_password(command: F) -> F:
    """Passes `password`: asked for or read from standard input; as an argument it could be seen."""
    return click.option(
        "--stdin",
        "password",
        is_flag=True,
        callback=_password,
        help="Read the password from standard input instead of asking.",
    )(command)


def _password(context: click.Context, option: click.Parameter, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def open_engine(home: Path) -> Engine:
    """The database of a deployment, brought to the current tables."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = db.open_engine(config.load(home).url(home))
    migrate.upgrade(engine)
    return engine


@contextmanager
def _engine(home: Path, *, make: bool = False) -> Iterator[Engine]:
    """The deployment's database; what is refused becomes a message and exit code 3."""
    if not make:
        must_exist(home)
    try:
        engine = open_engine(home)
        try:
            yield engine
        finally:
            engine.dispose()
    except (AccountError, config.ConfigError) as error:
        fail(str(error))


def _now() -> int:
    return time.time_ns() // 1_000_000


def _print(value: Any, as_json: bool, line: Callable[[Any], str]) -> None:
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(value), ensure_ascii=False))
        return
    for item in value if isinstance(value, list) else [value]:
        click.echo(line(item))


def _date(ms: int | None) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(ms / 1000)) if ms is not None else "-"


@click.group()
def user() -> None:
    """People who sign in to the console."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True)
@_with_password
@deployment
def user_add(name: str, role: Any, password: str, home: Path, as_json: bool) -> None:
    """Add a user."""
    with _engine(home, make=True) as engine:
        added = add_user(engine, name, password, role, _now())
    _print(added, as_json, lambda u: f"added {u.name} as {u.role}")


@user.command("passwd")
@click.argument("name")
@_with_password
@deployment
def user_passwd(name: str, password: str, home: Path, as_json: bool) -> None:
    """Change a password; all sessions of the user end."""
    with _engine(home) as engine:
        set_password(engine, name, password)
    _print({"name": name}, as_json, lambda u: f"changed the password of {u['name']}")


@user.command("list")
@deployment
def user_list(home: Path, as_json: bool) -> None:
    """List users."""
    with _engine(home) as engine:
        users = list_users(engine)
    _print(
        users,
        as_json,
        lambda u: f"{u.name}\t{u.role}\t{'disabled' if u.disabled_at is not None else 'active'}",
    )


@user.command("disable")
@click.argument("name")
@deployment
def user_disable(name: str, home: Path, as_json: bool) -> None:
    """Shut a user out, at once."""
    with _engine(home) as engine:
        disable_user(engine, name, _now())
    _print({"name": name}, as_json, lambda u: f"disabled {u['name']}")


@click.group()
def key() -> None:
    """API keys for programs."""


@key.command("add")
@click.argument("label")
@click.option("--scope", "scopes", type=click.Choice(SCOPES), multiple=True, required=True)
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires; never if not.")
@deployment
def key_add(
    label: str, scopes: tuple[Any, ...], days: int | None, home: Path, as_json: bool
) -> None:
    """Make a key and print it, once."""
    now = _now()
    expires = now + days * DAY_MS if days else None
    with _engine(home, make=True) as engine:
        made, token = add_key(engine, label, scopes, now, expires)
    shown = msgspec.to_builtins(made) | {"token": token}
    _print(shown, as_json, lambda k: k["token"])
    click.echo("Keep it safe: it can't be shown again.", err=True)


@key.command("list")
@deployment
def key_list(home: Path, as_json: bool) -> None:
    """List keys, without their secrets."""
    now = _now()
    with _engine(home) as engine:
        keys = list_keys(engine)
    _print(
        keys,
        as_json,
        lambda k: "\t".join(
            (
                k.id,
                k.label,
                ",".join(k.scopes),
                "valid" if k.valid_at(now) else "over",
                _date(k.expires_at),
            )
        ),
    )


@key.command("revoke")
@click.argument("key_id")
@deployment
def key_revoke(key_id: str, home: Path, as_json: bool) -> None:
    """End a key; running servers notice within seconds."""
    with _engine(home) as engine:
        revoke_key(engine, key_id, _now())
    _print({"id": key_id}, as_json, lambda k: f"revoked {k['id']}")
