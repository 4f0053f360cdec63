"""Serving a home: the port answers while the node opens, and the node is closed at the end."""

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
import uvicorn

from lianzhi.cli.common import fail
from lianzhi.cli.failures import REFUSALS, os_reason
from lianzhi.cli.logs import log_to_stderr
from lianzhi.cli.serve import url_of
from lianzhi.domains.configuration import load
from lianzhi.jobs.node import Node
from lianzhi.kit.terminal import print_json
from lianzhi.outbound import LOOPBACK
from lianzhi.store.users import list_users
from lianzhi.web.app import create_app
from lianzhi.web.core.connections import Bounds, Connections, most_at_once, most_connections
from lianzhi.web.core.settings import Settings, load_settings
from lianzhi.web.starting import Starting

#: Seconds that requests in progress have at shutdown.
GRACE_S = 5


def serve_home(home: Path, listener: socket.socket, as_json: bool, log_json: bool) -> None:
    """Serve the deployment under a home; ends the command where it cannot be started.

    `as_json`: what is announced; `log_json`: the log, whatever the configuration says.
    """
    try:
        log_to_stderr(logging.INFO, "json" if log_json else load(home).log)
        settings = load_settings(home)
        serve_when_open(
            lambda: Node(home),
            settings,
            listener,
            lambda node: _announce(node, settings, listener, as_json),
        )
    except REFUSALS as error:
        fail(str(error))
    except OSError as error:
        fail(os_reason(error))


def serve_when_open(
    open_node: Callable[[], Node],
    settings: Settings,
    listener: socket.socket,
    opened: Callable[[Node], object],
) -> None:
    """Answer at once, open a node, tell `opened` of it, serve it until SIGINT or SIGTERM, close it.

    Raises what kept it from opening.
    """
    starting = Starting()
    server = _server(starting, settings)
    nodes: list[Node] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            node = open_node()
            nodes.append(node)
            starting.app = create_app(node, settings, deployment=node.config.deployment)
            opened(node)
        except BaseException as error:  # raised again below, in the thread that can end the process
            errors.append(error)
            server.should_exit = True

    opening = threading.Thread(target=work, name="opening")
    opening.start()
    try:
        _run(server, listener)
    finally:
        opening.join()
        for node in nodes:
            node.close()
    for error in errors:
        raise error


def serve_node(node: Node, settings: Settings, listener: socket.socket) -> None:
    """Serve a node until SIGINT or SIGTERM, then return so that it can be closed."""
    app = create_app(node, settings, deployment=node.config.deployment)
    _run(_server(app, settings), listener)


def _server(app: Callable[..., object], settings: Settings) -> uvicorn.Server:
    bounds = Bounds(
        most_connections(settings.connections),
        settings.connections_of_address,
        settings.max_head,
        settings.head_s,
    )
    connections = Connections(bounds, settings.trusted_proxies)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=connections.protocol,  # type: ignore[arg-type] # it only calls it
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=GRACE_S,
            backlog=most_at_once(bounds.total),
        )
    )


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
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
    if listener.getsockname()[0] not in LOOPBACK and not settings.https:
        click.echo(
            "Reachable from other machines without HTTPS: put a proxy with HTTPS in front and set "
            "`https` and `hosts` in web.toml, and `trusted_proxies` to its address.",
            err=True,
        )
