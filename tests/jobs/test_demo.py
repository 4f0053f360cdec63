"""The demo's platform on a real node, with a clock of its own."""

import queue

import pytest

from lianzhi.config import Config
from lianzhi.domains.astroturf import demo as astroturf
from lianzhi.domains.bullying import demo
from lianzhi.jobs.demo import Platform
from lianzhi.jobs.node import Node
from lianzhi.store import views

#: All stand on minutes of the demo, played once.
pytestmark = pytest.mark.slow
BEGIN = 1_795_600_000_000
STEP_MS = 500


class House:
    """A node and a platform; `play` moves the clock."""

    def __init__(self, home):
        self.now = BEGIN
        self.scenario = demo.load()
        self.told = []
        heard = queue.SimpleQueue()
        config = Config(lateness_seconds=1.0, domains=("bullying", "astroturf"))
        self.node = Node(home, config, clock=lambda: self.now, on_finding=heard.put)
        self.platform = Platform(self.node, self.scenario, heard, self.told.append)
        self.platform.prefill(self.now)

    def play(self, seconds):
        for _ in range(int(seconds * 1000 / STEP_MS)):
            self.now += STEP_MS
            self.platform.step(self.now)
            self.node.judge.wait()

    def person(self, act):
        return next(s.person for s in self.scenario.scenes(0, BEGIN + STEP_MS) if s.act.name == act)

    def told_of(self, act, what):
        return [t for t in self.told if t.topic == what and t.about == self.person(act)]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """In a file: a demo never goes into the database that the environment names."""
    house = House(tmp_path_factory.mktemp("demo"))
    house.play(house.scenario.round_seconds + 2)
    yield house
    house.node.close()


def test_warning_case_and_offer_within_a_minute(house):
    warned = [t.at for t in house.told_of("pile_on", "finding") if t.stage != "watch"]
    assert warned[0] - BEGIN <= 60_000
    (case,) = views.cases(house.node.engine, query=house.person("pile_on")).rows
    assert case.kind == "bullying.pile_on"
    assert case.offered_at is not None
    assert case.offered_at - BEGIN <= 60_000


def test_person_accepts_and_the_flood_falls_off(house):
    (accepted,) = house.told_of("pile_on", "accepted")
    person = house.person("pile_on")
    held = sum(t.count for t in house.told if t.topic == "held_back" and t.about == person)
    assert held > 10
    minute = 60_000
    before, after = house.node.live.timeline(
        person, accepted.at - minute, accepted.at + minute, minute
    )
    assert before.strangers > 10
    assert after.strangers == 0


def test_protection_is_on_the_record_under_its_case(house):
    person = house.person("pile_on")
    (case,) = views.cases(house.node.engine, query=person).rows
    (protection,) = views.protections(house.node.engine, about=person).rows
    assert (case.status, protection.case) == ("protected", case.id)


def test_acquaintances_still_get_through(house):
    person = house.person("pile_on")
    regular = house.scenario.regulars[person][0]
    assert house.node.guard.check("comment", regular, person, house.now, None).allowed
    assert not house.node.guard.check("comment", "用户0000000", person, house.now, None).allowed


def test_praise_and_criticism_open_no_case(house):
    for act in ("praise", "criticism"):
        assert views.cases(house.node.engine, query=house.person(act)).rows == ()


def test_past_case_is_closed_and_will_be_revisited(house):
    person = house.scenario.past_scene(BEGIN).person
    (case,) = views.cases(house.node.engine, query=person).rows
    assert (case.status, case.outcome) == ("closed", "subsided")
    assert case.revisit_at is not None


def test_broken_rows_are_in_quarantine(house):
    reasons = {held.row.reason for held in house.node.quarantine.list(10)}
    assert reasons == {"bad_time", "missing_field", "broken_json"}


def test_next_round_begins_with_other_people(house):
    rounds = [t for t in house.told if t.topic == "round"]
    assert [t.count for t in rounds] == [1, 2]


def cases_of(house, kind):
    return [one for one in views.cases(house.node.engine).rows if one.kind == f"astroturf.{kind}"]


def test_a_film_that_was_rated_down_stands_beside_it(house):
    (case,) = cases_of(house, "ratings")
    rated = astroturf.load().rated
    assert case.account == f"on:{rated.attacked}"
    view = views.case(house.node.engine, case.id)
    counts = view.findings[0].counts
    assert counts["robust_x100"] - counts["mean_x100"] > 50
    assert {row.account[:3] for row in view.evidence} == {"新用户"}


def test_a_water_army_stands_beside_it(house):
    (case,) = cases_of(house, "coordination")
    army = astroturf.load().army
    view = views.case(house.node.engine, case.id)
    run = {f"{army.name}{n + 1:02}" for n in range(army.size)}
    assert run < {row.account for row in view.evidence} <= run | {army.leader, *army.paid}
    parts = {part.account: part.role for part in view.parts}
    assert parts[army.leader] == "organiser"
    assert parts[army.owner] == "owner"
    assert sum(parts[one] == "operator" for one in run) > army.size / 2
    assert len({row.account for row in view.evidence}) >= army.size - 2
    assert case.stage == "warn"
    assert not view.state.proposals


def test_people_come_before_things_in_the_queue(house):
    queue = [one.kind for one in views.cases(house.node.engine, status="waiting").rows]
    assert "bullying.pile_on" in queue
    last = max(place for place, kind in enumerate(queue) if kind.startswith("bullying."))
    assert last < queue.index("astroturf.coordination")
