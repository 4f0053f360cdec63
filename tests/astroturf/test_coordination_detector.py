"""The detector of coordination: a fold, bounded, and of one mind with the search through a file."""

import random
import re
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.accounts.groups import groups
from lianzhi.accounts.kernel import Actions
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.chain.policy import Dated
from lianzhi.domains.astroturf import policy
from lianzhi.domains.astroturf.detection.detect import CoordinationDetector
from lianzhi.domains.astroturf.detection.events import MOST_OBJECTS, objects
from lianzhi.domains.astroturf.detection.state import State
from streams import START, event, merged, numbered

HOUR, MINUTE = 3_600_000, 60_000
POLICY = policy.load()
BEGIN = START // HOUR * HOUR


def like(id_: str, at: int, actor: str, thing: str) -> Event:
    return event(id_, at, actor, None, kind="like", object=thing)


def life(seed: int, count: int = 3000) -> list[Event]:
    draw = random.Random(seed)
    return [
        like(
            f"l{n}",
            BEGIN + draw.randrange(48 * HOUR),
            f"u{int(draw.paretovariate(1.2) * 20) % 800}",
            f"v{int(draw.paretovariate(1.2) * 20) % 400}",
        )
        for n in range(count)
    ]


def group(name: str, first: int, things: int, size: int = 7, every: int = 3 * HOUR) -> list[Event]:
    draw = random.Random(name)
    return [
        like(
            f"{name}{k}-{n}", first + k * every + draw.randrange(MINUTE), f"{name}{n}", f"v{n_(k)}"
        )
        for k in range(things)
        for n in range(size)
    ]


def n_(k: int) -> int:
    """Objects on which others act as well."""
    return 21 + k


def told(events: list[Event], cuts: list[int], again: bool = False) -> list[Finding]:
    detector = CoordinationDetector(POLICY)
    state, found = detector.init(), []
    for begin, end in pairwise([0, *sorted(min(cut, len(events)) for cut in cuts), len(events)]):
        if again:
            state = detector.load(detector.dump(state))
        state, more = detector.step(state, events[begin:end])
        found += more
    return found


EVENTS = numbered(merged(life(1), group("army", BEGIN + 2 * HOUR, 6)))


def test_a_group_is_told_of_with_its_evidence() -> None:
    first, *later = told(EVENTS, [])
    assert first.kind == "astroturf.coordination"
    assert set(first.subjects) == {f"army{n}" for n in range(7)}
    assert first.stage == "watch"  # so far hardly anybody else acts on these objects
    assert later[-1].stage == "warn"
    assert first.about.startswith("on:v")
    assert first.at % HOUR == 0
    assert BEGIN + 2 * HOUR <= first.since < first.at
    assert first.at <= BEGIN + 9 * HOUR  # after two or three joint actions
    assert {one.actor for one in first.evidence} == set(first.subjects)
    assert all(one.event.startswith("army") for one in first.evidence)
    assert first.score == pytest.approx(sum(reason.points for reason in first.reasons))
    assert first.proposes == ()
    assert re.fullmatch(r"astroturf\.coordination@2026-11-26\+[0-9a-f]{8}", first.rule)
    # Told again as it goes on, not at every look.
    assert 1 <= len(later) <= 3
    assert {one.about for one in later} == {first.about}
    assert later[-1].counts["objects"] > first.counts["objects"]


def test_nobody_is_told_of_who_acts_alone() -> None:
    assert told(numbered(merged(life(2))), []) == []


@pytest.mark.slow
@settings(max_examples=6)
@given(cuts=st.lists(st.integers(0, len(EVENTS)), max_size=5), again=st.booleans())
def test_any_split_finds_the_same(cuts: list[int], again: bool) -> None:
    assert told(EVENTS, cuts, again) == WHOLE


WHOLE = told(EVENTS, [])


def test_it_finds_what_the_search_through_a_file_finds() -> None:
    last = BEGIN + 47 * HOUR
    before = [one for one in EVENTS if one.time < last]
    names = sorted({one.actor for one in before})
    things = sorted({thing for one in before for thing in objects(one)})
    actions = Actions(
        np.array([names.index(one.actor) for one in before]),
        np.array([things.index(next(objects(one))) for one in before]),
        np.arange(len(before)),
        np.array([one.time for one in before]),
    )
    (batch,) = groups(actions)
    detector = CoordinationDetector(POLICY)
    state, _ = detector.step(detector.init(), before)
    seen = state.sources["made-up"]
    seen.alerts, seen.looked = [], 0  # as if nobody had looked so far
    _, (found,) = detector.step(state, [like("end", last, "u1", "v1")])
    assert found.subjects == tuple(names[one.account] for one in batch.members)
    assert found.score == pytest.approx(-batch.log_e)
    assert found.counts["objects"] == len(batch.joint)


