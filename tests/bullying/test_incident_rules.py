"""Stages, news, places and roles of an incident: where each begins, and what comes before it."""

from math import log

import msgspec
import pytest

from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Reason
from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection import incident as incidents
from lianzhi.domains.bullying.detection.roles import answerable, roles
from lianzhi.domains.bullying.detection.state import (
    DAY_MS,
    HOUR_MS,
    Arrival,
    Incident,
    Part,
    Person,
)

POLICY = policy.load().latest()[1]
STAGE = POLICY.stages
AT = 20_000 * DAY_MS
ENOUGH = STAGE.act_harmful


def stage(points: float, texts: float = 99.0, harmful: int = ENOUGH, defending: int = 0):
    """Stage of so many points, of which those from texts are given."""
    texts = min(texts, points)
    given = [
        Reason("harm", texts, 0, 0, "accounts"),
        Reason("strangers", points - texts, 0, 0, "accounts"),
    ]
    return incidents.stage_of(given, harmful, defending, POLICY)


def test_a_stage_begins_at_its_threshold():
    little = 1 / 64
    assert stage(STAGE.watch - little) is None
    assert stage(STAGE.watch) == "watch"
    assert stage(STAGE.warn - little) == "watch"
    assert stage(STAGE.warn) == "warn"
    assert stage(STAGE.act - little) == "warn"
    assert stage(STAGE.act) == "act"


def test_act_rests_on_texts_and_on_enough_accounts():
    points, texts = STAGE.act + 5, STAGE.act_harm_points
    assert stage(points, texts) == "act"
    assert stage(points, texts - 1 / 64) == "warn"
    assert stage(points, harmful=ENOUGH - 1) == "warn"


@pytest.mark.parametrize("defending", range(4))
def test_each_who_defends_asks_for_more_who_attack(defending):
    needed = ENOUGH + STAGE.act_per_defender * defending
    enough = {n for n in range(40) if stage(99.0, 99.0, n, defending) == "act"}
    assert enough == {n for n in range(40) if n >= needed}


def came(ago: int = 0, **more) -> Arrival:
    fields = {
        "time": AT - ago,
        "first": AT - ago,
        "weight": 2.0,
        "age_weight": 0.0,
        "harmful": False,
        "inciting": False,
        "counter": False,
        "via": None,
        "source": "s",
        "event": "e",
        "seq": 7,
    }
    return Arrival(**(fields | more))


def test_an_incident_begins_with_those_of_its_window():
    recent = {
        "before": came(60_000, harmful=True),
        "caller": came(59_999, harmful=True, inciting=True, first=AT - 90_000),
        "rude": came(harmful=True, counter=True),
        "friend": came(counter=True, stranger=False),
        "ally": came(counter=True),
        "passer": came(inciting=True),
    }
    begun = incidents.begin(Person(AT, 0, recent=recent), AT, "warn", 60_000)
    assert begun.parts.keys() == recent.keys() - {"before"}
    assert (begun.since, begun.stage, begun.last_harm) == (AT - 90_000, "warn", AT)
    assert (begun.harmful, begun.inciters, begun.defending) == (2, 1, 2)
    assert begun.parts["caller"] == Part(AT - 90_000, 1, 1, 1, 0, True)
    assert begun.parts["friend"] == Part(AT, 1, 0, 0, 1, False)
    assert begun.evidence == [
        Evidence("s", "e", AT - 59_999, "caller", 7),
        Evidence("s", "e", AT, "rude", 7),
    ]


def note(incident: Incident, actor: str, *, at: int = AT, within=POLICY, **facts: bool) -> None:
    event = Event(id="e", source="s", kind="comment", time=at, actor=actor, target="her", seq=3)
    fields = {"harmful": False, "inciting": False, "counter": False, "stranger": True}
    incidents.note(incident, event, within, **(fields | facts))


