"""Intake 接入: from NDJSON bytes to typed events; bad rows to quarantine, good rows kept.

The whole batch is decoded at once; only a batch that holds something bad is read line by line, so
that clean traffic costs half a microsecond an event.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

import msgspec
import numpy as np

from lianzhi.chain.event import KINDS, Event
from lianzhi.flow.quarantine import Reason, Rejected
from lianzhi.nearest import nearest

RAW_KEPT = 4096
#: Unix milliseconds of 1990-01-01; earlier times are seconds sent as milliseconds, or noise.
EARLIEST_MS = 631_152_000_000
#: Integers that are kept beside the time must fit the 64 bits of a column.
_INT64 = 1 << 63
_OPENING, _CLOSING = (np.frombuffer(marks, dtype=np.uint8) for marks in (b"[{", b"]}"))
_BOM = b"\xef\xbb\xbf"


class Limits(msgspec.Struct, frozen=True):
    """Bounds on the input."""

    rejected: int = 20_000
    """Most refused rows of one batch that are kept whole; further ones are only counted."""
    line_bytes: int = 256 * 1024
    """A longer line is quarantined unread."""
    future_ms: int = 5 * 60_000
    """An event may be this far ahead of the clock (skew), not further."""
    kinds: frozenset[str] = frozenset(KINDS)
    """Kinds of event that are taken in."""
    depth: int = 64
    """Levels of nesting. The decoder's own limit depends on the caller's stack: a row near it
    would be accepted here and could not be read again elsewhere."""
    strict: bool = False
    """Refuse rows that have unknown fields."""


class Batch(msgspec.Struct):
    """What one input chunk held: events with the raw line of each, and refused rows."""

    events: list[Event]
    lines: list[bytes]
    rejected: list[Rejected]
    numbers: Sequence[int] = ()
    """Line of the input in which each event stood."""
    uncounted: int = 0
    """Refused rows beyond the limit; the last of `rejected` says so."""
    unknown: Counter[str] = msgspec.field(default_factory=Counter)
    """Fields of accepted rows that no event has, which nobody reads: how many rows have each."""


class _Dated(Event, gc=False, kw_only=True):
    """An event whose time is written as RFC 3339 with a zone."""

    time: Annotated[dt.datetime, msgspec.Meta(tz=True)]  # type: ignore[assignment]


_integers = msgspec.json.Decoder(Event)
_dates = msgspec.json.Decoder(_Dated)
_FIELDS = Event.__struct_fields__
_NOT_DATA = ("seq",)
#: Fields that a sender may mean.
_SENT = [name for name in _FIELDS if name not in _NOT_DATA]
#: Unknown fields that are counted in one batch, and the length of their names that is told.
_NAMES, _NAME = 50, 80
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def read(
    body: bytes,
    now: int,
    limits: Limits,
    first_line: int = 1,
    sizes: Mapping[int, int] = MappingProxyType({}),
) -> Batch:
    """Decode whole lines of NDJSON; blank lines are skipped, a last line needs no newline.

    `now` is the clock (Unix ms) against which future times are judged; `first_line` numbers the
    rows, `sizes` has the real size of lines that were cut, by number. A byte order mark before the
    first row is skipped (RFC 8259, 8.1). Never raises on bad input.
    """
    body = body.removeprefix(_BOM)
    lines = body.split(b"\n")
    try:
        return _read_clean(body, lines, now, limits, first_line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, _SlowPathError):
        return _read_each(lines, now, limits, first_line, sizes)


def decode(line: bytes) -> Event:
    """The event in a line that intake accepted earlier, without the fields that it does not know.

    Before events had a `rating`, a line might hold anything by that name; it is left out.
    """
    try:
        return _integers.decode(line)
    except msgspec.ValidationError:
        try:
            return _undated(_dates.decode(line))
        except msgspec.ValidationError:
            if _unknown_fields(line):
                return decode(_without_unknown(line))
            fields = msgspec.json.decode(line)
            if "rating" not in fields:
                raise
            del fields["rating"]
            return decode(msgspec.json.encode(fields))


def decode_many(lines: list[bytes]) -> list[Event]:
    """Events of accepted lines, as `decode` gives them one by one."""
    try:
        return _integers.decode_lines(b"\n".join(lines))
    except msgspec.ValidationError:
        return [decode(line) for line in lines]


class _SlowPathError(Exception):
    """The batch holds something that needs a look at each line."""


def _read_clean(
    body: bytes, lines: list[bytes], now: int, limits: Limits, first_line: int
) -> Batch:
    body.decode("utf-8")  # also inside fields that the decoder skips
    if b"\\u0000" in body or b"\x00" in body:
        raise _SlowPathError
    kept = [stripped for line in lines if (stripped := line.strip())]
    try:
        events = _integers.decode_lines(body)
    except msgspec.ValidationError:
        events = [_undated(event) for event in _dates.decode_lines(body)]
    if len(events) != len(kept) or not _shallow(body, kept, limits.depth):
        raise _SlowPathError
    if not events:
        return Batch([], [], [])
    times = [event.time for event in events]
    if min(times) < EARLIEST_MS or max(times) > now + limits.future_ms:
        raise _SlowPathError
    if max(map(len, lines)) > limits.line_bytes or not all(map(_fits, events)):
        raise _SlowPathError
    if not limits.kinds.issuperset([event.kind for event in events]):
        raise _SlowPathError
    numbers: Sequence[int] = range(first_line, first_line + len(kept))
    if len(kept) < len(lines) - (not lines[-1]):
        numbers = [n for n, line in enumerate(lines, first_line) if line.strip()]
    return Batch(events, kept, [], numbers)


def _shallow(body: bytes, lines: list[bytes], depth: int) -> bool:
    """Whether no line can be nested deeper; brackets in texts may make it say no."""
    if body.count(b"{") + body.count(b"[") <= len(lines) + depth - 1:
        return True
    return max(line.count(b"{") + line.count(b"[") for line in lines) <= depth


def _depth(line: bytes) -> int:
    """Levels of nesting of a JSON text."""
    marks = np.frombuffer(re.sub(rb'"(?:[^"\\]|\\.)*"', b"", line), dtype=np.uint8)
    opened = np.isin(marks, _OPENING).astype(np.int64) - np.isin(marks, _CLOSING)
    return int(opened.cumsum().max(initial=0))


def _fits(event: Event) -> bool:
    created = event.actor_created
    return created is None or -_INT64 <= created < _INT64


def _read_each(
    lines: list[bytes], now: int, limits: Limits, first_line: int, sizes: Mapping[int, int]
) -> Batch:
    numbers: list[int] = []
    batch = Batch([], [], [], numbers)
    for number, line in enumerate(lines, first_line):
        if not line or line.isspace():
            continue
        try:
            _check_size(sizes.get(number, len(line)), limits)
            event, unknown = _read_line(line, now, limits)
        except _RefusedError as refused:
            if len(batch.rejected) >= limits.rejected:
                batch.uncounted += 1
                continue
            raw = line[:RAW_KEPT]
            batch.rejected.append(Rejected(number, refused.reason, refused.detail[:300], raw))
        else:
            batch.events.append(event)
            batch.lines.append(line.strip())
            numbers.append(number)
            if len(batch.unknown) < _NAMES:
                batch.unknown.update(name[:_NAME] for name in unknown[:_NAMES])
    if batch.uncounted:
        last = batch.rejected[-1]
        more = f"; {batch.uncounted} more rows of this batch were refused and not kept"
        batch.rejected[-1] = Rejected(last.line, last.reason, last.detail[:200] + more, last.raw)
    return batch


class _RefusedError(Exception):
    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason: Reason = reason
        self.detail = detail
        super().__init__(detail)


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.line_bytes:
        detail = f"the line has {size} bytes; send at most {limits.line_bytes}"
        raise _RefusedError("too_long", detail)


def _read_line(line: bytes, now: int, limits: Limits) -> tuple[Event, list[str]]:
    """The event, and the names of fields that no event has."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"byte {error.start} is not UTF-8 (0x{line[error.start]:02x}); send UTF-8"
        raise _RefusedError("invalid_utf8", where) from None
    if b"\x00" in line or re.search(rb"(?<!\\)(?:\\\\)*\\u0000", line):
        raise _RefusedError("nul", "the row holds a NUL character; remove it")
    if not _shallow(line, [line], limits.depth) and _depth(line) > limits.depth:
        raise _RefusedError("broken_json", f"nested deeper than {limits.depth} levels; flatten it")
    event, unknown = _decode_explained(line)
    if unknown and limits.strict:
        raise _RefusedError("unknown_field", _unknown_explained(unknown))
    if event.kind not in limits.kinds:
        kinds = ", ".join((*KINDS, *sorted(limits.kinds.difference(KINDS))))
        detail = f"field `kind` is {event.kind!r:.80}; send one of {kinds}"
        raise _RefusedError("wrong_type", detail)
    if event.time < EARLIEST_MS:
        raise _RefusedError(
            "bad_time", f"time {event.time} is before 1990; send Unix milliseconds, not seconds"
        )
    if event.time > now + limits.future_ms:
        ahead = (event.time - now) // 1000
        limit = limits.future_ms // 1000
        detail = f"time {event.time} is {ahead} s ahead of the clock; at most {limit} s is allowed"
        raise _RefusedError("future_time", detail)
    if not _fits(event):
        detail = f"field `actor_created` is {event.actor_created}; send Unix milliseconds"
        raise _RefusedError("wrong_type", detail)
    return event, unknown


