"""What the pages are composed of: quotes, timelines, times."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.finding import Span
from lianzhi.chain.views import EvidenceRow
from lianzhi.documents import format as form
from lianzhi.documents.marks import pieces
from lianzhi.domains.monitor import Bucket
from lianzhi.kit.addresses import local
from lianzhi.kit.format import relative
from lianzhi.stats.poisson import upper_tail
from lianzhi.web.console.quotes import quotes
from lianzhi.web.console.timeline import Mark, Window, figures, usual_at_most
from lianzhi.web.console.words import words

spans = st.lists(
    st.builds(Span, start=st.integers(0, 30), end=st.integers(0, 30), kind=st.sampled_from("abc")),
    max_size=5,
)


@given(st.text(max_size=25), spans)
def test_pieces_join_to_the_text_and_mark_what_the_spans_cover(
    text: str, marked: list[Span]
) -> None:
    found = pieces(text, marked)
    assert "".join(piece.text for piece in found) == text
    at = 0
    for piece in found:
        for offset in range(at, at + len(piece.text)):
            covering = {s.kind for s in marked if s.start <= offset < s.end}
            assert set(piece.kinds) == covering
        at += len(piece.text)


def row(text: str | None, actor: str, at: int = 0, **more: Any) -> EvidenceRow:
    base = {"source": "s", "event": f"e{at}", "seq": at, "at": at, "actor": actor, "account": actor}
    return EvidenceRow(**{**base, "text": text, "kind": "comment", **more})


def test_identical_texts_are_one_quote_the_most_repeated_first() -> None:
    told = quotes(
        [
            row("b", "x", 1),
            row("a", "x", 2),
            row("a ", "y", 3),
            row("a", "y", 4),
            row(None, "z", 5, kind="report"),
            row(None, "w", 6, kind=None),
        ]
    )
    assert [(len(q.rows), q.accounts) for q in told] == [(3, 2), (1, 1), (1, 1), (1, 1)]
    assert [q.kind for q in told] == ["comment", "comment", "report", None]


@pytest.mark.parametrize("mean", [0.0, 0.01, 0.4, 3.0, 40.0])
def test_the_usual_band_is_exceeded_once_in_forty(mean: float) -> None:
    most = usual_at_most(mean)
    assert upper_tail(most + 1, mean) <= 0.025
    assert most == 0 or upper_tail(most, mean) > 0.025


def test_a_window_shows_empty_buckets_too() -> None:
    drawn = Window(0, 240, 60)
    buckets = drawn.buckets([Bucket(60, 60, 5, 4, 3)])
    assert [bucket.arrivals for bucket in buckets] == [0, 5, 0, 0]
    told = figures(
        drawn,
        buckets,
        None,
        [Mark(70, "warn"), Mark(900, "act")],
        zone=dt.UTC,
        gettext=lambda key: key,
    )
    assert told["usual"] is None
    assert [(m["bucket"], m["key"]) for m in told["marks"]] == [(1, "warn")]


@pytest.mark.parametrize(
    ("ms", "zh", "en"),
    [
        (59_999, "不到 1 分钟", "under a minute"),
        (3 * form.MINUTE, "3 分钟", "3 min"),
        (form.HOUR + 20 * form.MINUTE, "1 小时 20 分钟", "1 h 20 min"),
        (11 * form.HOUR + 20 * form.MINUTE, "11 小时", "11 h"),
        (form.DAY, "1 天", "1 day"),
        (3 * form.DAY, "3 天", "3 days"),
    ],
)
def test_durations_are_words(ms: int, zh: str, en: str) -> None:
    assert form.duration(ms, words("zh")) == zh
    assert form.duration(ms, words("en")) == en


def test_a_time_is_told_from_now() -> None:
    now = 10 * form.DAY
    told = [relative(at, now, words("en")) for at in (now, now - form.HOUR, now + form.DAY)]
    assert told == ["just now", "1 h ago", "in 1 day"]


def test_times_are_written_in_the_deployments_zone() -> None:
    at = int(dt.datetime(2026, 11, 24, 12, 5, tzinfo=dt.UTC).timestamp() * 1000)
    assert form.stamp(at, form.BEIJING) == "2026-11-24 20:05"
    assert form.stretch(at, at, form.BEIJING) == "2026-11-24 20:05"
    assert form.stretch(at, at + form.HOUR, form.BEIJING) == "2026-11-24 20:05 – 21:05"
    late = form.stretch(at, at + form.DAY, form.BEIJING)
    assert late == "2026-11-24 20:05 – 2026-11-25 20:05"
    assert form.iso(at, form.BEIJING) == "2026-11-24T20:05:00+08:00"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.02, "<0.1"), (0.38, "0.4"), (12.0, "12"), (1234567, "1,234,567"), (250.4, "250")],
)
def test_figures_carry_no_more_digits_than_they_mean(value: float, text: str) -> None:
    assert form.number(value) == text


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "x", ""]
)
def test_nothing_leads_away_from_this_site(path: str) -> None:
    assert local(path) == "/"
    assert local("/cases?status=all") == "/cases?status=all"
