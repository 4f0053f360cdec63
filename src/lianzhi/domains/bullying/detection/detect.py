"""Early warning: a pile-on against one person, seen while it forms. Pure; time comes from events.

Per target it keeps what is normal (distinct strangers a day, share of harmful texts among them) and
who came lately; strangers are told from acquaintances by a rolling filter. Every arrival of a
stranger, and every harmful text, may raise the person's stage: watch, warn, act. A stage's rise is
a finding; so is each doubling of the accounts with harmful texts, or of those that incite, so that
the case keeps up with the incident.

What it misses: abuse by acquaintances alone, abuse in words that the text model does not know, and
a slow campaign of a few strangers a day. When it may be wrong: a heated argument among strangers
in coarse words about something else. A person looks before anything is done.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Protocol

from lianzhi.chain.event import CONTACT_KINDS, Event
from lianzhi.chain.finding import STAGES, Finding, Reason
from lianzhi.chain.policy import Dated
from lianzhi.chain.struct_state import StructState
from lianzhi.domains.bullying.detection import incident as incidents
from lianzhi.domains.bullying.detection import score, windows
from lianzhi.domains.bullying.detection.arrivals import Weights, arrive
from lianzhi.domains.bullying.detection.reading import read
from lianzhi.domains.bullying.detection.roster import Roster, on_roster
from lianzhi.domains.bullying.detection.state import DAY_MS, HOUR_MS, Person, State, unnamed
from lianzhi.domains.bullying.policy import Policy
from lianzhi.flow.contacts import pair_hashes
from lianzhi.record.mention import mentions
from lianzhi.text import Lexicon
from lianzhi.text.lexicon.lexicons import shipped

_TIME = attrgetter("time")


class Observer(Protocol):
    """Who watches the detector at work; it changes nothing."""

    def looked(self, account: str, at: int, points: float) -> None:
        """A person's score was computed; how evaluation draws its curves."""
        ...

    def read(self, events: Sequence[Event], strangers: list[bool], harmful: list[bool]) -> None:
        """Events at people were read: how the console draws its traffic."""
        ...


class PileOn(StructState[State]):
    """The detector `bullying.pile_on`."""

    name = "bullying.pile_on"
    form = State

    def __init__(
        self,
        policy: Dated[Policy],
        roster: Roster | None = None,
        observer: Observer | None = None,
        lexicon: Callable[[], Lexicon] = shipped,
    ) -> None:
        """`lexicon` tells the one in force whenever texts are read."""
        self._lexicon = lexicon
        self._policy, self._roster, self._observer = policy, roster or {}, observer
        self._weights: dict[str, Weights] = {}

    def policy_at(self, at: int) -> Policy:
        """Policy in force at an event time."""
        return self._policy.at(at)[1]

    def key(self, event: Event) -> str | None:
        """The person addressed; who follows somebody; the victim that a report of harm names."""
        if event.kind in CONTACT_KINDS:
            return event.target if event.target != event.actor else None
        if event.kind == "follow":
            return event.actor if event.target not in {None, event.actor} else None
        if event.kind == "report" and event.ext is not None:
            victim = event.ext.get("victim")
            return victim if isinstance(victim, str) and victim != event.target else None
        return None

    def step(self, state: State, events: Sequence[Event]) -> tuple[State, list[Finding]]:
        """Fold ordered events in, day by day, since contacts count from the next day."""
        findings: list[Finding] = []
        start = 0
        while start < len(events):
            now = events[start].time
            version, policy = self._policy.at(now)
            day = _day(now, policy)
            ends = (day + 1) * DAY_MS - policy.contact.utc_offset_hours * HOUR_MS
            ends = min(ends, self._policy.next_start(now))
            stop = bisect_left(events, ends, lo=start, key=_TIME)
            if day > state.contacts.day:
                state.contacts.roll(day)
                _forget_idle(state, day, policy)
            findings += self._fold_day(state, events[start:stop], day, version, policy)
            start = stop
        return state, findings

    def forget(self, state: State, subject: str) -> State:
        """Drop a person's own row and every trace of them in others', ids and groups included."""
        named = mentions(subject)
        state.people.pop(subject, None)
        for person in state.people.values():
            person.reporters.pop(subject, None)
            for actor, arrival in list(person.recent.items()):
                fields = "\n".join((actor, arrival.source, arrival.event, arrival.via or ""))
                if named(fields.encode()):
                    del person.recent[actor]
            if person.incident is not None:
                person.incident.parts.pop(subject, None)
                person.incident.evidence = unnamed(person.incident.evidence, named)
        return state

    def _fold_day(
        self, state: State, events: Sequence[Event], day: int, version: str, policy: Policy
    ) -> list[Finding]:
        mine = [(e, key) for e in events if (key := self.key(e)) is not None]
        if not mine:
            return []
        hashes = pair_hashes([(_other(event), key) for event, key in mine])
        known = state.contacts.known(hashes).tolist()
        text = read([event for event, _ in mine], policy, self._lexicon())
        friendly: list[int] = []
        findings: list[Finding] = []
        weights = self._weights_of(version, policy)
        for index, (event, key) in enumerate(mine):
            person = _addressed(state, key, event.time, day, policy)
            if event.kind == "follow":
                friendly.append(index)
                continue
            if event.kind == "report":
                _take_report(person, event, policy)
                continue
            if event.target_is_minor:
                person.minor = True
            harmful, stranger = text.harmful[index], not known[index]
            if person.incident is not None:
                incidents.note(
                    person.incident,
                    event,
                    policy,
                    harmful=harmful,
                    inciting=text.inciting[index],
                    counter=text.defending[index],
                    stranger=stranger,
                )
            else:
                person.today_with_text += text.has_text[index]
                person.today_flagged += harmful
                if not harmful:
                    friendly.append(index)
            # Acquaintances come every day, so that their number tells nothing; their abuse does.
            if not stranger and not harmful:
                continue
            weight = 0.0
            if text.has_text[index]:
                weight, harm = weights.text(text.odds[index], person)
                if stranger and person.incident is None:
                    person.today_messages += 1
                    person.today_harm += harm
            if not stranger and weight <= 0:
                continue
            arrive(
                person,
                event,
                weights,
                weight=weight,
                harmful=harmful,
                inciting=text.inciting[index],
                defending=text.defending[index],
                stranger=stranger,
            )
            if weight >= 0:  # a message that speaks against a pile-on raises no stage
                finding = self._look(person, event.time, key, version, policy)
                if finding is not None:
                    findings.append(finding)
        state.contacts.note(hashes[friendly])
        if self._observer is not None:
            self._observer.read([e for e, _ in mine], [not k for k in known], text.harmful)
        return findings

    def _weights_of(self, version: str, policy: Policy) -> Weights:
        weights = self._weights.get(version)
        if weights is None:
            weights = self._weights[version] = Weights(policy)
        return weights

    def _look(
        self, person: Person, at: int, key: str, version: str, policy: Policy
    ) -> Finding | None:
        if at < person.next_look:
            return None
        lower = policy.stages.roster_lowers if on_roster(self._roster, key, at) else 0.0
        current = person.incident
        if current is None and windows.upper_bound(person, policy) + lower < policy.stages.watch:
            return None
        if 2 * len(person.recent) >= policy.state.recent:
            person.next_look = at + policy.state.evaluate_every_ms
        points, reasons = score.score(person, at, self._weights_of(version, policy), policy)
        if lower and reasons:
            reasons = (*reasons, Reason("roster", lower, 1, 0, ""))
            points += lower
        if self._observer is not None:
            self._observer.looked(key, at, points)
        harmful, defending = _sides(person)
        stage = incidents.stage_of(reasons, harmful, defending, policy)
        if stage is None:
            return None
        if current is None:
            current = incidents.begin(person, at, stage, reasons[0].window)
            person.incident = current
        elif not incidents.is_news(current, stage, policy):
            return None
        current.stage = max(current.stage, stage, key=STAGES.index)
        current.reported, current.reported_inciters = current.harmful, current.inciters
        return incidents.finding(self.name, key, at, person, current, reasons, version, policy)