def conflict(batch: Batch, place: int) -> Rejected:
    """Why the event at a place of the batch is refused, whose id another event has."""
    event = batch.events[place]
    detail = (
        f"id {event.id[:60]!r} of source {event.source[:60]!r} is known with other content, which "
        "stays; give a new event an id of its own"
    )
    return Rejected(batch.numbers[place], "conflict", detail, batch.lines[place][:RAW_KEPT])


def nearest_field(name: str) -> str:
    """The field of an event that an unknown name was probably meant to be; empty: none is near."""
    return nearest(name, _SENT)


def _unknown_explained(names: list[str]) -> str:
    name = names[0]
    near = nearest_field(name)
    hint = f"did you mean `{near}`?" if near else "put what else you have under `ext`"
    return f"field `{name[:_NAME]}` is unknown; {hint}"


def _unknown_fields(line: bytes) -> list[str]:
    sent = msgspec.json.decode(line)
    return [name for name in sent if name not in _FIELDS] if isinstance(sent, dict) else []


def _without_unknown(line: bytes) -> bytes:
    """A line of JSON with the fields of an event alone, each as it was written."""
    sent = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({name: value for name, value in sent.items() if name in _FIELDS})


def _decode_explained(line: bytes, known: bytes | None = None) -> tuple[Event, list[str]]:
    """The event in a line, and unknown fields; `known` is the line without these."""
    data = line if known is None else known
    try:
        return _integers.decode(data), []
    except msgspec.ValidationError as error:
        problem = error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _undecodable(line, error) from None
    if "`$.time`" in str(problem) and "`str`" in str(problem):
        try:
            return _undated(_dates.decode(data)), []
        except msgspec.ValidationError as error:
            problem = error
    if "contains unknown field" in str(problem):
        try:
            unknown, known = _unknown_fields(line), _without_unknown(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _undecodable(line, error) from None
        return _decode_explained(line, known)[0], unknown
    raise _invalid(line, str(problem))


def _undecodable(line: bytes, error: Exception) -> _RefusedError:
    if re.search(rb"\\u[dD][89a-fA-F]", line):
        try:
            text = msgspec.json.decode(re.sub(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}", b"?", line))
        except (msgspec.DecodeError, RecursionError):
            text = None
        if isinstance(text, dict):
            detail = "the row holds half of a surrogate pair; send whole characters"
            return _RefusedError("lone_surrogate", detail)
    return _RefusedError("broken_json", f"{error}; send one JSON object a line")


def _invalid(line: bytes, problem: str) -> _RefusedError:
    """Turn the decoder's message into reason, field, value and mend."""
    if "got `" in problem and "at `$" not in problem and "Expected `object`" in problem:
        return _RefusedError("not_an_object", f"{problem}; send one JSON object a line")
    missing = re.search(r"missing required field `(\w+)`", problem)
    try:
        sent = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _undecodable(line, error)
    if missing:
        name = missing[1]
        near = nearest(name, (key for key in sent if key not in _FIELDS))
        hint = f"; did `{near}` mean `{name}`?" if near else f"; add `{name}`"
        return _RefusedError("missing_field", f"field `{name}` is missing{hint}")
    path = re.search(r"`\$\.(\w+)", problem)
    name = path[1] if path else "?"
    value = repr(sent.get(name))[:80]
    if name == "time":
        mend = "send RFC 3339 with a zone (2026-11-24T20:05:00+08:00) or integer Unix milliseconds"
        return _RefusedError("bad_time", f"field `time` is {value}; {mend}")
    expected = problem.partition(" - at ")[0]
    if "length >= 1" in problem:
        return _RefusedError("empty_field", f"field `{name}` is empty; {_mend(name)}")
    if "length <=" in problem:
        return _RefusedError("too_long", f"field `{name}` is too long: {expected}")
    return _RefusedError("wrong_type", f"field `{name}` is {value}: {expected}")


def _mend(name: str) -> str:
    return "leave it out" if name not in ("id", "source", "kind", "actor") else "it is required"


def _undated(event: _Dated) -> Event:
    moment = event.time
    fields = {name: getattr(event, name) for name in _FIELDS if name not in _NOT_DATA}
    fields["time"] = (moment - _EPOCH) // _MILLISECOND
    return Event(**fields)
