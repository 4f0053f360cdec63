"""What reading texts made to be slow costs: `python -m bench hostile`.

Milliseconds of CPU for one text of 10,000 characters, the slowest first, compiled and pure.
"""

import os
import subprocess
import sys

from tests.text.hostile import PIECES, SIZE, hostile, milliseconds

from lianzhi.text import assess
from lianzhi.text.arrays import compiled

SHOWN = 6


def main() -> None:
    if compiled.twin("unveil._decode"):
        subprocess.run(
            [sys.executable, "-m", "bench.hostile"],
            env={**os.environ, "LIANZHI_PURE": "1"},
            check=True,
        )
    how = "compiled" if compiled.twin("unveil._decode") else "pure"
    assess("好")  # loads what is read but once
    spent = {name: milliseconds(hostile(pieces), 5) for name, pieces in PIECES.items()}
    for name in sorted(spent, key=spent.__getitem__, reverse=True)[:SHOWN]:
        print(f"{f'hostile: {name}, {SIZE} characters, {how}':64} {spent[name]:.1f} ms CPU")
    print(f"{f'hostile: median of {len(spent)} ways, {how}':64} {_median(spent):.1f} ms CPU")


def _median(spent: dict[str, float]) -> float:
    return sorted(spent.values())[len(spent) // 2]


if __name__ == "__main__":
    main()
