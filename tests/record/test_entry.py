"""Entries: what is committed to is unambiguous, and what can't be is refused."""

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.record.entry import SALT_SIZE, Draft, Entry, commit, decode, encode, seal


def test_the_leaf_is_what_its_docstring_says() -> None:
    entry = Entry(7, 1_700_000_000_000, "case.opened", "案-1", bytes(range(32)))
    assert entry.leaf().decode() == (
        "lianzhi-entry/1\n7\n1700000000000\ncase.opened\n案-1\n"
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    )
    assert entry.leaf_hash() == hashlib.sha256(b"\0" + entry.leaf()).digest()


def test_seal_and_commitment_are_what_their_docstrings_say() -> None:
    key, leaf = b"k" * 32, b"l" * 32
    message = (5).to_bytes(8, "big") + leaf
    assert seal(key, 5, leaf) == hmac.new(key, message, hashlib.sha256).digest()
    assert commit(b"salt", b"body") == hashlib.sha256(b"saltbody").digest()


def test_a_salt_is_as_long_as_the_hash_that_it_hides() -> None:
    assert hashlib.sha256().digest_size == SALT_SIZE


def test_a_row_numbered_below_zero_can_be_held_against_its_seal() -> None:
    assert len({seal(b"k" * 32, index, b"l" * 32) for index in (-1, 0, 1)}) == 3


REF = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=9)
KIND = st.from_regex(r"[a-z]{1,3}\.[a-z]{1,3}", fullmatch=True)
FIELDS = st.tuples(
    st.integers(0, 99), st.integers(-9, 99), KIND, REF, st.binary(min_size=32, max_size=32)
)


@given(FIELDS, FIELDS)
def test_no_two_entries_share_a_leaf(one: Any, other: Any) -> None:
    Draft(kind=one[2], ref=one[3], at=one[1], payload={})
    assert (Entry(*one).leaf() == Entry(*other).leaf()) == (one == other)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | REF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(REF, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(REF, JSON, max_size=4))
def test_payload_bytes_do_not_depend_on_key_order(payload: dict[str, Any]) -> None:
    turned = dict(reversed(payload.items()))
    assert encode(payload) == encode(turned)
    assert encode(decode(encode(payload))) == encode(payload)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "opened"),
        ("kind", "Case.opened"),
        ("kind", "case.opened\n"),
        ("kind", "case.opened\nx"),
        ("ref", ""),
        ("ref", "a\nb"),
        ("ref", "a\x85b"),
        ("ref", "a\u2028b"),
        ("ref", "\ud800"),
        ("ref", "x" * 201),
        ("at", 1.5),
        ("at", True),
        ("payload", {"texts": {}}),
        ("texts", {"Reason": ("", ())}),
    ],
)
def test_a_draft_that_can_not_be_committed_to_is_refused(field: str, value: Any) -> None:
    fields: dict[str, Any] = {"kind": "case.opened", "ref": "c", "at": 0, "payload": {}}
    Draft(**fields)
    with pytest.raises(ValueError, match=field.removesuffix("s")):
        Draft(**{**fields, field: value})
