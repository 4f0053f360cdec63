"""NumPy archives that lie beside the stage that reads them."""

from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray


def load_arrays(package: str, name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of `name`.npz in a package (`__package__` of the caller) by their names."""
    with (files(package) / f"{name}.npz").open("rb") as file, np.load(file) as data:
        return dict(data)
