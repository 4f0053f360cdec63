"""What is sealed opens by its own key alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.mediation.sealing import SealedError, new_key, seal, unseal

SECRET = b"s" * 32


@given(words=st.text(max_size=500), dispute=st.text(min_size=1, max_size=40))
def test_words_come_back_whole_and_stand_nowhere_in_what_is_stored(words, dispute):
    key = new_key(SECRET, dispute)
    sealed = seal(SECRET, key, dispute, words)
    assert unseal(SECRET, key, dispute, sealed) == words
    assert sealed != seal(SECRET, key, dispute, words)


@given(position=st.integers(min_value=0), bit=st.integers(0, 5))
def test_an_altered_text_is_refused(position, bit):
    key = new_key(SECRET, "D1")
    sealed = bytearray(seal(SECRET, key, "D1", "让步一万元").encode())
    sealed[position % (len(sealed) - 4)] ^= 1 << bit
    with pytest.raises(SealedError):
        unseal(SECRET, key, "D1", sealed.decode("latin-1"))


def test_another_key_dispute_or_deployment_opens_nothing():
    key = new_key(SECRET, "D1")
    sealed = seal(SECRET, key, "D1", "让步一万元")
    for secret, other, dispute in (
        (b"t" * 32, key, "D1"),
        (SECRET, new_key(SECRET, "D1"), "D1"),
        (SECRET, key, "D2"),
    ):
        with pytest.raises(SealedError):
            unseal(secret, other, dispute, sealed)
    with pytest.raises(SealedError):
        seal(SECRET, key, "D2", "x")
