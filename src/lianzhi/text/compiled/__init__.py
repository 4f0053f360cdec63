"""What is compiled where a C compiler was at hand: the same results, to the bit, sooner.

Nothing needs it. `LIANZHI_PURE=1` in the environment does without.
"""

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any


@cache
def part(name: str) -> Any:
    """A compiled module of this package, or None where it is not there, out of date or not wanted.

    Out of date is what is older than any of the sources.
    """
    if os.environ.get("LIANZHI_PURE") == "1":
        return None
    try:
        module = import_module(f"{__name__}.{name}")
    except ImportError:
        return None
    return module if Path(str(module.__file__)).stat().st_mtime >= _newest() else None


@cache
def _newest() -> float:
    sources = Path(__file__).parent.glob("*.p[yx][xd]")
    return max((source.stat().st_mtime for source in sources), default=0)
