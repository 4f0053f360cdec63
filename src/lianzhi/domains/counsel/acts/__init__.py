"""Tables of acts of the legal office, one for each noun. See `office.acts`."""

from lianzhi.domains.counsel.acts.lesson import LESSON
from lianzhi.domains.counsel.acts.manual import MANUAL
from lianzhi.domains.counsel.acts.matter import MATTER
from lianzhi.domains.counsel.acts.question import QUESTION
from lianzhi.domains.counsel.acts.reception import COMMITMENT, RECEPTION
from lianzhi.domains.counsel.acts.review import REVIEW

TABLES = (QUESTION, MANUAL, LESSON, RECEPTION, COMMITMENT, MATTER, REVIEW)
