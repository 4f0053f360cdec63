"""HTTPX transport that opens connections to allowed addresses alone: see `outbound`.

Every connection is checked when it is opened, so a redirect is held to the same rule. What is
connected to is the address that was checked: a name that resolves to another one a moment later
gets around nothing. Proxies of the environment are not used.
"""

import socket
from typing import Any

import httpx2
from httpcore2 import ConnectError, ConnectionPool, NetworkBackend, NetworkStream, SyncBackend

from lianzhi.outbound import Networks, resolve


class GuardedBackend(NetworkBackend):
    """Opens sockets to allowed addresses alone."""

    def __init__(self, networks: Networks) -> None:
        self._networks, self._plain = networks, SyncBackend()

    def connect_tcp(self, host: str, port: int, *args: Any, **named: Any) -> NetworkStream:
        """A connection to the first allowed address that answers.

        Raises ForbiddenAddressError, or ConnectError where the name is unknown or nothing answers.
        """
        try:
            addresses = resolve(host, port, self._networks)
        except socket.gaierror as error:
            raise ConnectError(str(error)) from error
        for address in addresses[:-1]:
            try:
                return self._plain.connect_tcp(address, port, *args, **named)
            except ConnectError:
                continue
        return self._plain.connect_tcp(addresses[-1], port, *args, **named)

    def connect_unix_socket(self, path: str, *args: Any, **named: Any) -> NetworkStream:
        """Always raises ConnectError: a socket file is no address."""
        raise ConnectError(f"{path}: socket files are not connected to")


class GuardedTransport(httpx2.HTTPTransport):
    """Transport of a client that may reach public addresses and these networks."""

    def __init__(self, networks: Networks) -> None:
        context = httpx2.create_ssl_context()
        super().__init__(verify=context)
        self._pool = ConnectionPool(ssl_context=context, network_backend=GuardedBackend(networks))
