"""Transfer 线索移送: builds the pack for another authority, as one file.

The evidence pack inside is an export like any other and a step of the case; the file around it is
one too. Its digest goes on the record before it is given away.
"""

import datetime as dt
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from lianzhi import __version__
from lianzhi.chain.decision import Decision, Ground
from lianzhi.chain.finding import Finding
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import STEPS, is_thing
from lianzhi.documents import transfer
from lianzhi.documents.forms import Facts, FileDigest, Language
from lianzhi.documents.letter import Cited, Letter
from lianzhi.documents.notice import Sender
from lianzhi.jobs import evidence
from lianzhi.law.basis import Basis
from lianzhi.office.grounds import PublishedGrounds, ground_text
from lianzhi.record.entry import Draft
from lianzhi.store import db, lookups
from lianzhi.store import evidence_rows as rows
from lianzhi.store import process_lookups as found
from lianzhi.store.ledger import Ledger

KIND = "transfer.exported"
_KEY = "transfer"


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """Who hands over what, when, in which language."""

    measure: str
    lang: Language
    made_at: int
    by: str
    sender: Sender
    utc_offset_minutes: int
    without_victim: frozenset[str] = frozenset()
    """Kinds of case that are about a thing."""


class Handed(msgspec.Struct, frozen=True):
    """What was handed out; `entry` of the record says so."""

    measure: str
    case: str
    authority: str
    sha256: str
    bytes: int
    checkpoint: int
    """Entries of the record at the evidence pack's checkpoint."""
    entry: int


def export(
    ledger: Ledger,
    home: Path,
    grounds: PublishedGrounds,
    sending: Sending,
    out: BinaryIO,
) -> Handed:
    """Write a transfer pack to `out`, which can be read and sought, and put it on the record.

    `home` has the event log. Raises KeyError where there is no such measure, IllegalStepError where
    it is no transfer or no longer one to be made, and PackTooLargeError; then it is not on the
    record as handed out.
    """
    sought = _Sought(ledger, grounds, sending)
    with evidence.spool(home) as spool:
        exported = evidence.export(ledger, home / "events", sought.facts, spool)
        pack = FileDigest(name=transfer.EVIDENCE, bytes=exported.bytes, sha256=exported.sha256)
        transfer.write(out, spool, pack, lambda files: sought.letter(files, exported.checkpoint))
    size, digest = evidence.weighed(out)
    payload = {
        "measure": sending.measure,
        "case": sought.facts.case,
        "by": sending.by,
        "sha256": digest,
        "checkpoint": exported.checkpoint,
    }
    (entry,) = ledger.append([Draft(KIND, sending.measure, sending.made_at, payload)])
    return Handed(
        *(sending.measure, sought.facts.case, sought.row["authority"], digest),
        *(size, exported.checkpoint, entry.index),
    )


class _Sought:
    """Content of a letter, read in one transaction."""

    def __init__(self, ledger: Ledger, grounds: PublishedGrounds, sending: Sending) -> None:
        self._ledger, self._grounds, self._sending = ledger, grounds, sending
        with db.snapshot(ledger.engine) as connection:
            row = found.measure_row(connection, sending.measure)
            if row is None:
                raise KeyError(sending.measure)
            _check(row)
            decided = found.decision_by_id(connection, row["decision"])
            case = lookups.case_by_id(connection, row["case"])
            if decided is None or case is None:
                raise KeyError(sending.measure)
            self.row, (self._decided, self._decision), self._case = row, decided, case
            findings = rows.findings(connection, case.id)
            self._acts = tuple(
                sorted(
                    {
                        (item.seq, item.at)
                        for _, recorded in rows.finding_evidence(connection, findings)
                        for item in recorded.evidence
                        if item.actor == row["subject"]
                    },
                    key=lambda act: act[1],
                )
            )
            newest = next(rows.entries(connection, findings[-1:]), None)
            people = (case.about, *([row["subject"]] if row["subject"] else []))
            self._accounts = rows.accounts(connection, people)
        body = b"" if newest is None else newest.body or b""
        self._finding = msgspec.json.decode(body, type=Finding) if body else None
        self.facts = Facts(
            case=case.id,
            lang=sending.lang,
            made_at=sending.made_at,
            by=sending.by,
            deployment=sending.sender.name,
            utc_offset_minutes=sending.utc_offset_minutes,
        )

    def letter(self, files: tuple[FileDigest, ...], checkpoint: int) -> Letter:
        """The letter that lists these files."""
        case, row, finding = self._case, self.row, self._finding
        ground, decided_at = self._decision.ground, self._decided["effective_at"]
        return Letter(
            facts=self.facts,
            sender=self._sending.sender,
            measure=row["id"],
            authority=row["authority"],
            kind=case.kind,
            minor=case.minor,
            thing=case.kind in self._sending.without_victim,
            blames=not is_thing(row["item"] or ""),
            harmed=self._accounts.get(case.about),
            subject=self._accounts.get(row["subject"]),
            role=(finding.roles.get(row["subject"]) if finding else None) or row["role"],
            since=case.since,
            until=case.updated_at if finding is None else finding.at,
            actors=0 if finding is None else finding.counts.get("actors", 0),
            acts=tuple(at for _, at in self._acts),
            decision=row["decision"],
            decided_at=decided_at,
            reason=self._ledger.vault.text(self._decided["index"], "facts"),
            ground=_ground(self._grounds, ground, self._sending.lang),
            statute=ground.kind == "statute",
            example=ground.kind == "rule" and self._grounds.exemplary(decided_at),
            bases=self._bases(self._decision),
            key=str(self._ledger.signer.verifier),
            checkpoint=checkpoint,
            attachments=files,
            producer=f"lianzhi {__version__}",
        )

    def _bases(self, decision: Decision) -> tuple[Cited, ...]:
        """Bases beside the ground, as they stand on the day of the letter; others are left out."""
        day = self._grounds.day(self._sending.made_at)
        bases = (self._grounds.bases.get(key, day) for key in decision.ground.context)
        return tuple(_basis(basis, self._sending.lang) for basis in bases if basis is not None)


def _check(row: dict[str, Any]) -> None:
    """Refuse what can't be handed over, before anything is on the record."""
    if row["key"] != _KEY:
        raise IllegalStepError(KIND, row["key"], frozenset({_KEY}))
    allowed, _ = STEPS[KIND]
    if row["status"] not in allowed:
        raise IllegalStepError(KIND, row["status"], allowed)


def _ground(grounds: PublishedGrounds, ground: Ground, lang: str) -> Cited:
    cited = grounds.source(ground)
    if isinstance(cited, Basis):
        return _basis(cited, lang)
    text = ground_text(grounds, ground, lang)
    since = dt.date.fromisoformat(ground.version)
    return Cited(title=text.title, text=text.text, since=since, url=text.url)


def _basis(basis: Basis, lang: str) -> Cited:
    return Cited(
        title=basis.title.say(lang),
        text=basis.quote,
        since=basis.effective_from,
        until=basis.effective_until,
        unread=not basis.verified,
    )
