"""Compiled twins: the same results as the pure modules, to the bit, sooner.

A twin lies beside its pure module: `unveil/_decode.pyx` beside `unveil/decode.py`. Nothing needs
them: without a C compiler, or with `LIANZHI_PURE=1` in the environment, the pure modules do all.
"""

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

_TEXT = Path(__file__).parents[1]
_PACKAGE = __package__.rpartition(".")[0]


@cache
def twin(name: str) -> Any:
    """Return a compiled module by its name inside `lianzhi.text`, such as `unveil._decode`.

    None where it was not compiled, is older than any source of a twin, or `LIANZHI_PURE` is 1.
    """
    if os.environ.get("LIANZHI_PURE") == "1":
        return None
    try:
        module = import_module(f"{_PACKAGE}.{name}")
    except ImportError:
        return None
    return module if Path(str(module.__file__)).stat().st_mtime >= _newest_source() else None


@cache
def _newest_source() -> float:
    sources = _TEXT.glob("*/_*.p[yx][xd]")
    return max((source.stat().st_mtime for source in sources), default=0)
