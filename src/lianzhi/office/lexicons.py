"""Lexicons: the lexicon in force on a node, and its changes.

It is what is shipped, the operator's folder, and the terms that people added on the console. The
folder is looked at about once a second; what is broken there is told, and leaves the old lexicon in
force. Each version is on the record before anything is read by it.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lianzhi.chain.lexicon import CHANGED, LEADS_TO, Status
from lianzhi.chain.life import IllegalStepError
from lianzhi.office.actor import Actor
from lianzhi.office.ports import Ledger
from lianzhi.office.queries import LexiconQueries
from lianzhi.office.wordings import FIELDS, Wording, file_of
from lianzhi.record.entry import Draft
from lianzhi.text import Lexicon
from lianzhi.text.lexicon.lexicons import File, LexiconError, build, read, shipped

#: Terms that may stand at a time; a longer list is a file for the operator's folder.
MOST_TERMS = 2000

log = logging.getLogger(__name__)

_Seen = tuple[tuple[str, int, int, int], ...] | None
"""Fingerprint of a folder's files; None: it could not be read."""


class Lexicons:
    """See module. Thread-safe."""

    def __init__(
        self,
        ledger: Ledger,
        queries: LexiconQueries,
        folder: Path | None,
        now: Callable[[], int],
    ) -> None:
        """Raises LexiconError where the folder can't be used: there is no older one to keep."""
        self.lexicon: Lexicon = shipped()
        """The one in force."""
        self.files: Mapping[str, File] = {}
        """Those of the operator's folder that are in force."""
        self.trouble: str | None = None
        """Why what lies in the folder is not in force; None: it is."""
        self._ledger, self._queries, self._folder, self._now = ledger, queries, folder, now
        self._lock = threading.Lock()
        newest = queries.versions(ledger.engine, 1)
        self._recorded = newest[0].version if newest else self.lexicon.version
        self._seen = _look(folder)
        files = {} if folder is None else _read(folder)
        self._enforce(files, self._terms(), "", now())

    def look(self) -> None:
        """Take in what has changed in the folder."""
        if self._folder is None or (seen := _look(self._folder)) == self._seen:
            return
        try:
            files = _read(self._folder)
            if _look(self._folder) != seen:
                return  # somebody is writing there: the next look takes it in
            with self._lock:
                self._enforce(files, self._terms(), "", self._now())
            self.trouble = None
        except LexiconError as error:
            self.trouble = str(error)
            log.error("the lexicon in force stays as it is: %s", error)
        self._seen = seen

    def add(self, wording: Wording, reason: str, by: Actor, at: int) -> str:
        """Add a term, in shadow; returns its id. Raises LexiconError and IllegalStepError."""
        _require_reason("term.added", reason, by)
        identity = secrets.token_hex(8)
        fields = {name: getattr(wording, name) for name in FIELDS}
        texts = {"reason": (reason, ()), "examples": ("\n".join(wording.examples), ())}
        payload = {"term": identity, "by": by.name, "says": fields}
        with self._lock:
            terms = self._terms()
            if len(terms) >= MOST_TERMS:
                raise LexiconError(f"{MOST_TERMS:,} terms stand: retire some, or use a file")
            terms[identity] = wording.file("shadow", at, by.name)
            draft = Draft("term.added", identity, at, payload, texts)
            self._enforce(self.files, terms, by.name, at, draft)
        return identity

    def move(self, identity: str, to: Status, reason: str, by: Actor, at: int) -> None:
        """Switch a term on, back into shadow, or retire it. KeyError: there is none.

        Raises IllegalStepError: its status does not allow it, or no reason is given by a person.
        """
        step = LEADS_TO[to]
        _require_reason(step, reason, by)
        with self._lock:
            terms = self._terms()
            with self._ledger.engine.connect() as connection:
                term = self._queries.find_term(connection, identity)
            if term is None:
                raise KeyError(identity)
            terms.pop(identity, None)
            if to != "retired":
                terms[identity] = file_of(term, to)
            payload = {"term": identity, "by": by.name}
            draft = Draft(step, identity, at, payload, {"reason": (reason, ())})
            self._enforce(self.files, terms, by.name, at, draft)

    def variant(self, file: File, identity: str = "") -> Lexicon:
        """The lexicon in force with one term more, or in place of the one of this id.

        Raises LexiconError.
        """
        return build(_joined(self.files, {**self._terms(), identity: file}))

    def _terms(self) -> dict[str, File]:
        """Terms that are not retired, each as a file of its own, with its own innocent words.

        What this version can't read any more counts for nothing, and keeps no other back.
        """
        with self._ledger.engine.connect() as connection:
            known = self._queries.terms(connection)
        terms = {}
        for term in known:
            if term.status != "retired":
                try:
                    terms[term.id] = file_of(term, term.status)
                except LexiconError as error:
                    log.error("term %s is left out: retire it (%s)", term.id, error)
        return terms

    def _enforce(
        self,
        files: Mapping[str, File],
        terms: Mapping[str, File],
        by: str,
        at: int,
        *drafts: Draft,
    ) -> None:
        """Put on the record what was done and the lexicon that it leads to; then read by that one.

        Raises LexiconError.
        """
        further = _joined(files, terms)
        built = build(further) if further else shipped()
        payload: dict[str, Any] = {"version": built.version, "before": self._recorded, "by": by}
        payload |= {"files": sorted(files), "terms": len(terms)}
        changed = [Draft(CHANGED, built.version, at, payload)]
        if entries := [*drafts, *(changed if built.version != self._recorded else ())]:
            self._ledger.append(entries)
        self.lexicon, self.files, self._recorded = built, files, built.version


def _joined(files: Mapping[str, File], terms: Mapping[str, File]) -> dict[str, File]:
    return {**files, **{f"term/{identity}": file for identity, file in sorted(terms.items())}}


def _require_reason(step: str, reason: str, by: Actor) -> None:
    """Raises IllegalStepError unless a person changes the lexicon, with a reason."""
    if not by.person or not reason.strip():
        raise IllegalStepError(step, "", rule="reasons_given")


def _read(folder: Path) -> dict[str, File]:
    if not folder.is_dir():
        raise LexiconError(f"{folder}: no such folder; make it, or mend `lexicon` in config.toml")
    return read(folder)


def _look(folder: Path | None) -> _Seen:
    """What the files of a folder look like from outside."""
    if folder is None:
        return None
    try:
        stats = [(path.name, path.stat()) for path in sorted(folder.glob("*.toml"))]
    except OSError:
        return None
    return tuple((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in stats)
