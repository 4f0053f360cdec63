"""`lianzhi serve`: node, API and console in one process."""

import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from lianzhi.cli.common import deployment, fail
from lianzhi.domains.domain import lazily

#: Imports take seconds, in which the port is open already.
_serve = lazily("lianzhi.cli.serving:serve_home")
LEAST_FILES = 64
"""File descriptors that a node needs, with 16 connections."""
LEAST_ADDRESS_SPACE = 2 << 30
"""Bytes of address space that a node needs; most of it is reserved and never used."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--log-json", is_flag=True, help="Log JSON, one object a line.")
@deployment
def serve(host: str, port: int, log_json: bool, home: Path, as_json: bool) -> None:
    """Serve the API and the console of a deployment until SIGINT or SIGTERM.

    Takes in events, judges them, keeps the record; one process for one LIANZHI_HOME. At the end
    what was accepted is judged, for some seconds, and the detectors' state is saved.
    """
    check_limits()
    with listening(host, port) as listener:
        _serve(home, listener, as_json, log_json)


def check_limits() -> None:
    """End the command where the process may have too little to work and lose nothing."""
    files, space = (
        resource.getrlimit(limit)[0] for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS)
    )
    if files != resource.RLIM_INFINITY and files < LEAST_FILES:
        fail(
            f"the process may have {files} file descriptors, a node needs {LEAST_FILES}: raise "
            "`ulimit -n`, or LimitNOFILE of systemd"
        )
    if space != resource.RLIM_INFINITY and space < LEAST_ADDRESS_SPACE:
        fail(
            f"the process may have {space >> 20} MiB of address space, a node needs "
            f"{LEAST_ADDRESS_SPACE >> 20}: raise `ulimit -v`, or LimitAS of systemd; to bound the "
            "memory in use, set MemoryMax"
        )


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
