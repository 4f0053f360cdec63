"""Second readings of COLD's comments: `readings/`, whose README says how they were made.

    python tools/train_text_readings.py

prints how well two readers agree on the comments that both read.
"""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).with_name("readings")
#: By COLD's fine-grained scheme: attacks an individual, attacks a group.
ATTACKS = (1, 2)
#: Speaks against prejudice.
AGAINST = 3
#: A character for each comment, in the file's order: readings 0 to 3, the same in doubt, none.
SIGNS = "0123abcd."


def load(part: str, count: int) -> NDArray[np.int64]:
    """Readings of a part of COLD by the fine-grained scheme, -1 where there is none.

    Raises ValueError if they are of another number of comments.
    """
    path = FOLDER / f"{part}.txt"
    if not path.is_file():
        return np.full(count, -1)
    signs = "".join(path.read_text("ascii").split())
    if len(signs) != count:
        raise ValueError(f"{path} has {len(signs)} readings, {part} {count} comments")
    place = np.array([SIGNS.index(sign) for sign in signs])
    return np.where(place == SIGNS.index("."), -1, place % 4)


def agreement() -> tuple[int, float, float]:
    """Comments that two readers read, and the shares they agree on: all four, attack or none."""
    with (FOLDER / "twice.tsv").open(encoding="ascii", newline="") as file:
        both = np.array([[int(one) for one in row[2:]] for row in csv.reader(file, delimiter="\t")])
    attack = np.isin(both, ATTACKS)
    same = [float((each[:, 0] == each[:, 1]).mean()) for each in (both, attack)]
    return len(both), same[0], same[1]


if __name__ == "__main__":
    count, four, two = agreement()
    print(f"{count} comments read twice: {four:.3f} agree on all four, {two:.3f} on attack or none")
