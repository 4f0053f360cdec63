"""A batch with the language model's scores of what is written."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lianzhi.text.arrays.batch import SEPARATOR, as_text
from lianzhi.text.unveil.decode import Sums
from lianzhi.text.unveil.language import Floats, Ids
from lianzhi.text.unveil.plain import Plain


@dataclass(frozen=True)
class ScoredBatch:
    """A batch without signs, and how likely its characters are as written."""

    plain: Plain
    ids: Ids
    pair: Floats
    """Log-probability of each next character, given the one before."""
    before: Sums
    """Log-probability of all characters before each place."""
    fast: Any = None
    """The same for the compiled twins; None without them."""

    @cached_property
    def text(self) -> str:
        """The code points as one string."""
        return as_text(self.plain.codes)

    @property
    def lines(self) -> list[str]:
        """The texts, one by one."""
        return self.text.split(chr(SEPARATOR))[1:-1]
