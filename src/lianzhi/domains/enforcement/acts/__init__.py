"""Tables of acts of enforcement, one for each noun. See `office.acts`."""

from lianzhi.domains.enforcement.acts.letter import LETTER
from lianzhi.domains.enforcement.acts.penalty import PENALTY
from lianzhi.domains.enforcement.acts.request import REQUEST

TABLES = (REQUEST, PENALTY, LETTER)
