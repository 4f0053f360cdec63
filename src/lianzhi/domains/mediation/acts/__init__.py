"""Tables of acts of mediation, one for each noun. See `office.acts`."""

from lianzhi.domains.mediation.acts.dispute import DISPUTE
from lianzhi.domains.mediation.acts.filing import FILING
from lianzhi.domains.mediation.acts.mediator import MEDIATOR
from lianzhi.domains.mediation.acts.note import NOTE
from lianzhi.domains.mediation.acts.warning import WARNING

TABLES = (WARNING, DISPUTE, FILING, MEDIATOR, NOTE)
