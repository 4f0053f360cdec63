"""Frames: what is written is read, a torn tail is cut, a damaged middle is never skipped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.flow import log

GENESIS = bytes(32)
LINES = st.lists(st.binary(min_size=1, max_size=20).filter(lambda b: b"\n" not in b), max_size=5)


def written(groups: list[list[bytes]]) -> tuple[bytes, list[int]]:
    """A log of these frames, and where each ends."""
    data, ends, chain, first = b"", [], GENESIS, 0
    for n, lines in enumerate(groups):
        salts = bytes([n]) * (log.SALT_BYTES * len(lines))
        frame, chain = log.encode(
            first, lines, salts, chain, accepted_at=n, floor=n - 1, watermark=n
        )
        data, first = data + frame, first + len(lines)
        ends.append(len(data))
    return data, ends


@given(st.lists(LINES, max_size=5))
def test_round_trip(groups: list[list[bytes]]) -> None:
    data, ends = written(groups)
    read = list(log.decode(data))
    assert [end for end, _ in read] == ends
    chain, first = GENESIS, 0
    for n, ((_, frame), lines) in enumerate(zip(read, groups, strict=True)):
        assert list(frame.lines) == lines
        assert (frame.first, frame.accepted_at, frame.floor, frame.watermark) == (
            first,
            n,
            n - 1,
            n,
        )
        salts = [bytes([n]) * log.SALT_BYTES] * len(lines)
        leaves = [log.leaf(salt, line) for salt, line in zip(salts, lines, strict=True)]
        chain = log.chain_after(chain, first, (n, n - 1, n), leaves)
        assert frame.chain == chain
        first += len(lines)


SAMPLE = [[b'{"id":1}', b"LZF1"], [], [b"three", b"x" * 40], [b"last"]]


def test_any_truncation_yields_a_prefix() -> None:
    data, ends = written(SAMPLE)
    whole = [frame for _, frame in log.decode(data)]
    for size in range(len(data)):
        frames = [frame for _, frame in log.decode(data[:size])]
        assert frames == whole[: sum(end <= size for end in ends)]


def test_no_changed_byte_before_the_last_frame_is_accepted() -> None:
    data, ends = written(SAMPLE)
    for place in range(ends[-2]):
        changed = bytearray(data)
        changed[place] ^= 1 << (place % 8)
        with pytest.raises(log.LogDamagedError, match="restore it"):
            list(log.decode(bytes(changed)))


@given(st.data())
def test_a_changed_last_frame_is_left_out(data_: st.DataObject) -> None:
    data, ends = written(SAMPLE)
    place = data_.draw(st.integers(ends[-2], len(data) - 1))
    changed = bytearray(data)
    changed[place] ^= data_.draw(st.integers(1, 255))
    assert [frame.first for _, frame in log.decode(bytes(changed))] == [0, 2, 2]
