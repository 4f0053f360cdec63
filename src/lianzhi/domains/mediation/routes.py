"""What the routes of `policy/routes` lead through: the fields of disputes, and their remedies."""

from typing import Literal, get_args

Field = Literal[
    "customs_tax", "customs_other", "quarantine_penalty", "administrative", "spot_penalty",
    "inaction", "disclosure", "natural_resources", "civil", "consumer",
]  # fmt: skip
FIELDS: tuple[Field, ...] = get_args(Field)
Remedy = Literal[
    "reconsideration", "suit", "mediation", "confirmation", "negotiation", "complaint",
    "arbitration",
]  # fmt: skip
REMEDIES: tuple[Remedy, ...] = get_args(Remedy)
