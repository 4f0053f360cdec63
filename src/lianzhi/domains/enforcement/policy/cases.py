"""Cases: what may be decided on the cases of this domain, as dated data."""

from pathlib import Path

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy

_SHIPPED = Path(__file__).with_name("cases")


class CaseTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the policy. Implements `chain.policy.CaseTerms`."""

    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


def load(own: Path | None = None) -> Dated[CaseTerms]:
    """The shipped versions, or those in the folder `own`. Raises PolicyError."""
    return load_policy(__package__, CaseTerms, own or _SHIPPED)
