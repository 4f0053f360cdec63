"""Acts on a note. See `office.acts`."""

from lianzhi.domains.mediation.desk.learning import Learning
from lianzhi.domains.mediation.nouns.dispute import CAUSES
from lianzhi.domains.mediation.nouns.note import KINDS, STEPS, WAYS
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.office.acts import DAY, Act, ActTable, Field, Opening, method_of, words

_OPENING = Opening(
    "write",
    ("oversee",),
    "written",
    lambda desk, by, **given: desk.learning.write(by, **given),
    (
        Field("kind", "choice", "note.kind", choices=KINDS, family="note_kind"),
        Field("field", "choice", "mediation.field", choices=FIELDS, family="mediator_field"),
        Field("cause", "choice", "note.cause", choices=CAUSES, family="dispute_cause"),
        Field("offices", "text", "note.offices", required=False),
        Field("enterprises", "text", "note.enterprises", required=False),
        Field("start", "day", "note.start", required=False),
        words("note.words", max_length=5000),
    ),
)
_ACTS = (
    Act(
        "send",
        ("intake", "oversee"),
        ("sent",),
        method_of("learning", Learning.send),
        (Field("way", "choice", "note.way", choices=WAYS, family="note_way"), DAY),
        lambda note, today: note.is_partial,
    ),
    Act(
        "withdraw",
        ("oversee",),
        ("withdrawn",),
        method_of("learning", Learning.withdraw),
        (words("note.withdraw_words"),),
    ),
)
NOTE = ActTable("note", "/notes", STEPS, _ACTS, frozenset(), opening=_OPENING)
