"""What is known of a batch before anything is guessed at."""

from typing import Any, NamedTuple

from lianzhi.text.folding import SEPARATOR, as_text
from lianzhi.text.unveil.decode import Sums
from lianzhi.text.unveil.language import Floats, Ids
from lianzhi.text.unveil.plain import Plain


class Known(NamedTuple):
    """A batch as unveiling reads it."""

    plain: Plain
    ids: Ids
    pair: Floats
    """Log-probability of each next character ..."""
    before: Sums
    """... and of all before each place, as it is written."""
    fast: Any = None
    """The same as what is compiled reads it, where that is there."""

    @property
    def text(self) -> str:
        """Its code points as one string."""
        return as_text(self.plain.codes)

    @property
    def lines(self) -> list[str]:
        """Its texts, one by one."""
        return self.text.split(chr(SEPARATOR))[1:-1]
