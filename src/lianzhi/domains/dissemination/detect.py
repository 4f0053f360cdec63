"""Detection in the stream: reprints with distorted titles, and pushes that policy has rules about.

An event `reprint` has two lines of text: the source's title and the reprint's. Its `ext` may have
`source_body`. An event `push` has the title as text, and in `ext` the columns of a push log.
Both name in `object` what was published, and by `actor` the outlet.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Reason, Span, finding_id
from lianzhi.chain.policy import Dated
from lianzhi.chain.struct_state import StructState
from lianzhi.domains.dissemination.policy import Policy, load
from lianzhi.domains.dissemination.push.rules import PushRow, push_leads
from lianzhi.domains.dissemination.sources.files import ListFiles, list_folder
from lianzhi.domains.dissemination.titles import Change, Detector
from lianzhi.domains.dissemination.titles import lexicon as lexicons
from lianzhi.domains.dissemination.titles.lexicon import Lexicon
from lianzhi.domains.monitor import Monitor, Site

REPRINT, PUSH = "reprint", "push"
TITLE, PUSHED = "dissemination.title", "dissemination.push"
#: Harm that evidence is marked with.
DISTORTED = "distorted_title"


class Unchanging(msgspec.Struct):
    """The state of a detector that judges each event by itself."""

    version: int = 1


class EventDetector(StructState[Unchanging]):
    """Judges each event of a kind by itself. Implements `chain.detector.Detector`."""

    form = Unchanging

    def __init__(self, name: str, kind: str, judge: Callable[[Event], Finding | None]) -> None:
        self.name, self._kind, self._judge = name, kind, judge

    def key(self, event: Event) -> str | None:
        """The platform of an event of its kind about something with a text, else None."""
        return event.source if event.kind == self._kind and event.object and event.text else None

    def step(self, state: Unchanging, events: Sequence[Event]) -> tuple[Unchanging, list[Finding]]:
        """Findings of the events, one at most for each."""
        judged = (self._judge(event) for event in events if self.key(event) is not None)
        return state, [finding for finding in judged if finding is not None]

    def forget(self, state: Unchanging, subject: str) -> Unchanging:
        """The state names nobody."""
        return state


class TitleJudge:
    """Finds reprints whose title says something else than their source."""

    def __init__(self, lexicon: Dated[Lexicon]) -> None:
        self._lexicon = lexicon
        self._detector: tuple[str, Detector] | None = None

    def __call__(self, event: Event) -> Finding | None:
        """A finding where the second line of the text distorts the first."""
        source, line, reprint = (event.text or "").partition("\n")
        if not line or not source or not reprint:
            return None
        version, lexicon = self._lexicon.at(event.time)
        if self._detector is None or self._detector[0] != version:
            self._detector = version, Detector(lexicon)
        body = (event.ext or {}).get("source_body")
        changes = self._detector[1].changes(source, body if isinstance(body, str) else "", reprint)
        if not changes:
            return None
        reason = Reason("title_differs", float(len(changes)), len(changes), 0.0, "passages")
        spans = tuple(_spans(changes, len(source) + 1))
        return _finding(TITLE, event, reason, f"{TITLE}@{version}", spans)


class PushJudge:
    """Finds pushes that break a rule by themselves, by the lists that a deployment keeps."""

    def __init__(self, policy: Dated[Policy], lists: ListFiles) -> None:
        self._policy, self._lists = policy, lists

    def __call__(self, event: Event) -> Finding | None:
        """A finding where columns in `ext` break rules; `ext` of another form is passed over."""
        at = dt.datetime.fromtimestamp(event.time / 1000, dt.UTC)
        known = {"id": event.id, "app": event.actor, "time": at, "title": event.text}
        try:
            row = msgspec.convert({"kind": "other", **(event.ext or {}), **known}, PushRow)
        except msgspec.ValidationError:
            return None
        version, policy = self._policy.at(event.time)
        leads = [*push_leads(row, *self._lists.read(), policy.push)]
        if not leads:
            return None
        reason = Reason("push_rules", float(len(leads)), len(leads), 0.0, "rules")
        return _finding(PUSHED, event, reason, f"{PUSHED}@{version}", ())


def monitor(site: Site) -> Monitor:
    """The detectors of the domain under the policy of a node. Raises PolicyError."""
    own = None if site.policy is None else site.policy / "titles"
    dated = site.policy if site.policy is not None and [*site.policy.glob("*.toml")] else None
    lists = ListFiles(list_folder(site.home))
    return Monitor(
        [
            EventDetector(TITLE, REPRINT, TitleJudge(lexicons.load(own))),
            EventDetector(PUSHED, PUSH, PushJudge(load(dated), lists)),
        ]
    )


def _spans(changes: Sequence[Change], behind: int) -> Iterator[Span]:
    marked = {change.source for change in changes if change.source[0] < change.source[1]}
    for start, end in (change.reprint for change in changes):
        if start < end:
            marked.add((start + behind, end + behind))
    for start, end in sorted(marked):
        yield Span(start, end, DISTORTED)


def _finding(
    name: str, event: Event, reason: Reason, rule: str, spans: tuple[Span, ...]
) -> Finding:
    about, at = f"on:{event.object}", event.time
    kinds = (DISTORTED,) if spans else ()
    origin = event.source, event.id, at, event.actor, event.seq
    evidence = Evidence(*origin, "originator", kinds, spans)
    key = f"{event.source}\x1f{about}\x1f{event.actor}\x1f{event.id}"
    return Finding(
        id=finding_id(name, key, at, "warn", at),
        kind=name,
        stage="warn",
        about=about,
        subjects=(event.actor,),
        at=at,
        since=at,
        score=reason.points,
        reasons=(reason,),
        evidence=(evidence,),
        roles={event.actor: "originator"},
        counts={"accounts": 1},
        rule=rule,
    )
