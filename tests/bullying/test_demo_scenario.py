"""The demo's scenario, judged by the shipped detectors at full speed."""

from collections import Counter

import pytest

from lianzhi.domains.bullying import demo, policy
from lianzhi.domains.bullying.detection.detect import PileOn
from lianzhi.domains.bullying.detection.reports import ReportFlood

BEGIN = 1_795_600_000_000
ROUNDS = 3


@pytest.fixture(scope="module")
def scenario():
    return demo.load()


@pytest.fixture(scope="module")
def played(scenario):
    """Findings of the history and of the first rounds, with the scenes of each round."""
    detectors = [PileOn(policy.load()), ReportFlood(policy.load())]
    states = [detector.init() for detector in detectors]

    def judge(events):
        findings = []
        for place, detector in enumerate(detectors):
            states[place], found = detector.step(states[place], events)
            findings += found
        return findings

    history = judge(scenario.before(BEGIN))
    rounds = []
    for number in range(ROUNDS):
        begin = BEGIN + int(number * scenario.round_seconds * 1000)
        scenes = {scene.act.name: scene for scene in scenario.scenes(number, begin)}
        rounds.append((begin, scenes, judge(scenario.round(number, begin))))
    return history, rounds


def test_warning_comes_within_a_minute_of_the_start(played):
    _, rounds = played
    for begin, scenes, findings in rounds:
        person = scenes["pile_on"].person
        warned = [f.at - begin for f in findings if f.about == person and f.stage != "watch"]
        assert warned
        assert min(warned) <= 60_000


def test_pile_on_reaches_act_with_its_roles(played):
    _, rounds = played
    for _, scenes, findings in rounds:
        mine = [f for f in findings if f.about == scenes["pile_on"].person]
        assert mine[-1].stage == "act"
        assert {"originator", "follower", "inciter", "defender"} <= set(mine[-1].roles.values())


def test_praise_and_criticism_stay_calm(played):
    _, rounds = played
    for _, scenes, findings in rounds:
        calm = {scenes["praise"].person, scenes["criticism"].person}
        assert [f for f in findings if f.about in calm and f.stage != "watch"] == []


def test_nobody_else_is_warned_about(played):
    _, rounds = played
    for _, scenes, findings in rounds:
        harmed = {scenes[name].person for name in ("pile_on", "pile_on_minor", "report_flood")}
        assert {f.about for f in findings if f.stage != "watch"} == harmed


def test_minor_is_known_to_be_one(played):
    _, rounds = played
    for _, scenes, findings in rounds:
        mine = [f for f in findings if f.about == scenes["pile_on_minor"].person]
        assert mine
        assert all(f.minor for f in mine)


def test_report_flood_accuses_nobody(played):
    _, rounds = played
    for _, scenes, findings in rounds:
        mine = [f for f in findings if f.about == scenes["report_flood"].person]
        assert {f.kind for f in mine} == {"bullying.report_flood"}
        assert all(f.subjects == () for f in mine)


def test_history_holds_one_incident(scenario, played):
    history, _ = played
    assert {f.about for f in history} == {scenario.past_scene(BEGIN).person}


def test_same_seed_same_events(scenario):
    assert scenario.round(1, BEGIN) == demo.load().round(1, BEGIN)
    assert scenario.round(1, BEGIN) != scenario.round(2, BEGIN)


def test_events_are_in_order_with_ids_of_their_own(scenario):
    events = [*scenario.before(BEGIN), *scenario.round(0, BEGIN)]
    times = [event.time for event in events]
    assert times == sorted(times)
    assert max(Counter(event.id for event in events).values()) == 1
    assert max(times) < BEGIN + scenario.round_seconds * 1000


def test_no_round_uses_a_person_twice(scenario):
    for number in range(60):
        people = [scene.person for scene in scenario.scenes(number, BEGIN)]
        assert len(set(people)) == len(people)


def test_every_text_and_group_that_is_named_exists(scenario):
    for act in (*scenario.acts, scenario.past.act):
        assert act.on in scenario.cast
        assert set(act.messages) <= set(scenario.texts)
    assert set(scenario.minors) <= set(scenario.cast)
