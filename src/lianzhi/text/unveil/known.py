"""What is known of a batch before anything is guessed at."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lianzhi.text.folding import SEPARATOR, as_text
from lianzhi.text.unveil.decode import Sums
from lianzhi.text.unveil.language import Floats, Ids
from lianzhi.text.unveil.plain import Plain


@dataclass(frozen=True)
class Known:
    """A batch as unveiling reads it."""

    plain: Plain
    ids: Ids
    pair: Floats
    """Log-probability of each next character ..."""
    before: Sums
    """... and of all before each place, as it is written."""
    fast: Any = None
    """The same as what is compiled reads it, where that is there."""

    @cached_property
    def text(self) -> str:
        """Its code points as one string."""
        return as_text(self.plain.codes)

    @property
    def lines(self) -> list[str]:
        """Its texts, one by one."""
        return self.text.split(chr(SEPARATOR))[1:-1]
