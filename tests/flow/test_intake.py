"""Intake: what is refused and why, what is kept, and that both paths agree."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.flow import intake
from lianzhi.flow.intake import Limits

NOW = 1_790_000_000_000
AT = NOW - 1000
LIMITS = Limits(line_bytes=8192)


def row(**changes: Any) -> bytes:
    fields = {"id": "e1", "source": "s", "kind": "comment", "time": AT, "actor": "a", **changes}
    kept = {name: value for name, value in fields.items() if value is not ...}
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "surrogatepass")


GOOD = row(id="good")
LONE = row(text="?").replace(b"?", b"\\ud800")

BAD: list[tuple[str, bytes, str, str]] = [
    ("cut short", row()[:-3], "broken_json", "one JSON object a line"),
    ("single quotes", b"{'id': 1}", "broken_json", ""),
    ("two objects", row() + b" " + row(), "broken_json", ""),
    ("raw control character", row(text="?").replace(b"?", b"\x01"), "broken_json", ""),
    ("NaN", row(ext={"x": float("nan")}), "broken_json", ""),
    ("bad escape", row(other="?").replace(b"?", b"\\x"), "broken_json", ""),
    ("invalid UTF-8", row(text="?").replace(b"?", b"\xff"), "invalid_utf8", "0xff"),
    ("UTF-8 in an unknown field", row(other="?").replace(b"?", b"\xc3\x28"), "invalid_utf8", ""),
    ("surrogate in UTF-8", row(text="\ud800"), "invalid_utf8", ""),
    ("lone surrogate", LONE, "lone_surrogate", "surrogate"),
    ("lone in an unknown field", row(x="?").replace(b"?", b"\\uDC00"), "lone_surrogate", ""),
    ("NUL raw", row(text="?").replace(b"?", b"\x00"), "nul", "NUL"),
    ("NUL escaped", row(text="\x00"), "nul", "NUL"),
    ("NUL after a backslash", row(text="\\\x00"), "nul", "NUL"),
    ("NUL in an unknown field", row(other="\x00"), "nul", "NUL"),
    ("huge line", row(text="长" * 3000), "too_long", "8192"),
    ("long id", row(id="i" * 300), "too_long", "`id`"),
    ("array", b"[1, 2]", "not_an_object", "array"),
    ("number", b"17", "not_an_object", "int"),
    ("null", b"null", "not_an_object", "null"),
    ("string", b'"x"', "not_an_object", "str"),
    ("no actor", row(actor=...), "missing_field", "add `actor`"),
    ("misnamed", row(actor=..., actr="a"), "missing_field", "did `actr` mean `actor`?"),
    ("number as id", row(id=7), "wrong_type", "`id`"),
    ("unknown kind", row(kind="tweet"), "wrong_type", "send one of comment"),
    ("list as text", row(text=["a"]), "wrong_type", "`text`"),
    ("list as ext", row(ext=[1]), "wrong_type", "`ext`"),
    ("number as target", row(target=5), "wrong_type", "`target` is 5"),
    ("word as minor", row(target_is_minor="yes"), "wrong_type", "`target_is_minor`"),
    ("account age out of range", row(actor_created=10**25), "wrong_type", "actor_created"),
    ("account age as text", row(actor_created="2020-01-01"), "wrong_type", "actor_created"),
    ("empty id", row(id=""), "empty_field", "required"),
    ("empty target", row(target=""), "empty_field", "leave it out"),
    ("time as words", row(time="yesterday"), "bad_time", "RFC 3339"),
    ("no zone", row(time="2026-09-01T10:00:00"), "bad_time", "zone"),
    ("true as time", row(time=True), "bad_time", "True"),
    ("null as time", row(time=None), "bad_time", "None"),
    ("fraction", row(time=1.5), "bad_time", "1.5"),
    ("seconds", row(time=AT // 1000), "bad_time", "not seconds"),
    ("negative", row(time=-5), "bad_time", "1990"),
    ("before 1990", row(time="0001-01-01T00:00:00+14:00"), "bad_time", "1990"),
    ("far future", row(time=NOW + 3_600_000), "future_time", "3600 s ahead"),
    ("end of time", row(time="9999-12-31T23:59:59-14:00"), "future_time", "ahead"),
    ("5000 digits", row(time=5).replace(b": 5", b": " + b"5" * 5000), "broken_json", ""),
    ("deep ext", row(ext={"a": 0}).replace(b"0", b"[" * 90 + b"]" * 90), "broken_json", "deeper"),
    ("abyss", b'{"x": ' + b"[" * 4000, "broken_json", ""),
]


@pytest.mark.parametrize(("bad", "reason", "said"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_row_is_refused_by_reason_and_line(bad: bytes, reason: str, said: str) -> None:
    body = b"\n".join((row(id="one"), b"", bad, row(id="two")))
    batch = intake.read(body, NOW, LIMITS, first_line=10)
    assert [event.id for event in batch.events] == ["one", "two"]
    assert batch.lines == [row(id="one"), row(id="two")]
    (refused,) = batch.rejected
    assert (refused.line, refused.reason) == (12, reason)
    assert said in refused.detail
    assert len(refused.detail) <= 300
    assert bad.startswith(refused.raw)
    assert len(refused.raw) <= intake.RAW_KEPT


ODD: list[tuple[str, bytes]] = [
    ("unknown fields are kept", row(platform="x", nested={"a": [1]})),
    ("escaped backslash before u0000 is text", row(text="\\u0000")),
    ("windows line end", row() + b"\r"),
    ("blanks around", b"  " + row() + b" \t"),
    ("byte order mark", b"\xef\xbb\xbf" + row()),
    ("astral escaped", json.dumps({**json.loads(row()), "text": "😀"}).encode()),
    ("line separator in text", row(text="a\u2028b")),
    ("brackets in text", row(text="[笑]{" * 200)),
    ("nulls", row(target=None, text=None, ext=None)),
    ("a date", row(time="2026-09-01T18:00:00.25+08:00")),
    ("a little ahead of the clock", row(time=NOW + 60_000)),
]


@pytest.mark.parametrize("odd", [case[1] for case in ODD], ids=[case[0] for case in ODD])
def test_odd_but_lawful_rows_are_accepted(odd: bytes) -> None:
    alone = intake.read(odd + b"\n", NOW, LIMITS)
    beside_a_bad_one = intake.read(odd + b"\n{\n", NOW, LIMITS)
    assert not alone.rejected
    assert alone.events == beside_a_bad_one.events
    assert alone.lines == beside_a_bad_one.lines == [odd.removeprefix(b"\xef\xbb\xbf").strip()]
    assert intake.decode(alone.lines[0]) == alone.events[0]


def test_values_come_through() -> None:
    sent = row(
        time="2026-09-01T18:00:00.25+08:00", text="你好", target="t", ext={"victim": "v", "n": [1]}
    )
    (event,) = intake.read(sent, NOW, LIMITS).events
    assert event.time == 1_788_256_800_250
    assert (event.text, event.target, event.ext) == ("你好", "t", {"victim": "v", "n": [1]})


def test_of_a_repeated_key_the_last_counts() -> None:
    (event,) = intake.read(row()[:-1] + b', "id": "second"}', NOW, LIMITS).events
    assert event.id == "second"


def test_blank_input_is_nothing() -> None:
    for body in (b"", b"\n", b" \n\r\n\t\n", b"\xef\xbb\xbf\n"):
        assert intake.read(body, NOW, LIMITS) == intake.Batch([], [], [])


ROWS = st.one_of(
    st.sampled_from([bad for _, bad, _, _ in BAD]),
    st.sampled_from([odd for name, odd in ODD if name != "byte order mark"]),
    st.sampled_from([b"", b"  ", b"\r"]),
    # A byte order mark means something else at the very beginning than it does in any other row.
    st.binary(max_size=12).filter(lambda raw: b"\n" not in raw and raw[:3] != b"\xef\xbb\xbf"),
)


def _alone(raw: bytes) -> intake.Batch:
    """Read a row beside nothing but a broken one, so that it takes the slow path."""
    batch = intake.read(b"{\n" + raw, NOW, LIMITS, first_line=0)
    return intake.Batch(batch.events, batch.lines, batch.rejected[1:])


@given(st.lists(ROWS, max_size=8))
def test_any_mix_reads_as_each_row_alone(rows: list[bytes]) -> None:
    batch = intake.read(b"\n".join(rows), NOW, LIMITS)
    alone = [_alone(raw) for raw in rows]
    assert batch.events == [event for one in alone for event in one.events]
    assert batch.lines == [kept for one in alone for kept in one.lines]
    expected = [
        msgspec.structs.replace(refused, line=number)
        for number, one in enumerate(alone, 1)
        for refused in one.rejected
    ]
    assert batch.rejected == expected


@given(st.lists(st.sampled_from([odd for name, odd in ODD if name != "byte order mark"])))
def test_clean_batches_read_the_same_on_both_paths(rows: list[bytes]) -> None:
    clean = intake.read(b"\n".join(rows), NOW, LIMITS)
    slow = intake.read(b"\n".join([*rows, b"{"]), NOW, LIMITS)
    assert (clean.events, clean.lines) == (slow.events, slow.lines)
    assert intake.decode_many(clean.lines) == clean.events


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    batch = intake.read(raw, NOW, LIMITS)
    assert len(batch.events) == len(batch.lines)


@pytest.mark.parametrize("said", ['"five stars"', "1e7", '{"stars": 5}'])
def test_a_stored_line_from_before_ratings_had_a_form_is_read_without(said: str) -> None:
    fields = '"id":"a","source":"s","kind":"rating","time":1790000000000,"actor":"u"'
    old = f'{{{fields},"rating":{said}}}'.encode()
    (one,) = intake.decode_many([old])
    assert (one.id, one.rating) == ("a", None)
    assert intake.decode(old) == one


def test_unknown_fields_are_counted_and_kept_in_the_line() -> None:
    rows = [row(id="1", traget="t"), row(id="2"), row(id="3", traget="u", mine={"a": [1]})]
    batch = intake.read(b"\n".join(rows), NOW, LIMITS)
    assert batch.unknown == {"traget": 2, "mine": 1}
    assert [event.target for event in batch.events] == [None, None, None]
    assert batch.lines == rows
    assert intake.decode_many(batch.lines) == batch.events
    assert (intake.nearest_field("traget"), intake.nearest_field("mine")) == ("target", "")


def test_a_strict_intake_refuses_them_and_says_what_was_meant() -> None:
    rows = [row(id="1", traget="t"), row(id="2"), row(id="3", mine=1)]
    limits = msgspec.structs.replace(LIMITS, strict=True)
    batch = intake.read(b"\n".join(rows), NOW, limits)
    assert [event.id for event in batch.events] == ["2"]
    assert [(refused.line, refused.reason, refused.detail) for refused in batch.rejected] == [
        (1, "unknown_field", "field `traget` is unknown; did you mean `target`?"),
        (3, "unknown_field", "field `mine` is unknown; put what else you have under `ext`"),
    ]
    assert not batch.unknown


def test_names_of_unknown_fields_are_bounded() -> None:
    rows = [row(id=str(n), **{f"{n}x" * 100: 1}) for n in range(300)]
    batch = intake.read(b"\n".join(rows), NOW, LIMITS)
    assert len(batch.events) == 300
    assert len(batch.unknown) == 50
    assert max(map(len, batch.unknown)) <= 80
