"""Signals: sharing signals on accounts and content with other platforms, and withdrawing them.

Nothing is told of anybody against whom nothing was decided: a decision stands that they were told
of and can contest. Once all that was ordered against them in the case is undone, by an appeal or
otherwise, its signals about them are withdrawn everywhere.
"""

import hashlib
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.protection import DAY_MS
from lianzhi.chain.signal import IDENTIFIER, Kind, Signal, View, categories, check
from lianzhi.config import ConfigError
from lianzhi.office.federation import FILE, Federation, load
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.office.queries import SignalQueries
from lianzhi.office.signal_statements import OPINED, SHARED, WITHDRAWN, text_of
from lianzhi.record.entry import Draft


class ShareRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants to share with other platforms, with the account in clear."""

    case: str
    account: str = ""
    """Whom it is about; empty: whose content it is."""
    item: str = ""
    """The act in evidence whose text it is about, `<finding>/<position>`; empty: an account."""
    identifier: str = ""
    """By what others know the account; empty: by its name here."""
    category: str
    confidence: int
    days: int | None = None
    """How long it is to stand; None: as long as its category allows."""


class Signals:
    """See module. Thread-safe."""

    def __init__(self, office: Office, home: Path) -> None:
        self.office, self.home = office, home
        self._queries = office.queries.signals

    def federation(self) -> Federation:
        """The platforms that exchange signals. Raises ConfigError where we take no part."""
        loaded = load(self.home)
        if loaded is None:
            raise ConfigError(f"{self.home / FILE} is not there; `lianzhi signal key` begins one")
        return loaded

    def share(self, request: ShareRequest, by: str, at: int) -> str:
        """Tell all platforms of an account or content; returns the signal's id.

        KeyError: there is no such case. Raises SignalError, ConfigError, and IllegalStepError where
        nothing that was decided against them in the case stands, or it is shared already.
        """
        self.federation()
        kind: Kind = "content" if request.item else "account"
        known = categories().get(request.category)
        days = request.days if request.days is not None or known is None else known.most_days
        expires_at = at + (days or 0) * DAY_MS
        check(kind, request.category, request.confidence, at, expires_at)
        with self.office.ledger.batch() as batch:
            case = self.office.case(batch.connection, request.case)
            parts = self.office.queries.incidents.parts(batch.connection, case.id)
            if request.item:
                subject = parts.authors.get(request.item, "")
                if text_of(self.office.ledger.vault, request.item) is None:
                    raise IllegalStepError(SHARED, request.item, rule="content_in_evidence")
            else:
                subject = self.office.ledger.vault.known([request.account]).get(request.account, "")
            if subject not in self._queries.standing_measures(batch.connection, case.id):
                raise IllegalStepError(SHARED, case.status, rule="decided_first")
            for other in self._queries.of_case(batch.connection, case.id):
                same = (other.subject, other.item, other.category)
                if same == (subject, request.item or None, request.category) and other.stands(at):
                    raise IllegalStepError(SHARED, "standing", rule="shared_once")
            acts = sorted(parts.acts.get(subject, {}).values()) or [case.since]
            identity = self._identity(subject, request.item, request.category, at)
            payload = {
                "signal": identity,
                "owner": "",
                "kind": kind,
                "category": request.category,
                "confidence": request.confidence,
                "since": min(acts[0], at),
                "until": min(acts[-1], at),
                "said_at": at,
                "expires_at": expires_at,
                "case": case.id,
                "subject": subject,
                "item": request.item or None,
                "by": by,
            }
            texts = {IDENTIFIER: (request.identifier, (subject,))} if request.identifier else {}
            (entry,) = batch.append([Draft(SHARED, identity, at, payload, texts)])
            self.office.post.signal(batch, SHARED, identity, entry.index, at)
        return identity

    def opine(self, identity: str, view: View, by: str, at: int) -> None:
        """Tell all what we think of another's signal, or take it back. KeyError: there is none.

        Raises IllegalStepError where it is our own, or is withdrawn, or there is no opinion to take
        back.
        """
        self.federation()
        with self.office.ledger.batch() as batch:
            signal = _signal(self._queries, batch, identity)
            mine = signal.opinions.get("")
            if view == "withdraw" and (mine is None or mine.view == "withdraw"):
                raise IllegalStepError(OPINED, signal.status, rule="opinion_given")
            # two in one millisecond must not look like one
            said_at = at if mine is None else max(at, mine.said_at + 1)
            payload: dict[str, Any] = {"signal": identity, "platform": "", "view": view, "by": by}
            payload |= {"made_at": said_at, "said_at": said_at}
            (entry,) = batch.append([Draft(OPINED, identity, at, payload)])
            self.office.post.signal(batch, OPINED, identity, entry.index, at)

    def withdraw(self, identity: str, by: str, at: int) -> None:
        """Take back one of our signals, everywhere. KeyError: there is none.

        Raises IllegalStepError where it is another's, or withdrawn already.
        """
        with self.office.ledger.batch() as batch:
            signal = _signal(self._queries, batch, identity)
            if signal.owner:
                raise IllegalStepError(WITHDRAWN, signal.status, rule="own_signal")
            withdraw_in(self.office, batch, [signal], by, "person", at)

    def retell(self, at: int) -> None:
        """Send every platform the statements it lacks, such as one that joined later."""
        federation = load(self.home)
        peers = frozenset(peer.name for peer in federation.peers) if federation else frozenset()
        with self.office.ledger.engine.connect() as connection:
            pending = self._queries.untold(connection, at, peers) if peers else []
        if not pending:
            return
        with self.office.ledger.batch() as batch:
            for index, s in pending:
                topic = OPINED if s.owner else SHARED if s.status == "standing" else WITHDRAWN
                but = s.informed(index)
                self.office.post.signal(batch, topic, s.id, index, at, but)

    def forget(self, account: str, at: int) -> None:
        """Withdraw our signals about an account that is about to be erased."""
        token = self.office.ledger.vault.known([account]).get(account)
        if token is None:
            return
        with self.office.ledger.batch() as batch:
            ours = self._queries.about(batch.connection, token)
            withdraw_in(self.office, batch, ours, "erasure", "erasure", at)

    def hashes_of(self, account: str, at: int) -> list[str]:
        """Hashes by which signals of others name somebody here, as far as that is known."""
        federation = load(self.home)
        if federation is None:
            return []
        names = {key.hash("account", account).value for key in federation.hash_keys}
        token = self.office.ledger.vault.known([account]).get(account)
        with self.office.ledger.engine.connect() as connection:
            reviews = self._queries.reviews_of(connection, token or "")
            for signal, hashes in self._queries.received(connection, at):
                if signal.kind == "account" and reviews.intersection(signal.reviews):
                    names |= {hash_.value for hash_ in hashes}
        return sorted(names)

    def _identity(self, subject: str, item: str, category: str, at: int) -> str:
        """A UUID that reveals nothing without our key."""
        fields = "\x1f".join(("signal", subject, item, category, str(at))).encode()
        key = self.office.ledger.signer.seal_key
        return str(uuid.UUID(bytes=hashlib.blake2b(fields, digest_size=16, key=key).digest()))


def withdraw_undone(office: Office, batch: Batch, case: str, by: str, why: str, at: int) -> None:
    """Withdraw a case's signals about those against whom nothing of it stands any more."""
    queries = office.queries.signals
    signals = queries.of_case(batch.connection, case)
    if signals:
        standing = queries.standing_measures(batch.connection, case)
        undone = [s for s in signals if s.subject not in standing]
        withdraw_in(office, batch, undone, by, why, at)


def withdraw_in(
    office: Office, batch: Batch, signals: Iterable[Signal], by: str, why: str, at: int
) -> None:
    """Withdraw signals of ours, within a batch."""
    for signal in signals:
        payload: dict[str, Any] = {"signal": signal.id, "case": signal.case, "by": by, "why": why}
        payload["said_at"] = max(at, signal.said_at + 1)
        (entry,) = batch.append([Draft(WITHDRAWN, signal.id, at, payload)])
        office.post.signal(batch, WITHDRAWN, signal.id, entry.index, at)


def _signal(queries: SignalQueries, batch: Batch, identity: str) -> Signal:
    signal = queries.find(batch.connection, identity)
    if signal is None:
        raise KeyError(identity)
    return signal
