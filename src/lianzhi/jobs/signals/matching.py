"""Matching: whether a signal of another platform fits somebody known here.

People and texts in the vault are hashed and compared, some at every tick, whenever a signal has
come, and now and then because others have become known; a list of accounts is compared when asked.
Whom it fits is reviewed: a finding opens a case of a kind in which nothing can be ordered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from lianzhi.chain import docket
from lianzhi.chain.finding import Finding, finding_id
from lianzhi.chain.signal import Hash, Kind, Signal
from lianzhi.office import finding_records
from lianzhi.office.federation import HashKey, load
from lianzhi.office.office import Office
from lianzhi.office.ports import Batch
from lianzhi.office.signal_statements import text_in
from lianzhi.office.signals import Signals
from lianzhi.record.entry import ERASED, Draft
from lianzhi.store import lookups, process_lookups, signals

KIND = "signal.received"
DAY_MS = 86_400_000
#: Compared at a tick: a few dozen milliseconds.
AT_ONCE = 10_000
#: How often everybody is compared again, for those who have become known since.
AGAIN_MS = 600_000

Wanted = dict[tuple[Kind, Hash], list[Signal]]
Fit = tuple[str, Signal]
"""A vault token or account, and the signal that fits it."""


class Matching:
    """See module. `tick` is called by one thread."""

    def __init__(self, desk: Signals) -> None:
        self._desk, self._office = desk, desk.office
        self._newest, self._done_at = -1, 0
        self._person: str | None = ""
        """The token after which people are still to be compared; None: all have been."""
        self._copy: tuple[str, int] | None = ("", -1)

    def tick(self, at: int) -> int:
        """Compare some; returns how many reviews were opened or joined."""
        federation = load(self._desk.home)
        if federation is None:
            return 0
        if at - self._done_at > AGAIN_MS:
            self._desk.retell(at)
            self._forget(at)
        with self._office.ledger.engine.connect() as connection:
            newest = signals.newest_received(connection)
            if newest > self._newest or at - self._done_at > AGAIN_MS:
                self._newest, self._done_at = newest, at
                self._person, self._copy = "", ("", -1)
            if newest < 0 or (self._person is None and self._copy is None):
                return 0
            keys = federation.keys(at)
            wanted = _wanted(signals.received(connection, at))
            people, copies = [], []
            if self._person is not None:
                people = signals.people_after(connection, self._person, AT_ONCE)
            elif self._copy is not None:
                copies = list(signals.copies_after(connection, self._copy, AT_ONCE))
        fits = list(_fits(wanted, keys, "account", people))
        texts = ((actor, text_in(raw) or "") for _, actor, raw in copies)
        fits += _fits(wanted, keys, "content", texts)
        opened = self._review(fits, at)
        if self._person is not None:
            self._person = people[-1][0] if len(people) == AT_ONCE else None
        elif self._copy is not None:
            self._copy = copies[-1][0] if len(copies) == AT_ONCE else None
        return opened

    def compare(self, rows: Iterable[tuple[str, str]], at: int) -> list[Fit]:
        """Compare accounts, each with what others know it by; whom a signal fits is reviewed."""
        keys = self._desk.federation().keys(at)
        with self._office.ledger.engine.connect() as connection:
            wanted = _wanted(signals.received(connection, at))
        fits = list(_fits(wanted, keys, "account", rows))
        tokens = self._office.ledger.vault.tokens({account for account, _ in fits}) if fits else {}
        self._review([(tokens[account], signal) for account, signal in fits], at)
        return fits

    def _forget(self, at: int) -> None:
        """Erase the hashes of signals that expired or were withdrawn."""
        with self._office.ledger.engine.connect() as connection:
            over = signals.over(connection, at)
        if over:
            with self._office.ledger.batch() as batch:
                count = signals.drop_hashes(batch.connection, over)
                payload = {"erased": count, "copies": []}
                batch.append([Draft(ERASED, "signals", at, payload)])

    def _review(self, fits: Iterable[Fit], at: int) -> int:
        listed = list(fits)
        if not listed:
            return 0
        with self._office.ledger.batch() as batch:
            return sum(review(self._office, batch, token, signal, at) for token, signal in listed)


def review(office: Office, batch: Batch, token: str, signal: Signal, at: int) -> bool:
    """Open a review of an account that a signal matches; False where there was one before."""
    plain = finding_id(f"{KIND}/{signal.id}", token, signal.since, "warn", signal.said_at)
    ref = finding_records.ref_of(office.ledger.signer.seal_key, plain)
    current = signals.find(batch.connection, signal.id)
    if current is None or not current.stands(at):
        return False
    if lookups.known_findings(batch.connection, [ref]):
        return False
    # Nothing is proposed and nobody is answerable: what another platform thinks is no evidence.
    policy = msgspec.structs.replace(office.policy(at), proposals=())
    finding = Finding(
        id=ref,
        kind=KIND,
        stage=policy.opens_at,
        about=token,
        at=at,
        since=signal.since,
        score=0.0,
        confidence=signal.confidence / 100,
        counts={"signals": 1, "disputes": len(signal.views("dispute"))},
        rule=f"{KIND}/{signal.category}",
    )
    case = lookups.latest_case(batch.connection, KIND, token)
    since = at - policy.links_within_days * DAY_MS
    related = process_lookups.related(batch.connection, finding, (token,), since)
    opened, *rest = docket.receive(finding, case, policy, related)
    payload = {**opened.payload, "signal": signal.id, "platform": signal.owner}
    opened = msgspec.structs.replace(opened, payload=payload, texts={"id": (plain, (token,))})
    grown = next((d.ref for d in rest if d.kind in ("case.opened", "case.joined")), None)
    if grown is not None:
        match = {"signal": signal.id, "case": grown, "finding": ref, "platform": signal.owner}
        rest.append(Draft("signal.matched", signal.id, at, match))
    batch.append([opened, *rest])
    return grown is not None


def _wanted(received: Iterable[tuple[Signal, tuple[Hash, ...]]]) -> Wanted:
    """Signals by what they name, but those that we dispute."""
    wanted: Wanted = defaultdict(list)
    for signal, hashes in received:
        mine = signal.opinions.get("")
        if mine is None or mine.view != "dispute":
            for hash_ in hashes:
                wanted[signal.kind, hash_].append(signal)
    return wanted


def _fits(
    wanted: Wanted, keys: Iterable[HashKey], kind: Kind, rows: Iterable[tuple[str, str]]
) -> Iterator[Fit]:
    """Rows of who and what is hashed, with the signals that fit; each signal once a row."""
    used = {hash_.key for of, hash_ in wanted if of == kind}
    mine = [key for key in keys if key.id in used]
    for name, value in rows if mine else ():
        matched = {
            signal.id: signal
            for key in mine
            for signal in wanted.get((kind, key.hash(kind, value)), ())
        }
        for signal in matched.values():
            yield name, signal
