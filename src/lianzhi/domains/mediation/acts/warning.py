"""Acts on a warning. See `office.acts`."""

from lianzhi.domains.mediation.desk.warnings import Warnings
from lianzhi.domains.mediation.nouns.warning import STEPS
from lianzhi.office.acts import Act, ActTable, method_of, words

_ACTS = (
    Act(
        "dismiss",
        ("intake", "oversee"),
        ("dismissed",),
        method_of("warnings", Warnings.dismiss),
        (words("mediation.dismiss_words"),),
    ),
)
WARNING = ActTable("warning", "/warnings", STEPS, _ACTS, frozenset({"noted"}))
