"""Mail: a channel that hands letters to a mail server, one connection a letter."""

import datetime as dt
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

import msgspec

from lianzhi import config
from lianzhi.jobs.post.deadline import DeadlineError, Line, Watch
from lianzhi.jobs.post.delivery import Delivered, Failed, Outcome, Refused
from lianzhi.office.messages import Channel, Message

AT_ONCE = 4
STEP_S = 20.0
TOTAL_S = 90.0

#: An enhanced status code (RFC 3463) in what a mail server says; the rest may name people.
_STATUS = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")


class Letter(msgspec.Struct, frozen=True):
    """What goes to whom."""

    to: str
    subject: str
    body: str


class MailChannel:
    """Hands letters over; `letter` composes one."""

    name: Channel = "mail"
    at_once = AT_ONCE

    def __init__(
        self,
        settings: config.Mail,
        home: Path,
        letter: Callable[[Message], Letter],
        *,
        total_s: float | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`total_s`: seconds for one delivery; `tls` replaces the system's trusted authorities."""
        self._settings, self._home, self._letter = settings, home, letter
        self._total, self._watch = total_s or TOTAL_S, Watch()
        self._tls = tls or ssl.create_default_context()

    def deliver(self, message: Message, at: int) -> Outcome:
        """Hand a letter over; a refusal for good of letter or recipient is `Refused`."""
        text = composed(message, self._letter(message), self._settings.from_, at)
        try:
            with self._watch.limit(self._total) as line:
                self._hand_over(text, line)
        except DeadlineError as error:
            return Failed(error.reason)
        except smtplib.SMTPRecipientsRefused as error:
            return _refusal(*next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            return _refusal(error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:  # login, sender: the operator's to mend
            return Failed(_status_text(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            return Failed(f"the mail server was not reached ({type(error).__name__})")
        return Delivered()

    def cut(self) -> None:
        """End what is under way, and hand nothing more over."""
        self._watch.cut()

    def _hand_over(self, text: EmailMessage, line: Line) -> None:
        settings, wait = self._settings, min(STEP_S, self._total)
        if settings.security == "tls":
            server: smtplib.SMTP = _Secure(line, wait, self._tls)
        else:
            server = _Plain(line, wait)
        try:
            server.connect(settings.host, settings.port)
            if settings.security == "starttls":
                server.starttls(context=self._tls)
            if settings.username:
                server.login(settings.username, password(self._home / settings.password_file))
            server.send_message(text)
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # it has the letter: what happens now changes nothing
        finally:
            server.close()


class _Plain(smtplib.SMTP):
    def __init__(self, line: Line, wait: float, **more: Any) -> None:
        self._line = line
        super().__init__(timeout=wait, **more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = socket.create_connection((host, port), timeout)
        self._host = host  # whose certificate is expected
        self._line.opened(sock)
        return sock


class _Secure(_Plain):
    def __init__(self, line: Line, wait: float, tls: ssl.SSLContext) -> None:
        self._tls = tls
        super().__init__(line, wait)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = super()._get_socket(host, port, timeout)
        return self._tls.wrap_socket(plain, server_hostname=host)


def composed(message: Message, letter: Letter, sender: str, at: int) -> EmailMessage:
    """The letter as mail: plain text in UTF-8, the same Message-ID at each attempt.

    A header cannot hold a line break: ValueError.
    """
    name, address = parseaddr(sender)
    user, _, domain = address.rpartition("@")
    to_user, _, to_domain = letter.to.rpartition("@")
    text = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    text["From"] = Address(name, user, domain)
    text["To"] = Address("", to_user, to_domain)
    text["Subject"] = letter.subject
    text["Date"] = format_datetime(dt.datetime.fromtimestamp(at / 1000, dt.UTC))
    text["Message-ID"] = f"<{message.id}@{domain}>"
    text["Auto-Submitted"] = "auto-generated"
    text.set_content(letter.body, charset="utf-8", cte="base64")
    return text


def password(path: Path) -> str:
    """What the file holds, without the line break at its end.

    Raises PermissionError when others may read it.
    """
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"password file {path} can be read by others: chmod 600 it")
    return path.read_text("utf-8").rstrip("\r\n")


def _refusal(code: int, reply: bytes | str) -> Outcome:
    why = _status_text(code, reply)
    return Refused(why) if code >= 500 else Failed(why)


def _status_text(code: int, reply: bytes | str) -> str:
    status = _STATUS.search(reply if isinstance(reply, bytes) else reply.encode())
    return f"SMTP {code}" + (f" {status[0].decode()}" if status else "")
