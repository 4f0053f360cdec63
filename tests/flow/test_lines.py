"""Lines: any chunking of a stream gives the lines of the stream."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lianzhi.flow.lines import blocks

MOST = 8


def naive(data: bytes) -> list[tuple[int, bytes, int]]:
    """Number, text and size of every line that is not empty, cut where it is too long."""
    return [(n, one[: MOST + 1], len(one)) for n, one in enumerate(data.split(b"\n"), 1) if one]


def read(chunks: list[bytes], block_bytes: int) -> list[tuple[int, bytes, int]]:
    return [
        (number, one, sizes.get(number, len(one)))
        for first, block, sizes in blocks(chunks, MOST, block_bytes)
        for number, one in enumerate(block.split(b"\n"), first)
        if one
    ]


TEXT = st.lists(st.sampled_from([b"\n", b"a", b"bb", b"\r", b"long line over it"]), max_size=30)


@given(TEXT, st.lists(st.integers(0, 200), max_size=12), st.integers(1, 40))
def test_any_chunking_gives_the_same_lines(
    parts: list[bytes], cuts: list[int], block_bytes: int
) -> None:
    data = b"".join(parts)
    places = sorted({0, len(data), *(c for c in cuts if c <= len(data))})
    chunks = [data[a:b] for a, b in pairwise(places)]
    assert read(chunks, block_bytes) == naive(data)
    paused = [part for chunk in chunks for part in (chunk, b"")]
    assert read(paused, block_bytes) == naive(data)


def test_a_pause_hands_on_what_is_there_but_no_half_line() -> None:
    given_out = []
    for block in blocks(iter([b"one\ntw", b"", b"o\n", b""]), MOST):
        given_out.append(block)
    assert given_out == [(1, b"one\n", {}), (2, b"two\n", {})]


def test_an_endless_line_takes_no_memory() -> None:
    endless = (b"x" * 1000 for _ in range(5000))
    ((number, block, sizes),) = blocks(endless, MOST)
    assert (number, block, sizes) == (1, b"x" * (MOST + 1), {1: 5_000_000})
