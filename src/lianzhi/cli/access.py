"""`lianzhi user` and `lianzhi key`: accounts that may sign in, and programs that may call the API.

Every change is recorded, also while a node runs.
"""

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

from lianzhi.cli.common import by, database, deployment, fail
from lianzhi.config import ConfigError
from lianzhi.domains.configuration import load
from lianzhi.jobs.mounted import MODEL
from lianzhi.store import accounts, db, migrate
from lianzhi.store.accounts import ROLES
from lianzhi.store.keys import SCOPES
from lianzhi.store.ledger import Ledger, RecordError, open_ledger
from lianzhi.store.refusal import AccountError

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
F = TypeVar("F", bound=Callable[..., Any])


def _with_password(command: F) -> F:
    """Passes `password`, from a prompt or standard input; an argument would be visible."""
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
    """The database of a deployment, migrated to the current tables."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = db.open_engine(load(home).url(home))
    migrate.upgrade(engine, MODEL)
    return engine


@contextmanager
def _engine(home: Path) -> Iterator[Engine]:
    with database(home, older=True):
        pass  # fails without a home, and creates none
    engine = open_engine(home)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _ledger(home: Path, *, make: bool = False) -> Iterator[Ledger]:
    """The deployment's record; a refusal becomes a message and exit code 3."""
    if not make:
        with database(home, older=True):
            pass  # fails without a home, and creates none
    try:
        engine = open_engine(home)
        try:
            yield open_ledger(engine, home, load(home).origin, MODEL.make())
        finally:
            engine.dispose()
    except (AccountError, ConfigError, RecordError, OSError) as error:
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


def _role_options(command: F) -> F:
    return click.option(
        "--role", "roles", type=click.Choice(ROLES), multiple=True, help="May be given repeatedly."
    )(command)


def _body_options(command: F) -> F:
    """Passes `body`: a text, or None with `--none`; exactly one of the two must be given."""
    none = click.option("--none", "without", is_flag=True, help="Of no body.")
    return click.option("--body", metavar="KIND:NAME", help="Such as department:Customs.")(
        none(command)
    )


def _chosen_body(body: str | None, without: bool) -> str | None:
    if (body is None) != without:
        raise click.UsageError("give --body KIND:NAME or --none")
    return body


@click.group()
def user() -> None:
    """People who sign in to the console."""


@user.command("add")
@click.argument("name")
@_role_options
@_with_password
@deployment
def user_add(name: str, roles: tuple[str, ...], password: str, home: Path, as_json: bool) -> None:
    """Add a user; without a role a viewer."""
    with _ledger(home, make=True) as ledger:
        added = accounts.add_user(ledger, name, password, roles or ("viewer",), _now(), by())
    _print(added, as_json, lambda u: f"added {u.name} as {', '.join(u.roles)}")


@user.command("passwd")
@click.argument("name")
@_with_password
@deployment
def user_passwd(name: str, password: str, home: Path, as_json: bool) -> None:
    """Change a password; all sessions of the user end."""
    with _ledger(home) as ledger:
        changed = accounts.set_password(ledger, name, password, _now(), by())
    _print(changed, as_json, lambda u: f"changed the password of {u.name}")


@user.command("list")
@deployment
def user_list(home: Path, as_json: bool) -> None:
    """List users and their roles."""
    with _engine(home) as engine:
        users = accounts.list_users(engine)
    _print(
        users,
        as_json,
        lambda u: "\t".join(
            (
                u.name,
                ",".join(u.roles),
                "active" if u.disabled_at is None else "disabled",
                *([str(u.body)] if u.body else []),
            )
        ),
    )


@user.command("role")
@click.argument("name")
@_role_options
@deployment
def user_role(name: str, roles: tuple[str, ...], home: Path, as_json: bool) -> None:
    """Give a user these roles and no others; counts at once."""
    if not roles:
        raise click.UsageError(f"give --role at least once: {', '.join(ROLES)}")
    with _ledger(home) as ledger:
        changed = accounts.set_roles(ledger, name, roles, _now(), by())
    _print(changed, as_json, lambda u: f"{u.name} is {', '.join(u.roles)} now")


