"""What is compiled where a C compiler was at hand: the same results, to the bit, sooner.

Nothing needs it. `LIANZHI_PURE=1` in the environment does without.
"""

import os
from functools import cache
from importlib import import_module
from typing import Any


@cache
def part(name: str) -> Any:
    """A compiled module of this package, or None where it is not there or not wanted."""
    if os.environ.get("LIANZHI_PURE") == "1":
        return None
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError:
        return None
