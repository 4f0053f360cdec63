"""Signals: what may follow what, what two platforms hash alike, and what can't stand."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.signal import (
    VIEWS,
    Hash,
    Opined,
    Sighted,
    Signal,
    SignalError,
    categories,
    digest,
    fold,
)

DAY = 86_400_000
NOW = 1_795_000_000_000
ID = str(UUID(int=7))
KEY = b"k" * 32


def sighted(**more: Any) -> dict[str, Any]:
    return {
        "signal": ID,
        "owner": "",
        "kind": "account",
        "category": "fake_ratings",
        "confidence": 80,
        "since": NOW - DAY,
        "until": NOW,
        "said_at": NOW,
        "expires_at": NOW + 30 * DAY,
        **more,
    }


def opinion(platform: str, view: str, said_at: int) -> dict[str, Any]:
    return {"platform": platform, "view": view, "made_at": said_at, "said_at": said_at}


def shared(**more: Any) -> Signal:
    return fold(None, "signal.shared", NOW, sighted(case="c1", subject="p_1", **more))


def test_a_signal_is_shared_opined_on_delivered_and_withdrawn() -> None:
    signal = shared()
    assert (signal.status, signal.case, signal.subject, signal.owner) == (
        "standing",
        "c1",
        "p_1",
        "",
    )
    signal = fold(signal, "signal.opined", NOW, opinion("beta", "confirm", NOW + 1))
    signal = fold(signal, "signal.opined", NOW, opinion("gamma", "dispute", NOW + 2))
    signal = fold(signal, "signal.delivered", NOW, {"peer": "beta", "index": 4})
    signal = fold(signal, "signal.withdrawn", NOW, {"said_at": NOW + 3, "why": "appeal"})
    signal = fold(signal, "signal.delivered", NOW, {"peer": "beta", "index": 9})
    assert signal.views("confirm") == ("beta",)
    assert signal.views("dispute") == ("gamma",)
    assert (signal.status, signal.withdrawn_at, signal.why) == ("withdrawn", NOW + 3, "appeal")
    assert signal.delivered == {"beta": 9}
    assert not signal.stands(NOW + 4)


def test_it_counts_until_it_is_over() -> None:
    signal = shared()
    assert signal.stands(NOW + 30 * DAY - 1)
    assert not signal.stands(NOW + 30 * DAY)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("signal.shared", sighted()),
        ("signal.received", sighted()),
        ("signal.opined", opinion("beta", "confirm", NOW)),
        ("signal.matched", {"case": "c2"}),
        ("signal.withdrawn", {"said_at": NOW}),
    ],
)
def test_nothing_but_delivery_follows_a_withdrawal(kind: str, more: dict[str, Any]) -> None:
    gone = fold(shared(), "signal.withdrawn", NOW, {"said_at": NOW})
    with pytest.raises(IllegalStepError):
        fold(gone, kind, NOW, more)


def test_nothing_begins_with_an_opinion_and_nobody_has_one_on_their_own() -> None:
    with pytest.raises(IllegalStepError):
        fold(None, "signal.opined", NOW, opinion("beta", "confirm", NOW))
    with pytest.raises(IllegalStepError):
        fold(shared(owner="beta"), "signal.opined", NOW, opinion("beta", "confirm", NOW))


STATEMENTS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(VIEWS)), min_size=1, max_size=12
)


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_opinions_arrive_does_not_matter(
    said: list[tuple[str, str]], chance: Any
) -> None:
    entries = [opinion(who, view, NOW + n) for n, (who, view) in enumerate(said)]
    mixed = list(entries)
    chance.shuffle(mixed)

    def views(order: list[dict[str, Any]]) -> dict[str, tuple[str, int]]:
        signal = shared()
        for one in order:
            signal = fold(signal, "signal.opined", NOW, one)
        return {who: (one.view, one.said_at) for who, one in signal.opinions.items()}

    assert views(mixed) == views(entries)
    assert {who: view for who, (view, _) in views(mixed).items()} == dict(said)


@given(st.text(min_size=1, max_size=20), st.binary(min_size=16, max_size=32))
def test_a_hash_tells_key_and_kind_apart_and_not_how_it_was_typed(name: str, key: bytes) -> None:
    plain = digest(key, "account", name)
    assert plain == digest(key, "account", f"  {name} ")
    assert plain != digest(key + b"x", "account", name)
    assert plain != digest(key, "content", name)
    assert len(plain) == 64


def test_width_case_and_blanks_do_not_matter() -> None:
    alike = ["Ｔｏｍ  Lee", "tom lee", " TOM\nLEE "]
    assert len({digest(KEY, "account", one) for one in alike}) == 1


GOOD = {name: value for name, value in sighted().items() if name != "owner"}
GOOD |= {"by": "alpha", "hashes": (Hash("2026a", "0" * 64),)}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"category": "opinion"}, "category 'opinion'"),
        ({"kind": "person"}, "kind 'person'"),
        ({"confidence": 101}, "confidence 101"),
        ({"expires_at": NOW + 181 * DAY}, "at most 180 days"),
        ({"expires_at": NOW}, "expires_at"),
        ({"since": NOW + 1}, "since, until"),
        ({"until": NOW + 1}, "since, until"),
        ({"signal": "../etc"}, "UUID"),
        ({"by": "Alpha Beta"}, "by: use"),
        ({"hashes": ()}, "hashes: give 1"),
        ({"hashes": (Hash("k", "u7"),)}, "64 hex"),
        ({"hashes": (Hash("k " * 40, "0" * 64),)}, "key of a hash"),
    ],
)
def test_what_cannot_stand_is_refused_with_field_and_mend(
    change: dict[str, Any], told: str
) -> None:
    Sighted(**GOOD)
    with pytest.raises(SignalError, match=told):
        Sighted(**{**GOOD, **change})


def test_an_opinion_that_cannot_stand_is_refused() -> None:
    good: dict[str, Any] = {"signal": ID, "by": "beta", "view": "confirm"}
    Opined(**good, made_at=NOW, said_at=NOW)
    with pytest.raises(SignalError, match="made_at"):
        Opined(**good, made_at=NOW + 1, said_at=NOW)
    with pytest.raises(SignalError, match="of their own"):
        Opined(**good, made_at=NOW, said_at=NOW, own=True)


def test_categories_are_named_in_both_languages_and_end() -> None:
    for key, one in categories().items():
        assert one.zh, key
        assert one.en, key
        assert 0 < one.most_days <= 180
    assert msgspec.json.decode(msgspec.json.encode(shared()), type=Signal) == shared()
