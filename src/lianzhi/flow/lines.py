"""Lines: cuts a byte stream into blocks of whole lines, in bounded memory."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

BLOCK_BYTES = 1 << 20


class Block(NamedTuple):
    """Whole lines of a stream."""

    first: int
    """Number of the first line."""
    body: bytes
    sizes: dict[int, int]
    """Number of each line that was cut -> its real size in bytes, without the line feed."""


def blocks(
    chunks: Iterable[bytes], most_line: int, block_bytes: int = BLOCK_BYTES
) -> Iterator[Block]:
    """Yield blocks of whole lines.

    A block is handed on as soon as it has `block_bytes` or the source pauses (an empty chunk). A
    line longer than `most_line` bytes is cut to one byte more, so that intake refuses it for its
    length; the rest of it is counted and left out.
    """
    number, body, sizes = 1, bytearray(), dict[int, int]()
    rest, dropped = b"", 0  # of the line that has not ended: its beginning, and bytes left out
    for chunk in chunks:
        end, fresh = b"", chunk
        if dropped:
            more, end, fresh = chunk.partition(b"\n")
            dropped += len(more)
            if end:
                sizes[number + body.count(b"\n")] = len(rest) + dropped
                body += rest + end
                rest, dropped = b"", 0
        head, newline, tail = (rest + fresh if not dropped else b"").rpartition(b"\n")
        if newline:
            _put(head, most_line, number + body.count(b"\n"), body, sizes)
        if not dropped:
            rest, dropped = tail[: most_line + 1], max(0, len(tail) - most_line - 1)
        if body and (len(body) >= block_bytes or not chunk):
            yield Block(number, bytes(body), sizes)
            number += body.count(b"\n")
            body, sizes = bytearray(), {}
    if dropped:
        sizes[number + body.count(b"\n")] = len(rest) + dropped
    body += rest
    if body:
        yield Block(number, bytes(body), sizes)


def _put(lines: bytes, most: int, first: int, body: bytearray, sizes: dict[int, int]) -> None:
    """Add whole lines, the first of this number; what is too long is cut."""
    if len(lines) > most:
        each = lines.split(b"\n")
        sizes |= {n: len(line) for n, line in enumerate(each, first) if len(line) > most + 1}
        lines = b"\n".join(line[: most + 1] for line in each)
    body += lines + b"\n"