def test_accounts_are_counted_once_and_their_messages_each_time():
    incident = Incident(AT, "warn", AT)
    for n in range(3):
        note(incident, "loud", at=AT + n, harmful=True, inciting=True)
    note(incident, "passer", at=AT + 9, inciting=True)
    assert (incident.harmful, incident.inciters, incident.defending) == (1, 1, 0)
    assert incident.parts["loud"] == Part(AT, 3, 3, 3, 0, True)
    assert incident.parts["passer"] == Part(AT + 9, 1, 0, 0, 0, True)
    assert incident.last_harm == AT + 2
    assert [one.at for one in incident.evidence] == [AT, AT + 1, AT + 2]


def test_whoever_abused_first_defends_nobody_and_a_defender_counts_once():
    incident = Incident(AT, "warn", AT)
    note(incident, "friend", counter=True)
    note(incident, "friend", counter=True)
    note(incident, "ally", counter=True)
    note(incident, "turncoat", harmful=True)
    note(incident, "turncoat", counter=True)
    assert incident.defending == 2
    assert (incident.parts["friend"].counter, incident.parts["turncoat"].counter) == (2, 1)


def test_once_a_stranger_always_a_stranger_to_the_incident():
    incident = Incident(AT, "warn", AT)
    note(incident, "her_friend", stranger=False)
    assert not incident.parts["her_friend"].stranger
    note(incident, "a", stranger=True)
    note(incident, "a", stranger=False)
    assert incident.parts["a"].stranger


FULL = msgspec.structs.replace(POLICY.state, people=3, evidence=2)
SMALL = msgspec.structs.replace(POLICY, state=FULL)


def full(**parts: str) -> Incident:
    incident = Incident(AT, "warn", AT)
    for actor, part in parts.items():
        facts = {"harmful": part == "harmful", "counter": part == "counter"}
        note(incident, actor, within=SMALL, **facts)
    return incident


def test_the_places_of_an_incident_are_filled_up_to_their_number():
    incident = full(a="passer", b="passer", c="passer", d="passer")
    assert set(incident.parts) == {"a", "b", "c"}


@pytest.mark.parametrize("part", ["harmful", "counter"])
def test_a_passer_by_makes_room_for_whoever_attacks_or_defends(part):
    incident = full(a="harmful", b="passer", c="passer", d=part)
    assert set(incident.parts) == {"a", "c", "d"}
    incident = full(a="counter", b="harmful", c="passer", d=part)
    assert set(incident.parts) == {"a", "b", "d"}


def test_nobody_who_takes_part_makes_room():
    incident = full(a="harmful", b="counter", c="harmful", d="harmful")
    assert set(incident.parts) == {"a", "b", "c"}
    assert incident.harmful == 2


def test_evidence_is_kept_up_to_its_number():
    incident = full(a="harmful", b="harmful", c="harmful")
    assert [one.actor for one in incident.evidence] == ["a", "b"]
    assert incident.harmful == 3


def test_an_incident_ends_when_it_was_quiet_or_lasted_too_long():
    quiet, longest = int(STAGE.quiet_hours * HOUR_MS), int(STAGE.longest_days * DAY_MS)

    def over(since: int, last_harm: int) -> bool:
        return incidents.over(Incident(AT - since, "warn", AT - last_harm), AT, POLICY)

    assert not over(quiet, quiet)
    assert over(quiet + 1, quiet + 1)
    assert not over(longest, 0)
    assert over(longest + 1, 0)


def news(stage: str, now: str = "warn", **counts: int) -> bool:
    return incidents.is_news(Incident(AT, now, AT, **counts), stage, POLICY)


def test_a_higher_stage_is_news_and_no_other_stage_is():
    for n, now in enumerate(STAGES):
        assert [news(stage, now) for stage in STAGES] == [m > n for m in range(3)]


