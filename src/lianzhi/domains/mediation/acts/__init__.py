"""Tables of acts of mediation, one for each noun. See `office.acts`."""

from lianzhi.domains.mediation.acts.dispute import DISPUTE
from lianzhi.domains.mediation.acts.lesson import LESSON
from lianzhi.domains.mediation.acts.manual import MANUAL
from lianzhi.domains.mediation.acts.matter import MATTER
from lianzhi.domains.mediation.acts.mediator import MEDIATOR
from lianzhi.domains.mediation.acts.note import NOTE
from lianzhi.domains.mediation.acts.question import QUESTION
from lianzhi.domains.mediation.acts.reception import COMMITMENT, RECEPTION
from lianzhi.domains.mediation.acts.review import REVIEW
from lianzhi.domains.mediation.acts.warning import WARNING

TABLES = (
    WARNING,
    DISPUTE,
    MEDIATOR,
    NOTE,
    QUESTION,
    MANUAL,
    LESSON,
    RECEPTION,
    COMMITMENT,
    MATTER,
    REVIEW,
)
