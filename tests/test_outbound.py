"""Messages leave for public addresses, and for others only where the configuration says so."""

import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address, ip_address
from threading import Thread

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.exceptions import NewConnectionError

from lianzhi.config import Webhook
from lianzhi.guarded_http import is_forbidden, pool_for
from lianzhi.guarded_transport import GuardedTransport
from lianzhi.office.federation import Peer
from lianzhi.outbound import ForbiddenAddressError, is_allowed, networks_for, resolve

PRIVATE = (
    "10.1.2.3",
    "172.16.0.9",
    "192.168.0.1",
    "169.254.169.254",
    "127.0.0.1",
    "127.1",
    "0.0.0.0",
    "100.64.0.1",
    "224.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.1",
    "[::]",
    "[::1]",
    "[fe80::1]",
    "[fc00::7]",
    "[::ffff:10.0.0.1]",
    "[::10.0.0.1]",
    "[64:ff9b::a00:1]",
    "[2002:a00:1::]",
)


@pytest.mark.parametrize("host", [host for host in PRIVATE if host not in ("127.0.0.1", "[::1]")])
def test_a_private_address_is_refused_however_it_is_written(host):
    with pytest.raises(ValueError, match=r"which is not public.*networks"):
        Webhook(f"https://{host}/hook")


def test_an_address_of_this_machine_that_stands_in_the_configuration_is_allowed():
    for host in ("127.0.0.1", "[::1]", "localhost"):
        assert Webhook(f"http://{host}:9/hook").reach


def test_a_named_network_is_allowed_and_no_other():
    assert Webhook("https://10.1.2.3/hook", networks=("10.1.0.0/16",)).reach
    with pytest.raises(ValueError, match="not public"):
        Webhook("https://10.2.2.3/hook", networks=("10.1.0.0/16",))
    with pytest.raises(ValueError, match=r"10\.1\.0\.0/16"):
        Webhook("https://example.org/hook", networks=("somewhere",))


@given(st.ip_addresses())
def test_without_networks_exactly_the_public_addresses_are_allowed(address):
    allowed = is_allowed(address, ())
    if isinstance(address, IPv4Address):
        assert allowed == (address.is_global and not address.is_multicast)
        assert is_allowed(ip_address(f"::ffff:{address}"), ()) == allowed
    elif not address.is_global:
        assert not allowed


def test_a_name_that_resolves_to_a_private_address_is_refused(monkeypatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.8", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: answer)
    with pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.8, which is not public"):
        resolve("inside.example.org", 443, ())
    assert resolve("inside.example.org", 443, networks_for("", ["10.0.0.0/8"])) == ["10.0.0.8"]


def test_a_connection_is_opened_to_the_address_that_was_checked(monkeypatch):
    """A name may resolve to a public address when it is checked and to a private one afterwards."""
    asked, opened = [], []
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.114.9", 80))]

    def getaddrinfo(host, port, *args, **named):
        asked.append(host)
        if host == "203.0.114.9":
            opened.append(host)
            raise OSError("no route in a test")
        return public

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises((NewConnectionError, OSError)):
        pool_for("http://rebinding.example.org", ()).urlopen("GET", "/", retries=False)
    assert asked == ["rebinding.example.org", "203.0.114.9"]
    assert opened == ["203.0.114.9"]


def test_the_provider_is_connected_to_at_the_address_that_was_checked(monkeypatch):
    """The same by the transport of OpenID Connect: the name turns private after the check."""
    opened = []

    def getaddrinfo(host, port, *args, **named):
        address = "10.0.0.8" if opened else "203.0.114.9"
        opened.append(host)
        if host == "203.0.114.9":
            raise OSError("no route in a test")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with httpx2.Client(transport=GuardedTransport(())) as client:
        with pytest.raises(httpx2.ConnectError, match="no route"):
            client.get("http://rebinding.example.org/")
        assert opened == ["rebinding.example.org", "203.0.114.9"]
        with pytest.raises(ForbiddenAddressError):
            client.get("http://rebinding.example.org/")


def test_a_redirect_into_a_private_network_is_refused():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.8/inside")
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.handle_request, daemon=True)
        thread.start()
        transport = GuardedTransport(networks_for(url, ()))
        client = httpx2.Client(transport=transport, follow_redirects=True)
        with client, pytest.raises(ForbiddenAddressError, match="not public"):
            client.get(url)
        thread.join(5)


def test_a_connection_to_a_private_address_is_told_as_such():
    with pytest.raises(NewConnectionError) as caught:
        pool_for("http://10.0.0.8", ()).urlopen("GET", "/", retries=False)
    assert is_forbidden(caught.value)


def test_a_peer_may_name_its_network():
    peer = {"name": "other", "secrets": ("whsec_" + "QUJDRA" * 8,), "insecure": True}
    with pytest.raises(ValueError, match="not public"):
        _ = Peer(url="http://10.0.0.8", **peer).webhook
    assert Peer(url="http://10.0.0.8", networks=("10.0.0.0/8",), **peer).webhook.reach
