"""The detector of text families: of one mind with the search through a file, and slow to accuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folded import bounded, folded
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding
from lianzhi.domains.astroturf.families import Posts, judge
from lianzhi.domains.astroturf.families.detector import ReviewDetector
from made_reviews import BEGIN, DAY, HOUR, army, people, said
from streams import event, merged, numbered

#: Looks every four hours: tests are to be quick.
POLICY = bounded("reviews", every_minutes=240)


def found(*streams: list[Event]) -> list[Finding]:
    return folded(ReviewDetector(POLICY), numbered(merged(*streams)))[1]


EVENTS = numbered(merged(people(), army(30)))
WHOLE = folded(ReviewDetector(POLICY), EVENTS)[1]


def test_a_family_is_told_of_with_its_evidence_and_told_again_as_it_grows() -> None:
    first, *_, last = WHOLE
    assert {one.about for one in WHOLE} == {"on:shop4"}
    assert 2 <= len(WHOLE) <= 3
    assert first.kind == "astroturf.reviews"
    assert first.stage == "warn"
    assert first.at == (BEGIN + 5 * DAY) // (4 * HOUR) * 4 * HOUR + 4 * HOUR
    assert first.since == BEGIN + 5 * DAY
    assert list(first.subjects) == [f"army{n}" for n in range(len(first.subjects))]
    assert last.counts["accounts"] >= 1.5 * first.counts["accounts"]
    assert last.counts["texts"] == len(last.evidence)
    assert {one.event for one in last.evidence} == {f"a{n}" for n in range(len(last.evidence))}
    assert last.roles["shop4-owner"] == "owner"
    assert {last.roles[who] for who in last.subjects} == {"participant"}
    assert last.score == pytest.approx(sum(reason.points for reason in last.reasons))
    assert last.confidence > 0.95
    assert last.proposes == ()
    assert not [key for key in last.counts if key.startswith("explained_")]
    assert len({one.id for one in WHOLE}) == len(WHOLE)


def test_what_people_write_is_not_told_of() -> None:
    assert found(people(2)) == []
    # A few words on everything that everybody uses, and one who repeats oneself.
    short = [said(f"s{n}", BEGIN + n * HOUR, f"v{n}", "shop4", "好看！支持") for n in range(30)]
    one = [said(f"o{n}", BEGIN + n * HOUR, "v", "shop5", army()[n].text or "") for n in range(12)]
    assert found(people(2), short, one) == []


def test_what_else_it_may_be_makes_it_only_watched() -> None:
    text = "转发这条微博并关注我们抽五位朋友送门票"
    same = [said(f"l{n}", BEGIN + DAY + n, f"fan{n}", "shop4", text) for n in range(12)]
    (one,) = found(people(), same)
    assert one.stage == "watch"
    assert {"explained_lottery", "explained_word_for_word"} <= one.counts.keys()


def test_where_there_is_one_thing_only_nothing_is_said_of_chance() -> None:
    alone = [one for one in people() if one.object == "shop4"]
    (*_, last) = found(alone, army())
    assert last.stage == "watch"
    assert last.counts["explained_nothing_to_compare"] == 1
    assert last.score == 0
    assert last.confidence == 0.5


def test_two_families_on_one_thing_are_told_each() -> None:
    other = "这部片子的配乐一响起来我就哭了，导演把每个细节都照顾到了，必须满分"
    more = [
        said(f"b{n}", BEGIN + 5 * DAY + n * 60_000, f"band{n}", "shop4", f"{other}{n}")
        for n in range(8)
    ]
    told = [set(one.subjects) for one in found(people(), army(), more)]
    assert {f"band{n}" for n in range(8)} in told
    assert {f"army{n}" for n in range(12)} in told


@pytest.mark.slow
@settings(max_examples=5)
@given(cuts=st.lists(st.integers(0, len(EVENTS)), max_size=4), again=st.booleans())
def test_any_split_finds_the_same(cuts: list[int], again: bool) -> None:
    assert folded(ReviewDetector(POLICY), EVENTS, cuts, again)[1] == WHOLE


def test_it_finds_what_the_search_through_a_file_finds() -> None:
    names = sorted({one.actor for one in EVENTS})
    things = sorted({one.object or "" for one in EVENTS})
    posts = Posts(
        [one.text or "" for one in EVENTS],
        np.array([names.index(one.actor) for one in EVENTS]),
        np.array([things.index(one.object or "") for one in EVENTS]),
        np.array([one.time for one in EVENTS]),
    )
    (batch,) = judge(posts)
    detector = ReviewDetector(POLICY)
    state, _ = folded(detector, EVENTS)
    seen = state.sources["made-up"]
    seen.alerts, seen.looked = [], 0  # as if nobody had looked so far
    _, (one,) = detector.step(state, [said("end", BEGIN + 11 * DAY, "u", "shop1", "好")])
    assert set(one.subjects) == {names[number] for number in batch.accounts.tolist()}
    assert [piece.event for piece in one.evidence] == [EVENTS[n].id for n in batch.rows.tolist()]
    assert one.score == pytest.approx(-np.log(batch.by_chance))
    assert one.counts["elsewhere"] == batch.elsewhere


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "private_message", "text": "好", "object": "shop"},
        {"kind": "comment", "text": "好"},
        {"kind": "like", "object": "shop"},
    ],
)
def test_what_says_nothing_of_a_thing_in_public_is_left_alone(fields: dict[str, str]) -> None:
    detector = ReviewDetector(POLICY)
    one = event("e", BEGIN, "u", None, **fields)
    assert detector.key(one) is None
    assert detector.step(detector.init(), [one])[0].sources == {}


def test_who_is_answered_owns_nothing() -> None:
    detector = ReviewDetector(POLICY)
    answer = said("e", BEGIN, "u", "shop", "说得对", in_reply_to="d")
    state, _ = detector.step(detector.init(), [answer, said("f", BEGIN, "v", "shop", "好")])
    assert [act.owner for act in state.sources["made-up"].acts] == [None, "shop-owner"]


def test_no_more_is_kept_than_policy_says() -> None:
    detector = ReviewDetector(bounded("reviews", most_actions=50, longest=10))
    state = detector.init()
    for one in EVENTS:
        state, _ = detector.step(state, [one])
        acts = state.sources["made-up"].acts
        assert len(acts) <= 100
        assert len(acts[-1].text) <= 10


def test_an_erased_account_leaves_the_state_with_texts_that_name_it() -> None:
    detector = ReviewDetector(POLICY)
    state, _ = folded(detector, EVENTS)
    more = [said("m", EVENTS[-1].time, "u1", "shop1", "army3 写得真好")]
    state, _ = detector.step(state, more)
    left = detector.dump(detector.forget(detector.forget(state, "army3"), "shop4-owner"))
    assert b"army3" not in left
    assert b"shop4-owner" not in left
    assert b"army4" in left
