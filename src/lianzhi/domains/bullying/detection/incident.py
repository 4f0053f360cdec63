"""Incident: the stages of one pile-on and the findings that it yields."""

from collections.abc import Sequence
from math import exp

from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Finding, Reason, Stage, finding_id
from lianzhi.domains.bullying.detection.roles import answerable, roles
from lianzhi.domains.bullying.detection.state import DAY_MS, HOUR_MS, Incident, Part, Person
from lianzhi.domains.bullying.policy import Policy


def stage_of(
    reasons: Sequence[Reason], harmful: int, defending: int, policy: Policy
) -> Stage | None:
    """Highest stage that a score reaches.

    `act` also needs enough evidence from the texts alone and enough accounts with harmful texts,
    more for each that speaks in the person's defence: a third of defenders, whose words are misread
    for the abuse that they quote, must not carry a crowd of them there (a random walk with so steep
    a descent hardly ever climbs, however often it is looked at).
    """
    stages = policy.stages
    points = sum(reason.points for reason in reasons)
    from_texts = sum(reason.points for reason in reasons if reason.feature == "harm")
    grave = (
        harmful >= stages.act_harmful + stages.act_per_defender * defending
        and from_texts >= stages.act_harm_points
    )
    if points >= stages.act and grave:
        return "act"
    if points >= stages.warn:
        return "warn"
    return "watch" if points >= stages.watch else None


def begin(person: Person, at: int, stage: Stage, window: int) -> Incident:
    """Open an incident from those who came within the window that raised the stage."""
    members = {actor: a for actor, a in person.recent.items() if a.time > at - window}
    incident = Incident(min(a.first for a in members.values()), stage, at)
    for actor, arrival in members.items():
        incident.parts[actor] = Part(
            arrival.first,
            1,
            int(arrival.harmful),
            int(arrival.inciting),
            int(arrival.counter),
            arrival.stranger,
        )
        incident.defending += arrival.counter and not arrival.harmful
        if arrival.harmful:
            incident.harmful += 1
            incident.inciters += arrival.inciting
            cited = Evidence(arrival.source, arrival.event, arrival.time, actor, arrival.seq)
            incident.evidence.append(cited)
    return incident


def note(
    incident: Incident,
    event: Event,
    policy: Policy,
    *,
    harmful: bool,
    inciting: bool,
    counter: bool,
    stranger: bool,
) -> None:
    """Take one more event at the person into the incident."""
    part = incident.parts.get(event.actor)
    if part is None:
        if len(incident.parts) >= policy.state.people and not (
            (harmful or counter) and _make_room(incident)
        ):
            return
        part = incident.parts[event.actor] = Part(event.time)
    part.events += 1
    part.stranger = part.stranger or stranger
    incident.defending += counter and not part.counter and not part.harmful
    part.counter += counter
    if not harmful:
        return
    incident.last_harm = event.time
    incident.harmful += part.harmful == 0
    part.harmful += 1
    incident.inciters += inciting and not part.inciting
    part.inciting += inciting
    if len(incident.evidence) < policy.state.evidence:
        cited = Evidence(event.source, event.id, event.time, event.actor, event.seq)
        incident.evidence.append(cited)


def _make_room(incident: Incident) -> bool:
    """Forget the account longest known that neither attacks nor defends, if there is one.

    Passers-by must not fill the places, or who attacks after them is never seen.
    """
    for account, part in incident.parts.items():
        if not part.harmful and not part.counter:
            del incident.parts[account]
            return True
    return False


def over(incident: Incident, at: int, policy: Policy) -> bool:
    """Whether the incident has ended: no harmful text for long enough, or simply too old."""
    stages = policy.stages
    if at - incident.since > stages.longest_days * DAY_MS:
        return True
    return at - incident.last_harm > stages.quiet_hours * HOUR_MS


def is_news(incident: Incident, stage: Stage, policy: Policy) -> bool:
    """Whether a new finding is due: a higher stage, or twice as many harm or incite as before."""
    if STAGES.index(stage) > STAGES.index(incident.stage):
        return True
    grown = incident.harmful >= max(policy.stages.tell_again_from, 2 * incident.reported)
    grown = grown or incident.inciters >= max(1, 2 * incident.reported_inciters)
    return grown and incident.stage != "watch"


def finding(
    kind: str,
    about: str,
    at: int,
    person: Person,
    incident: Incident,
    reasons: Sequence[Reason],
    version: str,
    policy: Policy,
) -> Finding:
    """The finding at `at`. Scores are nats, so confidence is the odds above the warning line."""
    points = sum(reason.points for reason in reasons)
    known = roles(incident, policy)
    evidence = tuple(
        Evidence(item.source, item.event, item.at, item.actor, item.seq, known.get(item.actor))
        for item in sorted(incident.evidence, key=lambda e: (e.at, e.source, e.event))
    )
    parts = incident.parts.values()
    counts = {
        "actors": len(incident.parts),
        "strangers": sum(part.stranger for part in parts),
        "harmful": incident.harmful,
        "messages": sum(part.events for part in parts),
        "defenders": sum(role == "defender" for role in known.values()),
        "reporters": len(person.reporters),
    }
    proposes = [
        p.key for p in policy.proposals if STAGES.index(p.at) <= STAGES.index(incident.stage)
    ]
    return Finding(
        id=finding_id(kind, about, incident.since, incident.stage, at, incident.harmful),
        kind=kind,
        stage=incident.stage,
        about=about,
        subjects=answerable(known, incident),
        at=at,
        since=incident.since,
        score=round(points, 3),
        confidence=round(1 / (1 + exp(policy.stages.warn - points)), 3),
        reasons=tuple(reasons),
        evidence=evidence,
        roles=known,
        counts=counts,
        minor=person.minor,
        rule=f"{kind}@{version}",
        proposes=tuple(proposes),
    )
