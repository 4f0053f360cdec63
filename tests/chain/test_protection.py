"""Protection: the check as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.protection import CHANNELS, DAY_MS, PASS, Terms, check

END = 100 * DAY_MS
STRANGERS = Terms(channels=("comment", "mention"), expires_at=END)
YOUNG = Terms(channels=("comment",), expires_at=END, strangers=False, younger_than_days=30)
BOTH = Terms(channels=CHANNELS, expires_at=END, younger_than_days=30)
NOW = 50 * DAY_MS
OLD, NEW = NOW - 30 * DAY_MS, NOW - 30 * DAY_MS + 1


@pytest.mark.parametrize(
    ("terms", "channel", "at", "stranger", "created", "reason"),
    [
        (STRANGERS, "comment", NOW, True, OLD, "stranger"),
        (STRANGERS, "comment", NOW, True, None, "stranger"),
        (STRANGERS, "comment", NOW, False, NEW, ""),
        (STRANGERS, "mention", NOW, True, OLD, "stranger"),
        (STRANGERS, "private_message", NOW, True, OLD, ""),
        (STRANGERS, "like", NOW, True, OLD, ""),
        (STRANGERS, "comment", END - 1, True, OLD, "stranger"),
        (STRANGERS, "comment", END, True, OLD, ""),
        (YOUNG, "comment", NOW, True, OLD, ""),
        (YOUNG, "comment", NOW, True, NEW, "young_account"),
        (YOUNG, "comment", NOW, False, NEW, "young_account"),
        (YOUNG, "comment", NOW, False, None, "unknown_age"),
        (YOUNG, "mention", NOW, False, None, ""),
        (BOTH, "repost", NOW, True, OLD, "stranger"),
        (BOTH, "repost", NOW, False, OLD, ""),
        (BOTH, "repost", NOW, False, NEW, "young_account"),
    ],
)
def test_check(
    terms: Terms, channel: str, at: int, stranger: bool, created: int | None, reason: str
) -> None:
    verdict = check(terms, channel, at=at, stranger=stranger, actor_created=created)
    assert verdict.reason == reason
    assert verdict.allowed == (reason == "")
    assert verdict.expires_at == (END if reason else None)


@given(
    st.sampled_from([STRANGERS, YOUNG, BOTH]),
    st.integers(0, 2 * END),
    st.booleans(),
    st.none() | st.integers(0, END),
)
def test_every_protection_lapses_and_touches_only_its_channels(
    terms: Terms, at: int, stranger: bool, created: int | None
) -> None:
    late = check(terms, "comment", at=END + at, stranger=stranger, actor_created=created)
    other = check(terms, "danmaku", at=at, stranger=stranger, actor_created=created)
    assert late == other == PASS