@user.command("body")
@click.argument("name")
@_body_options
@deployment
def user_body(name: str, body: str | None, without: bool, home: Path, as_json: bool) -> None:
    """Say for which department, platform or squad a user works; counts at once."""
    chosen = _chosen_body(body, without)
    with _ledger(home) as ledger:
        changed = accounts.set_user_body(ledger, name, chosen, _now(), by())
    _print(changed, as_json, lambda u: f"{u.name} works for {u.body or 'no body'}")


@user.command("disable")
@click.argument("name")
@deployment
def user_disable(name: str, home: Path, as_json: bool) -> None:
    """Shut a user out, at once."""
    with _ledger(home) as ledger:
        changed = accounts.disable_user(ledger, name, _now(), by())
    _print(changed, as_json, lambda u: f"disabled {u.name}")


@user.command("enable")
@click.argument("name")
@deployment
def user_enable(name: str, home: Path, as_json: bool) -> None:
    """Let a user in again."""
    with _ledger(home) as ledger:
        changed = accounts.enable_user(ledger, name, _now(), by())
    _print(changed, as_json, lambda u: f"enabled {u.name}")


@user.command("unlock")
@click.argument("name")
@deployment
def user_unlock(name: str, home: Path, as_json: bool) -> None:
    """End the lock that failed sign-ins have put on a name."""
    with _ledger(home) as ledger:
        accounts.unlock(ledger, name, _now(), by())
    _print({"name": name}, as_json, lambda u: f"unlocked {u['name']}")


@user.command("link")
@click.argument("name")
@click.option("--issuer", required=True, help="The provider, as `issuer` under [oidc] in web.toml.")
@click.option("--subject", required=True, help="The user's `sub` there.")
@deployment
def user_link(name: str, issuer: str, subject: str, home: Path, as_json: bool) -> None:
    """Let a user sign in at an OpenID provider, too."""
    with _ledger(home) as ledger:
        changed = accounts.link_user(ledger, name, (issuer, subject), _now(), by())
    _print(changed, as_json, lambda u: f"linked {u.name} to {u.subject} at {u.issuer}")


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
    with _ledger(home, make=True) as ledger:
        new_key, token = accounts.add_key(ledger, label, scopes, now, by(), expires)
    _show_once(new_key, token, as_json)


@key.command("rotate")
@click.argument("key_id")
@click.option(
    "--overlap",
    type=click.IntRange(0, 24 * 90),
    default=24,
    show_default=True,
    help="Hours for which the secret before it is still good.",
)
@deployment
def key_rotate(key_id: str, overlap: int, home: Path, as_json: bool) -> None:
    """Give a key a new secret and print it, once; id, scopes and expiry stay."""
    with _ledger(home) as ledger:
        rotated, token = accounts.rotate_key(ledger, key_id, overlap * HOUR_MS, _now(), by())
    _show_once(rotated, token, as_json)


def _show_once(key: accounts.ApiKey, token: str, as_json: bool) -> None:
    _print(msgspec.to_builtins(key) | {"token": token}, as_json, lambda k: k["token"])
    click.echo("Keep it safe: it can't be shown again.", err=True)


@key.command("list")
@deployment
def key_list(home: Path, as_json: bool) -> None:
    """List keys, without their secrets."""
    now = _now()
    with _engine(home) as engine:
        keys = accounts.list_keys(engine)
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
                *([str(k.body)] if k.body else []),
            )
        ),
    )


@key.command("body")
@click.argument("key_id")
@_body_options
@deployment
def key_body(key_id: str, body: str | None, without: bool, home: Path, as_json: bool) -> None:
    """Say whose program uses a key: a department's, a platform's or a squad's."""
    chosen = _chosen_body(body, without)
    with _ledger(home) as ledger:
        changed = accounts.set_key_body(ledger, key_id, chosen, _now(), by())
    _print(changed, as_json, lambda k: f"{k.id} is of {k.body or 'no body'}")


@key.command("revoke")
@click.argument("key_id")
@deployment
def key_revoke(key_id: str, home: Path, as_json: bool) -> None:
    """End a key; running servers notice within seconds."""
    with _ledger(home) as ledger:
        accounts.revoke_key(ledger, key_id, _now(), by())
    _print({"id": key_id}, as_json, lambda k: f"revoked {k['id']}")
