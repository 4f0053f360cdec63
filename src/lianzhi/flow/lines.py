"""Lines: cuts a byte stream into blocks of whole lines, in bounded memory."""

from collections.abc import Iterable, Iterator

BLOCK_BYTES = 1 << 20


def blocks(
    chunks: Iterable[bytes], most_line: int, block_bytes: int = BLOCK_BYTES
) -> Iterator[tuple[int, bytes]]:
    """Yield (number of the first line, block of whole lines).

    A block is handed on as soon as it has `block_bytes` or the source pauses (an empty chunk). A
    line longer than `most_line` bytes is cut to one byte more, so that intake refuses it for its
    length, and the rest of it is skipped.
    """
    number, block, rest, skipping = 1, bytearray(), b"", False
    for chunk in chunks:
        fresh = chunk
        if skipping:
            _, newline, fresh = chunk.partition(b"\n")
            skipping = not newline
        head, newline, rest = (rest + fresh).rpartition(b"\n")
        if newline:
            block += _cut(head, most_line) + b"\n"
        if len(rest) > most_line:
            block += rest[: most_line + 1] + b"\n"
            rest, skipping = b"", True
        if block and (len(block) >= block_bytes or not chunk):
            yield number, bytes(block)
            number += block.count(b"\n")
            block = bytearray()
    block += rest
    if block:
        yield number, bytes(block)


def _cut(lines: bytes, most: int) -> bytes:
    if len(lines) <= most:
        return lines
    return b"\n".join(line[: most + 1] for line in lines.split(b"\n"))
