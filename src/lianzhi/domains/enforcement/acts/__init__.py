"""Tables of acts of enforcement, one for each noun. See `office.acts`."""

from lianzhi.domains.enforcement.acts.draw import DRAW
from lianzhi.domains.enforcement.acts.file_review import FILE_REVIEWS, SAMPLE
from lianzhi.domains.enforcement.acts.letter import LETTER
from lianzhi.domains.enforcement.acts.officer import OFFICER
from lianzhi.domains.enforcement.acts.penalty import PENALTY
from lianzhi.domains.enforcement.acts.request import REQUEST

TABLES = (REQUEST, PENALTY, LETTER, DRAW, OFFICER, SAMPLE, *FILE_REVIEWS)
