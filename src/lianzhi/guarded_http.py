"""HTTP connections that are opened to allowed addresses alone: see `outbound`.

What is connected to is the address that was checked, so that a name that resolves to another one a
moment later gets around nothing.
"""

import socket
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError
from urllib3.util import parse_url

from lianzhi.outbound import ForbiddenAddressError, Networks, resolve


class GuardedConnection(HTTPConnection):
    """A connection that is opened to allowed addresses alone."""

    def __init__(self, *args: Any, networks: Networks = (), **named: Any) -> None:
        super().__init__(*args, **named)
        self._networks = networks

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            addresses = resolve(name, self.port or self.default_port, self._networks)
        except socket.gaierror as error:
            raise NameResolutionError(name, self, error) from error
        except ForbiddenAddressError as error:
            raise NewConnectionError(self, str(error)) from error
        refused: NewConnectionError | None = None
        try:
            for address in addresses:
                self._dns_host = address  # as resolved and checked: it is not looked up again
                try:
                    return super()._new_conn()
                except NewConnectionError as error:
                    refused = error
        finally:
            self._dns_host = name
        raise refused or NewConnectionError(self, "no address")


class GuardedSecureConnection(GuardedConnection, HTTPSConnection):
    """TLS variant of `GuardedConnection`."""


class GuardedPool(HTTPConnectionPool):
    """Connections to one host by http; takes `networks`."""

    ConnectionCls = GuardedConnection


class GuardedSecurePool(HTTPSConnectionPool):
    """Connections to one host by https; takes `networks`."""

    ConnectionCls = GuardedSecureConnection


def pool_for(url: str, networks: Networks, **named: Any) -> HTTPConnectionPool:
    """A pool of guarded connections to the host of a URL."""
    parts = urlsplit(url)
    host = str(parse_url(url).host)
    make = GuardedPool if parts.scheme == "http" else GuardedSecurePool
    return make(host, parts.port, networks=networks, **named)


def is_forbidden(error: BaseException) -> bool:
    """Whether a connection failed because its address is not allowed."""
    return isinstance(error, ForbiddenAddressError) or isinstance(
        error.__cause__, ForbiddenAddressError
    )
