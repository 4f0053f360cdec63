"""Acts on an officer in the register. See `office.acts`."""

from lianzhi.domains.enforcement.desk.registers import Registers
from lianzhi.domains.enforcement.nouns.register import OFFICER_STEPS
from lianzhi.office.acts import Act, ActTable, Field, method_of

_CERTIFY = Act(
    *("certify", ("lead",), ("registered",), method_of("registers", Registers.certify)),
    (
        Field("certificate", "text", "supervision.certificate"),
        Field("until", "until", "supervision.until"),
    ),
)
OFFICER = ActTable(
    "officer", "/officers", OFFICER_STEPS, (_CERTIFY,), frozenset(), page="/supervision"
)
