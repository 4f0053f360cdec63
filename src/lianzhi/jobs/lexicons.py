"""Lexicons: the one in force on a node, and what changes it.

It is what is shipped, the operator's folder, and the terms that people added on the console. The
folder is looked at about once a second; what is broken there is told, and leaves the old lexicon in
force. Each version is on the record before anything is read by it.
"""

import datetime as dt
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.chain.lexicon import CHANGED, LEADS_TO, Status
from lianzhi.chain.life import IllegalStepError
from lianzhi.office.actor import Actor
from lianzhi.record.entry import Draft
from lianzhi.store import lexicon as stored
from lianzhi.store.ledger import Ledger
from lianzhi.text import Lexicon
from lianzhi.text.lexicon.entries import State
from lianzhi.text.lexicon.lexicons import File, LexiconError, build, checked, read, shipped

#: Terms that may stand at a time; a longer list is a file for the operator's folder.
MOST_TERMS = 2000

log = logging.getLogger(__name__)

_Seen = tuple[tuple[str, int, int, int], ...] | None
"""What a folder's files looked like; None: it could not be read."""


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A term as a person writes it down."""

    kind: str
    term: str
    sense: str
    weight: float
    aimed: float
    innocent: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    def file(self, state: State, at: int, by: str = "") -> File:
        """The lexicon that it is by itself. Raises LexiconError naming what is wrong."""
        group = {"sense": self.sense, "weight": self.weight, "aimed": self.aimed}
        group |= {"terms": [self.term], "state": state, "source": by}
        day = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
        said = {"kind": self.kind, "version": day, "group": [group]}
        return checked(self.term, {**said, "innocent": self.innocent, "examples": self.examples})


class Lexicons:
    """See module. Thread-safe."""

    def __init__(self, ledger: Ledger, folder: Path | None, now: Callable[[], int]) -> None:
        """Raises LexiconError where the folder can't be used: there is no older one to keep."""
        self.lexicon: Lexicon = shipped()
        """The one in force."""
        self.files: Mapping[str, File] = {}
        """Those of the operator's folder that are in force."""
        self.trouble: str | None = None
        """Why what lies in the folder is not in force; None: it is."""
        self._ledger, self._folder, self._now = ledger, folder, now
        self._lock = threading.Lock()
        newest = stored.versions(ledger.engine, 1)
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
        _told("term.added", reason, by)
        identity = secrets.token_hex(8)
        said = {name: getattr(wording, name) for name in _SAID}
        texts = {"reason": (reason, ()), "examples": ("\n".join(wording.examples), ())}
        payload = {"term": identity, "by": by.name, "says": said}
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
        _told(step, reason, by)
        with self._lock:
            terms = self._terms()
            with self._ledger.engine.connect() as connection:
                found = stored.find_term(connection, identity)
            if found is None:
                raise KeyError(identity)
            terms.pop(identity, None)
            if to != "retired":
                terms[identity] = _file_of(found, to)
            said = {"term": identity, "by": by.name}
            draft = Draft(step, identity, at, said, {"reason": (reason, ())})
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
            found = stored.terms(connection)
        terms = {}
        for one in found:
            if one.status != "retired":
                try:
                    terms[one.id] = _file_of(one, one.status)
                except LexiconError as error:
                    log.error("term %s is left out: retire it (%s)", one.id, error)
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
        said: dict[str, Any] = {"version": built.version, "before": self._recorded, "by": by}
        said |= {"files": sorted(files), "terms": len(terms)}
        changed = [Draft(CHANGED, built.version, at, said)]
        if told := [*drafts, *(changed if built.version != self._recorded else ())]:
            self._ledger.append(told)
        self.lexicon, self.files, self._recorded = built, files, built.version


def _joined(files: Mapping[str, File], terms: Mapping[str, File]) -> dict[str, File]:
    return {**files, **{f"term/{identity}": file for identity, file in sorted(terms.items())}}


_SAID = ("kind", "term", "sense", "weight", "aimed", "innocent")


def _told(step: str, reason: str, by: Actor) -> None:
    """Only a person changes the lexicon, and tells why."""
    if not by.person or not reason.strip():
        raise IllegalStepError(step, "", rule="reasons_given")


def wording_of(term: stored.Term) -> Wording:
    """A term as it was written down; without its examples, which count for nothing."""
    return Wording(**{name: getattr(term, name) for name in _SAID})


def _file_of(term: stored.Term, state: State) -> File:
    return wording_of(term).file(state, term.added_at, term.added_by)


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
