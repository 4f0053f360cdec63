"""Contacts: nobody known within 90 days is taken for a stranger, and few strangers for known."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.flow.contacts import Contacts, Hashes, pair_hashes


def keys(first: int, count: int) -> Hashes:
    return pair_hashes([(f"actor{n}", f"target{n % 97}") for n in range(first, first + count)])


@settings(max_examples=60)
@given(st.integers(0, 60), st.lists(st.integers(1, 9), max_size=30))
def test_known_for_90_days_and_forgotten_after_120(first: int, steps: list[int]) -> None:
    contacts, pair = Contacts(), keys(0, 1)
    contacts.roll(1000 + first)
    contacts.note(pair)
    assert not contacts.known(pair)[0], "a contact counts from the next day"
    day = 1000 + first
    for step in [*steps, *[10] * 13]:
        day += step
        contacts.roll(day)
        age = day - (1000 + first)
        if age <= 90:
            assert contacts.known(pair)[0]
        if age > 120:
            assert not contacts.known(pair)[0]


@pytest.mark.slow
def test_false_positives_stay_below_one_percent_with_four_full_periods() -> None:
    contacts = Contacts()
    for period in range(4):
        for day in range(3):
            contacts.roll(3000 + 30 * period + 10 * day)
            contacts.note(keys((3 * period + day) * 25_000, 25_000))
    contacts.roll(3000 + 119)
    inserted = contacts.known(keys(0, 300_000))
    assert inserted.all()
    false = contacts.known(keys(10_000_000, 200_000))
    assert 0 < np.mean(false) <= 0.01


@settings(max_examples=40)
@given(st.lists(st.integers(0, 50), min_size=1), st.data())
def test_how_contacts_are_batched_leaves_no_trace(pairs: list[int], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(pairs)))
    hashes = pair_hashes([(f"a{n}", "t") for n in pairs])
    whole, split = Contacts(), Contacts()
    for contacts, parts in ((whole, [hashes]), (split, [hashes[:cut], hashes[cut:]])):
        contacts.roll(10)
        for part in parts:
            contacts.note(part)
    assert msgspec.msgpack.encode(whole) == msgspec.msgpack.encode(split)
    whole.roll(11)
    split.roll(11)
    assert msgspec.msgpack.encode(whole) == msgspec.msgpack.encode(split)


def test_survives_a_snapshot() -> None:
    contacts = Contacts()
    contacts.roll(50)
    contacts.note(keys(0, 100))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(contacts), type=Contacts)
    again.note(keys(100, 100))
    again.roll(51)
    assert again.known(keys(0, 200)).all()
