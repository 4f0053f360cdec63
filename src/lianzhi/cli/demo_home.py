"""The home of a demo: a folder that is wiped at each start, its configuration and accounts."""

import fcntl
import secrets
import shutil
from pathlib import Path

from lianzhi.cli.common import fail
from lianzhi.config import Config
from lianzhi.domains.configuration import load
from lianzhi.domains.registry import DOMAINS
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import ROLES, add_key, add_user
from lianzhi.store.keys import SCOPES

#: Marker file: only a folder with it is ever wiped.
MARKER = "made-by-lianzhi-demo"
#: Who creates the accounts, as recorded.
BY = "demo"
CONFIG = f"""\
deployment = "演示平台 (demo)"
lateness_seconds = 1.0
domains = {list(DOMAINS)}

[webhook]
"""


def prepare(home: Path, hook: str) -> Config:
    """Empty the home, and configure it to send webhooks to `hook`; returns its configuration.

    A folder that is not a demo's, or in use, is left alone.
    """
    marker = home / MARKER
    if home.exists() and any(home.iterdir()):
        if not marker.exists():
            fail(f"{home} is not a demo's folder and is left alone; choose another with --home")
        if _in_use(home / "lock"):
            fail(f"another demo runs in {home}; stop it first, or choose another with --home")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker.write_text("This folder is made anew by every `lianzhi demo`.\n", "utf-8")
    (home / ".gitignore").write_text("*\n", "utf-8")
    (home / "config.toml").write_text(f'{CONFIG}url = "{hook}"\n', "utf-8")
    for domain in DOMAINS.values():
        domain.demo.prepare(home)
    # Fictitious people must never get into the database that the environment names.
    return load(home, {})


def _in_use(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def create_accounts(node: Node) -> tuple[dict[str, str], str]:
    """A user for each role with a new password, and a key for the API."""
    now = node.now()
    logins: dict[str, str] = {}
    for role in reversed([*ROLES]):
        logins[role] = secrets.token_urlsafe(9)
        add_user(node.ledger, role, logins[role], [role], now, BY)
    return logins, add_key(node.ledger, "demo", SCOPES, now, BY)[1]
