"""Acts on a filing of a party. See `office.acts`."""

from lianzhi.domains.mediation.desk.filings import Filings
from lianzhi.domains.mediation.nouns.dispute import CAUSES
from lianzhi.domains.mediation.nouns.filing import STEPS
from lianzhi.domains.mediation.routes import FIELDS, REMEDIES
from lianzhi.office.acts import Act, ActTable, Field, method_of, words

_STAFF = ("intake", "oversee")
_FIELD = Field("field", "choice", "dispute.field", choices=FIELDS, family="mediation_field")
_ACTS = (
    Act(
        "take_in",
        _STAFF,
        ("taken_in",),
        method_of("filings", Filings.take_in),
        (
            _FIELD,
            Field("cause", "choice", "dispute.cause", choices=CAUSES, family="dispute_cause"),
            Field("office", "text", "dispute.office"),
            Field("officer", "text", "dispute.officer", required=False),
            Field("amount", "number", "dispute.amount", required=False),
        ),
    ),
    Act(
        "refer",
        _STAFF,
        ("referred",),
        method_of("filings", Filings.refer),
        (
            _FIELD,
            Field(
                "remedy", "choice", "mediation.remedy", choices=REMEDIES, family="mediation_remedy"
            ),
            Field("forum", "choice", "mediation.forum"),
            words("filing.answer", max_length=2000),
        ),
    ),
)
FILING = ActTable("filing", "/filings", STEPS, _ACTS, frozenset({"sent"}))
