"""Outbound connections: to which addresses webhooks, peers and an OpenID provider may lead.

Public addresses are allowed; private, link-local and loopback ones only where the configuration
says so: by `networks`, or by a `url` that names this machine outright. The rule holds for the
address that a connection is opened to, after its name was resolved, so that neither an unusual way
of writing an address nor a name that resolves to another one later gets around it.
"""

import socket
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

#: Names of this machine: a configured URL that bears one allows loopback addresses.
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LOOPBACK_NETWORKS: Networks = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
#: An IPv4 address may stand in the last 32 bits of these: RFC 4291, 2.5.5.1 and RFC 6052, 2.1.
_EMBEDDING = (IPv6Network("::/96"), IPv6Network("64:ff9b::/96"))
_IPV4 = 0xFFFF_FFFF


class ForbiddenAddressError(OSError):
    """A connection to an address that the configuration does not allow; the message has a mend."""


def networks_for(url: str, networks: Iterable[str]) -> Networks:
    """The networks that a configured URL and its `networks` allow. Raises ValueError."""
    try:
        given = tuple(ip_network(network) for network in networks)
    except ValueError as error:
        raise ValueError(f"networks: {error}; give networks such as 10.1.0.0/16") from None
    return given + (_LOOPBACK_NETWORKS if urlsplit(url).hostname in LOOPBACK else ())


def is_allowed(address: Address, networks: Networks) -> bool:
    """Whether a connection may be opened to this address."""
    inner = _inner(address)
    if any(inner in network for network in networks):
        return True
    return inner.is_global and not inner.is_multicast


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo
    inner = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    if inner is not None:
        return inner
    if int(address) > 1 and any(address in network for network in _EMBEDDING):
        return IPv4Address(int(address) & _IPV4)
    return address


def literal(host: str) -> Address | None:
    """The address that a host is written as, in any form that a resolver reads; None: a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))  # 2130706433, 0177.0.0.1, 127.1
    except (OSError, UnicodeError):
        return None


def check_url(url: str, networks: Networks) -> None:
    """Raise ForbiddenAddressError for a URL whose host is written as an address not allowed."""
    host = urlsplit(url).hostname or ""
    address = literal(host)
    if address is not None and not is_allowed(address, networks):
        raise _forbidden(host, str(address))


def resolve(host: str, port: int, networks: Networks) -> list[str]:
    """The allowed addresses of a host, in the resolver's order.

    Raises ForbiddenAddressError where it has only others, and `socket.gaierror` where it has none.
    """
    answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(place[0]) for *_, place in answers))
    allowed = [text for text in addresses if is_allowed(ip_address(text), networks)]
    if not allowed:
        raise _forbidden(host, addresses[0])
    return allowed


def _forbidden(host: str, address: str) -> ForbiddenAddressError:
    return ForbiddenAddressError(
        f"{host!r} is at {address}, which is not public; if it belongs there, "
        "name its network in `networks`"
    )
