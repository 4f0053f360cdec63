"""Composition of a message's content at the moment of sending.

The outbox knows people by token only; here tokens become accounts and addresses, so that whoever
has been erased meanwhile gets no more mail and is named to nobody.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lianzhi.chain.measure import is_thing
from lianzhi.documents.notice import LANGUAGES, Rendered, Sender, render
from lianzhi.jobs.post.delivery import MootError
from lianzhi.jobs.post.mail import Letter
from lianzhi.office.messages import Message
from lianzhi.store import outbox
from lianzhi.store.notices import NoticeRow, notice_by_id
from lianzhi.store.vault import Vault

ERASED = "the person has been erased"
_TOKEN = re.compile(r"p_[0-9a-f]{32}")


class _Named(msgspec.Struct):
    """How the platform names an event."""

    source: str
    id: str
    kind: str


class Composer:
    """Reads the vault and the record. Thread-safe."""

    def __init__(self, vault: Vault, sender: Sender, zone: dt.tzinfo) -> None:
        self._vault, self._sender, self._zone = vault, sender, zone

    def data(self, message: Message) -> dict[str, Any]:
        """What a webhook says: the message's body with accounts in place of tokens.

        A token that stands for nobody any more becomes null. Raises MootError where it is the
        message's own person, or where a measure's end has been told before its beginning.
        """
        if message.topic.startswith("notice."):
            return self._notice_data(message)
        if message.topic == "measure.ordered":
            self._not_ended(message)
        tokens = set(_tokens(message.body)) | ({message.person} if message.person else set())
        accounts = self._vault.accounts(tokens)
        if message.person and message.person not in accounts:
            raise MootError(ERASED)
        data: dict[str, Any] = _resolved(message.body, accounts)
        if "item" in data:
            ended = message.topic == "measure.ended"
            data["item"] = self._item(message.body["item"], accounts, ended)
        return {"ref": message.ref, **data}

    def _not_ended(self, message: Message) -> None:
        """A dead letter sent again must not begin what the platform knows to be over."""
        with self._vault.engine.connect() as connection:
            if outbox.state_of(connection, f"{message.ref}-2") == "sent":
                raise MootError("the platform has been told of its end")

    def _item(self, item: str, names: Mapping[str, str], ended: bool) -> dict[str, str] | None:
        """Which content or thing a measure is on, by the names that the platform gave it.

        None where the copy has been erased and the measure is over: its id tells what to undo.
        """
        if is_thing(item) and item in names:
            return {"thing": names[item]}
        ref, _, seq = item.rpartition("/")
        copies = [] if is_thing(item) else self._vault.evidence(ref)
        raw = next((copy.raw for copy in copies if copy.seq == int(seq)), None)
        if raw is None:
            if ended:
                return None
            raise MootError("the copy of the content has been erased")
        named = msgspec.json.decode(raw, type=_Named)
        return {"source": named.source, "id": named.id, "kind": named.kind}

    def letter(self, message: Message) -> Letter:
        """A notice as mail, in the language that the person has chosen. Raises MootError."""
        row = self._notice(message)
        address = self._vault.address(row.person)
        if address is None:
            raise MootError("the person has no address any more")
        rendered = self._rendered(row, address.language)
        return Letter(address.mail, rendered.subject, rendered.body)

    def _notice_data(self, message: Message) -> dict[str, Any]:
        row = self._notice(message)
        texts = {language: self._rendered(row, language) for language in LANGUAGES}
        return {
            "notice": row.id,
            "kind": row.kind,
            "account": row.account,
            "ref": row.ref,
            "texts": {code: {"subject": t.subject, "body": t.body} for code, t in texts.items()},
        }

    def _notice(self, message: Message) -> NoticeRow:
        row = notice_by_id(self._vault.engine, message.ref)
        if row is None or row.account is None:
            raise MootError(ERASED)
        return row

    def _rendered(self, row: NoticeRow, language: str) -> Rendered:
        return rendered(row, language, self._sender, self._zone)


def rendered(row: NoticeRow, language: str, sender: Sender, zone: dt.tzinfo) -> Rendered:
    """A stored notice as its reader sees it."""
    return render(
        row.kind,
        language,
        row.params,
        row.texts,
        zone,
        ref=row.ref,
        made_at=row.made_at,
        sender=sender,
        objects=row.objects,
    )


def _tokens(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if _TOKEN.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _tokens(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tokens(item)


def _resolved(value: Any, accounts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return accounts.get(value) if _TOKEN.fullmatch(value) else value
    if isinstance(value, Mapping):
        return {name: _resolved(item, accounts) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, accounts) for item in value]
    return value
