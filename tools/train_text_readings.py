"""Second readings of COLD's comments: `readings/`, whose README says how they were made."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).with_name("readings")
#: By COLD's fine-grained scheme: attacks an individual, attacks a group.
ATTACKS = (1, 2)
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