def test_twice_as_many_attackers_are_news_from_a_number_on():
    least = STAGE.tell_again_from
    assert not news("warn", harmful=least - 1)
    assert news("warn", harmful=least)
    assert not news("warn", harmful=2 * least - 1, reported=least)
    assert news("warn", harmful=2 * least, reported=least)
    assert not news("watch", "watch", harmful=2 * least)


def test_the_first_inciter_and_each_doubling_are_news():
    assert not news("warn", inciters=0)
    assert news("warn", inciters=1)
    assert not news("warn", inciters=3, reported_inciters=2)
    assert news("warn", inciters=4, reported_inciters=2)
    assert not news("watch", "watch", inciters=1)


MANY = POLICY.roles.repeater_events


def crowd(**parts: Part) -> Incident:
    return Incident(AT, "act", AT, parts=parts)


def test_roles_follow_from_what_an_account_did():
    incident = crowd(
        early=Part(AT - 9, counter=1),
        passer=Part(AT - 9),
        first=Part(AT - 5, harmful=1, counter=1),
        caller=Part(AT, harmful=MANY, inciting=1),
        loud=Part(AT, harmful=MANY),
        rude=Part(AT, harmful=MANY - 1, counter=1),
    )
    known = roles(incident, POLICY)
    assert known == {
        "early": "defender",
        "first": "originator",
        "caller": "inciter",
        "loud": "repeater",
        "rude": "follower",
    }
    assert answerable(known, incident) == ("first", "caller", "loud", "rude")


def test_without_a_harmful_text_nobody_began_it():
    incident = crowd(**{"": Part(0), "friend": Part(AT, counter=1), "caller": Part(AT, inciting=1)})
    assert roles(incident, POLICY) == {"friend": "defender", "caller": "inciter"}


def test_of_one_role_the_loudest_answers_first_and_then_by_name():
    incident = crowd(
        o=Part(AT - 1, harmful=1),
        b=Part(AT, harmful=1),
        a=Part(AT, harmful=1),
        c=Part(AT, harmful=2),
        i=Part(AT, harmful=9, inciting=1),
        r=Part(AT, harmful=99),
    )
    assert answerable(roles(incident, POLICY), incident) == ("o", "i", "r", "c", "a", "b")


def found(incident: Incident, points: float, **person):
    given = [Reason("harm", points, 0, 0, "accounts")]
    someone = Person(AT, 0, **person)
    return incidents.finding("k", "her", AT, someone, incident, given, "1", POLICY)


def test_confidence_is_the_odds_above_the_line_of_warning():
    incident = Incident(AT, "warn", AT)
    for more, confidence in ((0.0, 0.5), (log(3), 0.75), (-log(3), 0.25), (1.0, 0.731)):
        assert found(incident, STAGE.warn + more).confidence == confidence
    assert found(incident, 9.12345).score == 9.123


def test_a_finding_counts_those_who_take_part():
    incident = crowd(
        a=Part(AT, events=4, harmful=1, stranger=True),
        b=Part(AT, events=2, counter=1, stranger=True),
        c=Part(AT, events=1),
        d=Part(AT, events=1, harmful=1),
    )
    incident.harmful = 2
    finding = found(incident, 20.0, reporters={"r": 1.0, "q": 0.5}, minor=True)
    assert finding.counts == {
        "actors": 4,
        "strangers": 2,
        "harmful": 2,
        "messages": 8,
        "defenders": 1,
        "reporters": 2,
    }
    assert finding.minor


@pytest.mark.parametrize("stage", STAGES)
def test_a_finding_proposes_what_its_stage_and_those_below_allow(stage):
    proposals = tuple(
        msgspec.structs.replace(POLICY.proposals[0], key=f"protection.{at}", at=at) for at in STAGES
    )
    incident = Incident(AT, stage, AT)
    own = msgspec.structs.replace(POLICY, proposals=proposals)
    finding = incidents.finding("k", "her", AT, Person(AT, 0), incident, [], "1", own)
    assert finding.proposes == tuple(f"protection.{at}" for at in STAGES[: STAGES.index(stage) + 1])
