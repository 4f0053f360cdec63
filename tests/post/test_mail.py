"""Mail against a real SMTP server: what it says, and what comes of each kind of refusal."""

import datetime as dt
import email
import email.policy
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from post_house import NOW, certified, message

from lianzhi import config
from lianzhi.jobs.post.delivery import Delivered, Failed, MootError, Outcome, Refused
from lianzhi.jobs.post.mail import Letter, MailChannel, composed

LETTER = Letter("someone@example.org", "您的举报已经收到", "您好：\n\n.一行以点开头\n谢谢。\n")
MESSAGE = message("a", 1, channel="mail", topic="notice.made")


class Inbox:
    """Keeps letters; answers as it is told to."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.rcpt = self.data = "250 OK"
        self.delay = 0.0

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.letters.append(envelope)
        return self.data


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


Tls = tuple[ssl.SSLContext, ssl.SSLContext]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """The server's, and a client's that trusts it."""
    return certified(tmp_path_factory.mktemp("tls"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(inbox: Inbox, tls: Tls) -> Iterator[Callable[..., int]]:
    """Starts a server of this security; returns its port."""
    running: list[Controller] = []

    def serve(security: str = "none", **more: Any) -> int:
        if security == "tls":
            more["ssl_context"] = tls[0]
        elif security == "starttls":
            more |= {"tls_context": tls[0], "require_starttls": True}
        controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **more)
        controller.start()
        running.append(controller)
        return int(controller.port)

    yield serve
    for one in running:
        one.stop(no_assert=True)


def channel(home: Path, port: int, tls: ssl.SSLContext | None = None, **more: Any) -> MailChannel:
    given = {"host": "localhost", "port": port, "security": "none", **more}
    settings = config.Mail(from_="链治 <notices@example.org>", **given)
    return MailChannel(settings, home, lambda _: LETTER, tls=tls, total_s=2)


def send(home: Path, port: int, **more: Any) -> Outcome:
    return channel(home, port, **more).deliver(MESSAGE, NOW)


def test_a_letter_arrives_as_it_was_written(
    tmp_path: Path, inbox: Inbox, served: Callable[..., int]
) -> None:
    assert send(tmp_path, served()) == Delivered()
    (envelope,) = inbox.letters
    assert envelope.mail_from == "notices@example.org"
    assert envelope.rcpt_tos == ["someone@example.org"]
    assert envelope.content.isascii()
    read = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert read["subject"] == LETTER.subject
    assert read["from"] == "链治 <notices@example.org>"
    assert read["to"] == "someone@example.org"
    assert read["message-id"] == "<m-a-1@example.org>"
    assert read["auto-submitted"] == "auto-generated"
    assert read["date"].datetime == dt.datetime.fromtimestamp(NOW / 1000, dt.UTC).replace(
        microsecond=0
    )
    assert read.get_content_type() == "text/plain"
    assert read.get_content().replace("\r\n", "\n") == LETTER.body


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_over_tls_with_a_login(
    tmp_path: Path,
    inbox: Inbox,
    served: Callable[..., int],
    tls: Tls,
    security: str,
) -> None:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = (data.login, data.password) == (b"lianzhi", b"pass word")
        return AuthResult(success=good, handled=False)

    # The library takes TLS from the first byte for no TLS at all, where logging in is concerned.
    more = {"auth_require_tls": security == "starttls"}
    port = served(security, authenticator=check, auth_required=True, **more)
    (tmp_path / "mail.password").write_text("pass word\n")
    (tmp_path / "mail.password").chmod(0o600)
    login = {"security": security, "username": "lianzhi", "password_file": "mail.password"}
    assert send(tmp_path, port, tls=tls[1], **login) == Delivered()
    (tmp_path / "mail.password").write_text("wrong")
    assert send(tmp_path, port, tls=tls[1], **login) == Failed("SMTP 535 5.7.8")
    (tmp_path / "mail.password").chmod(0o644)
    outcome = send(tmp_path, port, tls=tls[1], **login)
    assert outcome == Failed("the mail server was not reached (PermissionError)")
    stranger = send(tmp_path, port, security=security)
    assert stranger == Failed("the mail server was not reached (SSLCertVerificationError)")
    assert len(inbox.letters) == 1


def test_without_starttls_nothing_is_handed_over(
    tmp_path: Path, inbox: Inbox, served: Callable[..., int]
) -> None:
    outcome = send(tmp_path, served(), security="starttls")
    assert outcome == Failed("the mail server was not reached (SMTPNotSupportedError)")
    assert inbox.letters == []


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("450 4.2.0 greylisted, someone@example.org", "250 OK", Failed("SMTP 450 4.2.0")),
        ("451 try later", "250 OK", Failed("SMTP 451")),
        ("550 5.1.1 no someone@example.org here", "250 OK", Refused("SMTP 550 5.1.1")),
        ("250 OK", "452 4.3.1 full", Failed("SMTP 452 4.3.1")),
        ("250 OK", "554 5.7.1 spam", Refused("SMTP 554 5.7.1")),
    ],
)
def test_refusals_for_now_and_for_good(
    tmp_path: Path,
    inbox: Inbox,
    served: Callable[..., int],
    rcpt: str,
    data: str,
    outcome: Outcome,
) -> None:
    inbox.rcpt, inbox.data = rcpt, data
    assert send(tmp_path, served()) == outcome
    assert inbox.letters == []


def test_nobody_there_and_nobody_talking(tmp_path: Path) -> None:
    assert send(tmp_path, free_port()) == Failed(
        "the mail server was not reached (ConnectionRefusedError)"
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        outcome = channel(tmp_path, silent.getsockname()[1]).deliver(MESSAGE, NOW)
        assert time.monotonic() - began < 6
    assert isinstance(outcome, Failed)


@pytest.mark.parametrize(
    "letter",
    [
        Letter("a@example.org", "hello\r\nBcc: everyone@example.org", "x\n"),
        Letter("a@example.org\nBcc: b@example.org", "hello", "x\n"),
    ],
)
def test_no_header_can_be_slipped_in(letter: Letter) -> None:
    with pytest.raises((ValueError, smtplib.SMTPException)):
        composed(MESSAGE, letter, "notices@example.org", NOW)


def test_whoever_has_no_address_gets_nothing(tmp_path: Path) -> None:
    def gone(_: object) -> Letter:
        raise MootError("the person has no address any more")

    settings = config.Mail(host="localhost", from_="a@example.org", security="none")
    with pytest.raises(MootError):
        MailChannel(settings, tmp_path, gone).deliver(MESSAGE, NOW)