def test_what_is_old_is_forgotten_and_no_more_is_kept_than_policy_says() -> None:
    version, whole = POLICY.latest()
    small = msgspec.structs.replace(whole.coordination, most_actions=100, horizon_days=0.5)
    detector = CoordinationDetector(
        Dated([(version, msgspec.structs.replace(whole, coordination=small))])
    )
    state = detector.init()
    for one in numbered(merged(life(3))):
        state, _ = detector.step(state, [one])
        seen = state.sources["made-up"]
        assert len(seen.acts) <= 200
    state, _ = detector.step(state, [like("late", BEGIN + 90 * HOUR, "u1", "v1")])
    state, _ = detector.step(state, [like("later", BEGIN + 92 * HOUR, "u2", "v1")])
    assert [act.event for act in state.sources["made-up"].acts] == ["late", "later"]


def test_whom_a_post_answers_owns_nothing_of_what_it_links() -> None:
    detector = CoordinationDetector(POLICY)
    text = "看这里 https://example.com/a 大家都来支持一下这个新片"
    answer = event("e", START, "u", "victim", text=text, object="v1", in_reply_to="c1")
    assert {act.owner for act in detector.acts(answer)} == {None}
    post = event("f", START, "u", "studio", text=text, object="v1")
    assert {act.object: act.owner for act in detector.acts(post)}["on:v1"] == "studio"
    assert {act.owner for act in detector.acts(post) if not act.object.startswith("on:")} == {None}


def test_an_erased_account_leaves_the_state() -> None:
    detector = CoordinationDetector(POLICY)
    state, _ = detector.step(detector.init(), EVENTS)
    state, _ = detector.step(state, [event("f", EVENTS[-1].time, "u1", "army3", kind="follow")])
    left = detector.dump(detector.forget(state, "army3"))
    assert b"army3" not in left.replace(b"army3-", b"")
    assert b"army4" in left


def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="another version"):
        CoordinationDetector(POLICY).load(msgspec.msgpack.encode({"sources": 3}))
    assert CoordinationDetector(POLICY).load(msgspec.msgpack.encode(State())) == State()


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("like", {"object": "v1"}, ["on:v1"]),
        ("rating", {"object": "film"}, ["on:film"]),
        ("view", {}, []),
        ("follow", {"target": "star"}, ["follow:star"]),
        ("report", {"target": "her", "object": "post"}, ["report:her"]),
        ("group_join", {"group": "g"}, ["group:g"]),
        ("private_message", {"target": "her", "text": "https://example.com/a"}, []),
        ("comment", {"object": "p", "text": "好"}, ["on:p"]),
        (
            "repost",
            {"text": "看这里 https://Example.com/A/ #新片# "},
            ["link:example.com/A", "hashtag:新片"],
        ),
    ],
)
def test_what_an_event_acts_on(kind: str, fields: dict[str, str], expected: list[str]) -> None:
    more = {name: value for name, value in fields.items() if name != "target"}
    one = event("e", START, "u", fields.get("target"), kind=kind, **more)
    assert list(objects(one)) == expected


def test_a_flood_of_tags_and_long_names_is_bounded() -> None:
    text = "".join(f"#话题{n}#" for n in range(2000)) + "https://example.com/" + "a" * 5000
    found = list(objects(event("e", START, "u", None, text=text, object="p" * 250)))
    assert len(found) == MOST_OBJECTS
    assert max(map(len, found)) < 256
    assert list(objects(event("e", START, "u", None, text="#\u200b\u2060#"))) == []


def test_one_act_on_one_thing_is_one_whatever_else_it_is() -> None:
    """An audience that views, then likes, does not meet twice; nor who posts four tags at once."""
    draw, events = random.Random(5), []
    for n in range(4000):
        at = BEGIN + draw.randrange(120 * HOUR)
        actor, video = f"u{draw.randrange(1000)}", f"v{int(draw.paretovariate(1.2) * 5) % 200}"
        events.append(event(f"w{n}", at, actor, None, kind="view", object=video))
        if draw.random() < 0.4:
            events.append(like(f"k{n}", at + draw.randrange(60_000), actor, video))
    tags = "#一##二##三##四#大家好我是新来的朋友"
    events += [event(f"t{n}", BEGIN + n * 5000, f"fan{n}", None, text=tags) for n in range(8)]
    assert told(numbered(merged(events)), []) == []


def test_the_same_words_however_spelt_are_one_object() -> None:
    said = ("这家店的东西真的很好用", "這家店的東西　真的很好用！", "这家店的*东西*真的很好用～")
    some = [list(objects(event("e", START, "u", None, text=text))) for text in said]
    assert some[0] == some[1] == some[2] != []
    other = list(objects(event("e", START, "u", None, text="那家店的东西真的很好用")))
    assert other != some[0]
