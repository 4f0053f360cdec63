"""The demo's platform: plays the scenario to a node in real time and obeys its messages.

It sends what happens, asks `check` before it lets one account address another, and grants the
protection that a person accepts. It reads nothing of the node but findings, as any platform would.
"""

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from heapq import merge
from operator import attrgetter
from typing import Literal

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.domains.scenario import Scenario
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import process_lookups, views, views_process

STEP_S = 0.25
PROTECTED_HOURS = 72
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
#: Who acts, as the record names it: a program, like a key of the API.
BY = "demo platform"
#: Who decided about the incident that is over: a user of the demo.
REVIEWER = "reviewer"

_TIME = attrgetter("time")

DemoTopic = Literal["finding", "accepted", "held_back", "round", "applied", "undone"]


class DemoEvent(msgspec.Struct, frozen=True):
    """Event of the demo, printed as a line in the terminal."""

    topic: DemoTopic
    at: int
    about: str = ""
    kind: str = ""
    """Of a finding; or of the measure that the platform carried out."""
    stage: str = ""
    count: int = 0
    """Accounts with harmful texts, or messages held back."""


class Platform:
    """Plays the platform of the demo. Not thread-safe; the node's own thread fills `findings`."""

    def __init__(
        self,
        node: Node,
        scenario: Scenario,
        findings: "queue.SimpleQueue[Finding]",
        report: Callable[[DemoEvent], None],
    ) -> None:
        self._node, self._scenario, self._findings, self._report = node, scenario, findings, report
        self._round = -1
        self._ends = 0
        self._ahead: list[Event] = []
        self._accepts: dict[str, float] = {}
        self._due: list[tuple[int, Finding]] = []
        self._withheld: Counter[str] = Counter()
        self._broken_at: int | None = None

    def prefill(self, now: int) -> None:
        """Send the days before `now`, and close the case of the incident among them."""
        others = (domain.demo.events(now) for domain in self._node.domains)
        self._send(list(merge(self._scenario.before(now), *others, key=_TIME)))
        self._node.intake.finish()
        past = self._scenario.past_scene(now)
        while not self._findings.empty():
            self._findings.get()
        for row in views.cases(self._node.engine, query=past.person, status="waiting").rows:
            reason = self._scenario.past.reason
            contested = self._decide(row.id, now)
            self._node.casework.close_case(row.id, "subsided", reason, Actor(BY), now)
            contested(past.person)
        self._broken_at = now + int(self._scenario.broken_rows[0] * 1000)
        self._ends = now

    def _decide(self, case: str, now: int) -> Callable[[str], None]:
        """DemoTopic a reviewer did about the incident that is over; returns what came of it since.

        The rules of the demo apply from some day on: before it nothing is decided.
        """
        past, proceedings = self._scenario.past, self._node.proceedings
        at = now - int(past.days_ago * DAY_MS - past.decided_after_hours * HOUR_MS)
        with self._node.engine.connect() as connection:
            parts = process_lookups.parts(connection, case)
        tokens = [t for t, role in parts.roles.items() if role == past.role and t in parts.acts]
        order = {"key": past.measure, "hours": past.hours, "subjects": tokens, "to": past.role}
        orders = (msgspec.convert(order | {"mode": "manual"}, Order),)
        asking = DecisionRequest(orders=orders, facts=past.facts, ground=past.ground)
        try:
            decision = proceedings.decisions.decide(case, asking, Actor(REVIEWER), at)
        except IllegalStepError:
            return lambda person: None
        view = views_process.decision_view(self._node.engine, decision)
        for measure in view.measures if view else ():
            proceedings.measures.applied(measure.id, REVIEWER, at)
        first = self._node.ledger.vault.account(tokens[0]) or ""
        return lambda person: self._contest(decision, first, person, now)

    def _contest(self, decision: str, account: str, person: str, now: int) -> None:
        """One whom the decision affects contests it, and somebody else reports what they saw."""
        past, proceedings = self._scenario.past, self._node.proceedings
        proceedings.redress.file(decision, "affected", account, past.appeal, now - HOUR_MS)
        (reporter, *_) = self._scenario.cast["creators"]
        complaint = Complaint(
            category=past.report.category,
            channel="web",
            reporter=reporter,
            about=person,
            words=past.report.words,
        )
        proceedings.complaints.receive(complaint, BY, now - HOUR_MS // 2)

    def step(self, now: int) -> None:
        """Do everything that is due by `now`."""
        if now >= self._ends:
            self._begin(now)
        self._listen()
        self._accept(now)
        count = next((n for n, e in enumerate(self._ahead) if e.time > now), len(self._ahead))
        due, self._ahead = self._ahead[:count], self._ahead[count:]
        self._send([event for event in due if self._passes(event)])
        if self._broken_at is not None and now >= self._broken_at:
            self._broken_at = None
            self._node.intake.submit("\n".join(self._scenario.broken_rows[1]).encode(), "demo")

    def run(self, clock: Callable[[], int], stop: threading.Event) -> None:
        """Play until `stop` is set."""
        while not stop.wait(STEP_S):
            self.step(clock())

    def _begin(self, now: int) -> None:
        for person, count in self._withheld.items():
            self._report(DemoEvent("held_back", now, about=person, count=count))
        self._withheld.clear()
        self._round += 1
        begin = max(now, self._ends)
        self._ends = begin + int(self._scenario.round_seconds * 1000)
        self._ahead += self._scenario.round(self._round, begin)
        scenes = self._scenario.scenes(self._round, begin)
        self._accepts = {s.person: s.accepts_after for s in scenes if s.accepts_after is not None}
        self._report(DemoEvent("round", now, count=self._round + 1))

    def _listen(self) -> None:
        while not self._findings.empty():
            finding = self._findings.get()
            counts = (finding.counts.get(name) for name in ("harmful", "reporters", "less"))
            many = next((count for count in counts if count is not None), len(finding.subjects))
            self._report(
                DemoEvent("finding", finding.at, finding.about, finding.kind, finding.stage, many)
            )
            if finding.stage != "watch" and finding.about in self._accepts:
                after = self._accepts.pop(finding.about)
                self._due.append((finding.at + int(after * 1000), finding))

    def _accept(self, now: int) -> None:
        due = [finding for at, finding in self._due if at <= now]
        self._due = [(at, finding) for at, finding in self._due if at > now]
        for finding in due:
            rows = views.cases(self._node.engine, query=finding.about, status="waiting").rows
            case = next((row.id for row in rows if row.kind == finding.kind), None)
            terms = Terms(CHANNELS, now + PROTECTED_HOURS * HOUR_MS)
            self._node.protections.grant(finding.about, terms, BY, case, now)
            self._report(DemoEvent("accepted", now, finding.about))

    def _passes(self, event: Event) -> bool:
        """DemoTopic a platform asks before every message; what is held back never happened."""
        if event.target is None or event.kind not in CHANNELS:
            return True
        verdict = self._node.guard.check(
            event.kind, event.actor, event.target, event.time, event.actor_created
        )
        if not verdict.allowed:
            if event.target not in self._withheld:
                self._report(DemoEvent("held_back", event.time, event.target, count=1))
            self._withheld[event.target] += 1
        return verdict.allowed

    def _send(self, events: Iterable[Event]) -> None:
        lines = b"\n".join(map(msgspec.json.encode, events))
        if lines:
            self._node.intake.submit(lines, "demo")