def _day(time: int, policy: Policy) -> int:
    return int(time + policy.contact.utc_offset_hours * HOUR_MS) // DAY_MS


def _other(event: Event) -> str:
    """Who becomes acquainted: whoever writes to the person, and whom the person follows.

    Being followed acquaints nobody, or a crowd could follow today and insult tomorrow.
    """
    return event.target or event.actor if event.kind == "follow" else event.actor


def _addressed(state: State, key: str, time: int, day: int, policy: Policy) -> Person:
    """The person at whom an event is aimed, brought up to its day."""
    person = state.people.get(key)
    if person is None:
        person = state.people[key] = Person(time, day)
    elif person.day != day:
        _begin_day(person, day, policy)
    if person.incident is not None and incidents.over(person.incident, time, policy):
        # A finding covered these arrivals: a second wave has to build up from later ones.
        person.incident = None
        person.recent.clear()
        person.cusum = 0.0
    person.last = time
    return person


def _begin_day(person: Person, day: int, policy: Policy) -> None:
    """Close the person's day: fold it into the baseline, decayed for every day that has passed."""
    base = policy.baseline
    if person.incident is None:
        person.strangers += min(person.today, base.most_per_day)
        person.messages += person.today_messages
        person.harm += person.today_harm
        person.with_text += person.today_with_text
        person.flagged += person.today_flagged
        person.days += 1
    fade = base.decay ** (day - person.day)
    silent = day - person.day - 1  # days without any event count as days with no strangers
    person.days = person.days * fade + sum(base.decay**n for n in range(1, min(silent, 60) + 1))
    person.strangers *= fade
    person.messages *= fade
    person.harm *= fade
    person.with_text *= fade
    person.flagged *= fade
    person.today = person.today_messages = person.today_with_text = person.today_flagged = 0
    person.today_harm = 0.0
    person.reporters = {}
    person.day = day


def _take_report(person: Person, event: Event, policy: Policy) -> None:
    """Remember who reported harm to the person, today."""
    if len(person.reporters) < policy.state.people:
        person.reporters[event.actor] = _reliability(event, policy)


def _forget_idle(state: State, day: int, policy: Policy) -> None:
    if day == state.swept:
        return
    state.swept = day
    oldest = day - policy.baseline.idle_days
    idle = [key for key, person in state.people.items() if person.day < oldest]
    for key in idle:
        del state.people[key]


def _sides(person: Person) -> tuple[int, int]:
    """Accounts with harmful texts, and accounts that defend: in the incident, or lately."""
    if person.incident is not None:
        return person.incident.harmful, person.incident.defending
    lately = person.recent.values()
    harmful = sum(arrival.harmful for arrival in lately)
    return harmful, sum(arrival.counter and not arrival.harmful for arrival in lately)


def _reliability(event: Event, policy: Policy) -> float:
    """How often this reporter's reports held, as the desk that took the report knows; 0 to 1."""
    known = (event.ext or {}).get("reliability")
    return known if type(known) is float and 0 <= known <= 1 else policy.marks.reporter_reliability
