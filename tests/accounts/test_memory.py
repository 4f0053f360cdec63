"""The memory of dissolved groups: what it holds, and for how long."""

import re

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.kernel import Actions
from lianzhi.accounts.memory.entries import Memory, entry
from lianzhi.accounts.memory.keys import Key
from lianzhi.accounts.memory.likeness import TRAITS, Likeness
from lianzhi.accounts.memory.naming import patterns
from lianzhi.accounts.memory.observed import TIMING, observe
from lianzhi.accounts.memory.posterior import Policy, posterior
from lianzhi.accounts.memory.shares import Shares
from lianzhi.accounts.memory.traces import Column, Traces
from made_actions import DAY, life, with_group

KEY, OTHER = Key(bytes(range(32))), Key(bytes(range(1, 33)))
POLICY = Policy(
    days=180, fewest=3, prior=0.01, link=0.9, traits=2, damping=3.0, floor=-2.0, intercept=0.0,
    weights=dict.fromkeys(TRAITS, 0.5),
)  # fmt: skip


def traces() -> Traces:
    """Life, and one group that acts together on things of its own."""
    actions = with_group(life(1), range(10, 18), range(900, 906))
    names = [f"thing {n}" for n in range(906)]
    columns = {"object": Column.of(actions.account, actions.object, actions.time, names)}
    return Traces([f"person {n}" for n in range(1500)], actions, columns)


def remembered(some: Traces, key: Key = KEY, now: int = 0) -> Memory:
    made = entry(some, observe(some, range(10, 18)), key, now=now, days=180)
    return Memory().put([made])


def test_no_name_or_object_is_in_the_memory() -> None:
    text = remembered(traces()).write().decode()
    assert "person" not in text
    assert "thing" not in text
    assert Memory.read(text.encode()) == remembered(traces())


def test_hashes_differ_by_key_and_by_trait() -> None:
    assert KEY.hash("object", "a") != OTHER.hash("object", "a")
    assert KEY.hash("object", "a") != KEY.hash("phrase", "a")
    assert "00010203" not in repr(KEY)


def test_entries_expire_and_are_forgotten() -> None:
    memory = remembered(traces(), now=5 * DAY)
    assert memory.at(184 * DAY).entries == memory.entries
    assert memory.at(185 * DAY).entries == ()
    assert memory.forget([memory.entries[0].id]).entries == ()
    with pytest.raises(ActionError, match="'nobody' is not remembered"):
        memory.forget(["nobody"])


def test_a_group_remembered_again_takes_its_own_place() -> None:
    memory = remembered(traces())
    later = entry(traces(), observe(traces(), range(10, 18)), KEY, now=DAY, days=180)
    assert memory.put([later]).entries == (later,)


@pytest.mark.parametrize("text", [b"", b"{}x", b'{"format": "other/9"}', b'{"entries": [{}]}'])
def test_what_is_no_memory_is_refused(text: bytes) -> None:
    with pytest.raises(ActionError, match="memory: "):
        Memory.read(text)


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31])
def test_a_short_or_broken_key_is_refused(text: str) -> None:
    with pytest.raises(ActionError, match="key: "):
        Key.parse(text)


def test_a_group_is_likest_to_itself_and_strangers_are_not() -> None:
    whole = traces()
    other = entry(whole, observe(whole, range(200, 208)), KEY, now=0, days=1)
    entries = [other, *remembered(whole).entries]
    mine, theirs = (observe(whole, some) for some in (range(10, 18), range(300, 308)))
    likeness = Likeness(whole, Shares(whole, entries, {KEY.id: KEY}), [mine, theirs])
    result = posterior(likeness.of(mine), POLICY)
    assert result.linked(POLICY) == 1
    assert {match.trait for match in likeness.matches(mine, 1)} >= {"object"}
    assert posterior(likeness.of(theirs), POLICY).linked(POLICY) is None


def test_under_another_key_nothing_is_known_but_the_times() -> None:
    whole = traces()
    seen = observe(whole, range(10, 18))
    likeness = Likeness(
        whole, Shares(whole, remembered(whole, OTHER).entries, {OTHER.id: KEY}), [seen]
    )
    assert likeness.of(seen)[0, TRAITS.index("object")] < 0
    assert not likeness.matches(seen, 0)


def test_one_trait_alone_makes_no_link() -> None:
    alone = np.zeros((3, len(TRAITS)))
    alone[1, TRAITS.index("phrase")] = 1e6
    result = posterior(alone, msgspec.structs.replace(POLICY, weights=dict.fromkeys(TRAITS, 5.0)))
    assert result.probability[1] > 0.99
    assert result.linked(POLICY) is None


@given(
    st.lists(st.lists(st.floats(-50, 50), min_size=len(TRAITS), max_size=len(TRAITS)), max_size=6)
)
def test_posteriors_are_probabilities(rows: list[list[float]]) -> None:
    result = posterior(np.array(rows).reshape(-1, len(TRAITS)), POLICY)
    assert (result.probability >= 0).all()
    assert result.probability.sum() + result.none == pytest.approx(1)


@given(st.text(max_size=40))
def test_names_have_one_form_that_tells_no_letter(name: str) -> None:
    form, *stem = patterns(name)
    assert re.fullmatch(r"form (\D\d+)*", form)
    assert all(one.removeprefix("stem ") in name.casefold() for one in stem)


def test_histograms_count_each_joint_action_once() -> None:
    time = np.array([0, 10, 20, DAY, DAY + 5], np.int64)
    actions = Actions(np.array([0, 1, 2, 0, 1]), np.array([0, 0, 0, 1, 1]), np.arange(5), time)
    seen = observe(Traces(["a", "b", "c"], actions, {}), [0, 1, 2])
    assert seen.joint == 2
    assert {trait: len(counts) for trait, counts in seen.timing.items()} == TIMING
    assert seen.timing["hour"].tolist() == [2] + [0] * 23
    assert seen.timing["weekday"][3] == seen.timing["weekday"][4] == 1  # Thursday, Friday
