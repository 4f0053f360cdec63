"""Write `src/lianzhi/text/grammar/wordings/compiled.json`: the shipped wordings, compiled.

Without it, or where the files beside it or what compiles them have changed since, they are compiled
as they are read.
"""

from pathlib import Path

import msgspec

from lianzhi.text.grammar import frames
from lianzhi.text.grammar.wording_cache import compile_all, digest, packed, parsed

OUT = Path(__file__).parents[1] / "src/lianzhi/text/grammar/wordings/compiled.json"


def main() -> None:
    """Compile all that the files say, and write it."""
    written = frames.files_of()
    read = parsed(written)
    table = packed(read, compile_all(read, frames.lists_of(read, {})), digest(written))
    OUT.write_bytes(msgspec.json.encode(table, order="deterministic") + b"\n")
    print(f"{OUT}: {sum(map(len, table.wordings.values()))} wordings, {len(table.lists)} lists")


if __name__ == "__main__":
    main()
