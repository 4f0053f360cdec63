"""Acts on a mediator. See `office.acts`."""

from lianzhi.domains.mediation.desk.mediators import Mediators
from lianzhi.domains.mediation.nouns.dispute import LANGUAGES, LEVELS
from lianzhi.domains.mediation.nouns.mediator import STEPS
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.office.acts import Act, ActTable, Field, Opening, method_of, words


def _several(name: str, choices: tuple[str, ...], family: str, required: bool = True) -> Field:
    label = f"mediator.{name}"
    return Field(name, "choice", label, required, choices, family, several=True)


_FIELDS = (
    _several("fields", FIELDS, "mediator_field"),
    _several("rooms", LEVELS, "dispute_level", required=False),
    _several("languages", LANGUAGES, "dispute_language"),
    Field("most_open", "number", "mediator.most_open"),
    Field("legal_until", "until", "mediator.legal_until", required=False),
    Field("psychology_until", "until", "mediator.psychology_until", required=False),
    Field("employers", "text", "mediator.employers", required=False),
    Field("offices", "text", "mediator.offices", required=False),
)
_ACTS = (
    Act("change", ("oversee",), ("changed",), method_of("mediators", Mediators.change), _FIELDS),
    Act(
        "retire",
        ("oversee",),
        ("retired",),
        method_of("mediators", Mediators.retire),
        (words("mediator.retire_words"),),
    ),
)
_OPENING = Opening(
    "register",
    ("oversee",),
    "registered",
    lambda desk, by, **given: desk.mediators.register(by, given),
    (Field("id", "text", "mediator.id"), *_FIELDS),
)
MEDIATOR = ActTable(
    "mediator", "/mediators", STEPS, _ACTS, frozenset({"imported"}), opening=_OPENING
)
