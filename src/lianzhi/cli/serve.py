"""`lianzhi serve`: node, API and console in one process."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
import uvicorn

from lianzhi.chain.policy import PolicyError
from lianzhi.cli.common import deployment, fail
from lianzhi.config import ConfigError
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.jobs.node import Node
from lianzhi.kit.terminal import print_json
from lianzhi.store.ledger import RecordError
from lianzhi.store.users import list_users
from lianzhi.text.lexicon.lexicons import LexiconError
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings, SettingsError, load_settings

#: Errors that keep a deployment from starting or running; each message says what to do.
REFUSALS = (
    ConfigError,
    DetectionStoppedError,
    HomeLockedError,
    LexiconError,
    LogDamagedError,
    PolicyError,
    RecordError,
    SettingsError,
)
#: Seconds that requests in progress have at shutdown.
GRACE_S = 5
_LOCAL = {"127.0.0.1", "::1", "localhost"}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@deployment
def serve(host: str, port: int, home: Path, as_json: bool) -> None:
    """Serve the API and the console of a deployment until SIGINT or SIGTERM.

    Takes in events, judges them, keeps the record; one process for one LIANZHI_HOME. At the end
    what was accepted is judged and the detectors' state is saved.
    """
    log_to_stderr(logging.INFO)
    with listening(host, port) as listener:
        try:
            settings = load_settings(home)
            with Node(home) as node:
                _announce(node, settings, listener, as_json)
                serve_node(node, settings, listener)
        except (*REFUSALS, OSError) as error:
            fail(str(error))


def log_to_stderr(level: int) -> None:
    """Log one line per request with its route, and errors; never a query, body or key."""
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket, opened first so that a taken port is reported before anything changes."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        why, _, _ = str(error.strerror).partition(" (while")
        fail(f"cannot listen on {host}, port {port}: {why}; choose another with --port or --host")
    with listener:
        yield listener


def url_of(listener: socket.socket) -> str:
    """Address of the console."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_node(node: Node, settings: Settings, listener: socket.socket) -> None:
    """Serve a node until SIGINT or SIGTERM, then return so that it can be closed."""
    app = create_app(node, settings, deployment=node.config.deployment)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=GRACE_S,
        )
    )
    with _signals_spent():
        server.run(sockets=[listener])


@contextmanager
def _signals_spent() -> Iterator[None]:
    """Swallow the signal that the server raises again after it has shut down."""

    def spent(number: int, frame: FrameType | None) -> None:
        logging.getLogger(__name__).info("stopping on %s", signal.Signals(number).name)

    before = {number: signal.signal(number, spent) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _announce(node: Node, settings: Settings, listener: socket.socket, as_json: bool) -> None:
    url, users = url_of(listener), len(list_users(node.engine))
    if as_json:
        print_json({"url": url, "home": str(node.home), "users": users})
        return
    click.echo(f"Lianzhi serves {url} (home {node.home}); stop with Ctrl-C.")
    if not users:
        click.echo(
            "Nobody can sign in yet: `lianzhi user add NAME --role admin --role senior` makes "
            "somebody who manages users and decides cases."
        )
    if listener.getsockname()[0] not in _LOCAL and not settings.https:
        click.echo(
            "Reachable from other machines without HTTPS: put a proxy with HTTPS in front and set "
            "`https` and `hosts` in web.toml, and `trusted_proxies` to its address.",
            err=True,
        )
