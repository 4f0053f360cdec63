"""Arrays that are shipped with the package."""

from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray


def arrays(name: str) -> dict[str, NDArray[Any]]:
    """The arrays of a model by their names, `kinds` for instance."""
    with (files(__package__) / "model" / f"{name}.npz").open("rb") as file, np.load(file) as data:
        return dict(data)
