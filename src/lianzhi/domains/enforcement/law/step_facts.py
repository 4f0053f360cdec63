"""Facts of a step that the gates of a penalty proceeding check, and the law's figures.

Days are those of China; money is whole yuan. Deadlines are computed by the clocks and given here as
days.
"""

import datetime as dt

import msgspec

from lianzhi.law import gates


class Certified(msgspec.Struct, frozen=True):
    """An officer with the last day of the certificate 行政执法证."""

    name: str
    until: dt.date | None = None
    """Last day on which the certificate is valid; None: the officer has none."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Known facts of a proceeding at a step; inapplicable fields stay at their defaults."""

    step: str
    """E.g. `decided`; the steps of `policy/gates/penalty.toml`."""
    day: dt.date
    """Day of the step."""
    officers: tuple[Certified, ...] = ()
    """Officers who take the step together."""
    actor: Certified | None = None
    """The person taking a step reserved to officers; None: not such a step."""
    hands: frozenset[str] = frozenset()
    """Ids of all others who investigated the case."""
    related: frozenset[str] = frozenset()
    """Ids of officers with an interest in the case."""
    item_known: bool = True
    """Whether the legal item is on the power list in force on the day of the act."""
    basis_fault: str = ""
    """Why its legal basis can't be cited for that day; empty where it can."""
    act_day: dt.date | None = None
    """Day on which the act ended."""
    found_day: dt.date | None = None
    """Day on which the act was discovered."""
    limit_day: dt.date | None = None
    """Last day on which discovery still allows a penalty."""
    age: int | None = None
    """Of a person, on the day of the act; None: a unit, or not known to be a minor."""
    capable: bool = True
    """Whether a person was capable of responsibility."""
    not_before: dt.date | None = None
    """Day of the step that this one follows; None: it follows none."""
    sanctions: frozenset[str] = frozenset()
    """Kinds of penalty, as `law.basis.Sanction` names them."""
    provided: frozenset[str] | None = None
    """Kinds that the basis provides for this party; None: its text was not read."""
    outcome: str = ""
    """List that the discretion table gives: `no_penalty`, `mitigated`, ..."""
    fine: int = 0
    fine_most: int | None = None
    """Maximum that the basis allows for this party; None: the item has no fine."""
    fine_least: int = 0
    """Minimum that it allows, unless mitigated."""
    tabled: tuple[int, int] | None = None
    """Range that the discretion table gives; None: no row was found."""
    fined_before: bool = False
    """Whether this party was already fined for this act."""
    unit: bool = True
    """The party is a unit, not a person."""
    evidence: int = 0
    """How many pieces of evidence the file holds."""
    unreviewed: int = 0
    """Pieces recorded by electronic devices and not passed by legal and technical review."""
    preserved: bool = False
    """Evidence is registered and preserved, and its disposal is not yet decided."""
    preserved_until: dt.date | None = None
    """Last day for deciding what becomes of preserved evidence; None: nothing is preserved."""
    noticed: bool = False
    """The party got notice of facts, reasons, basis, intended penalty and rights."""
    noticed_fine: int | None = None
    """Announced fine; for a renewed notice, on the facts to which the party has answered."""
    noticed_kinds: frozenset[str] | None = None
    """Kinds of penalty that were announced; None: not to be compared."""
    ordered_first: bool = True
    """Where the basis fines only disobedience: an order was given, and its period is over."""
    notice_hearing: bool = False
    """The notice names the right to a hearing."""
    defence_until: dt.date | None = None
    """Last day for the defence."""
    waived: bool = False
    """The party expressly waived the defence."""
    defended: bool = False
    considered: bool = False
    """The defence was reviewed, with a result."""
    hearing_due: bool = False
    """The intended penalty entitles to a hearing."""
    hearing_until: dt.date | None = None
    """Last day to request a hearing."""
    hearing_asked: bool = False
    hearing_given_up: bool = False
    """The party withdrew the request, or did not appear."""
    hearing_told: dt.date | None = None
    """Day on which time and place of the hearing were announced."""
    hearing_day: dt.date | None = None
    """Day of the hearing."""
    hearing_tell_by: dt.date | None = None
    """Last day on which a hearing of that day may be announced."""
    hearing_chair: str = ""
    heard: bool = False
    grave_case: bool = False
    """Complex or serious: the heads of the agency have to discuss it."""
    discussed: bool = False
    review_due: bool = False
    """Legal review is required by law or policy."""
    review: str = ""
    """`passed`, `failed` or empty."""
    reviewers: frozenset[str] = frozenset()
    by: str = ""
    """Id of the person who takes the step."""
    observer: bool = False
    """That person is an observer, who may report but not find a violation."""
    receipt: bool = True
    """There is proof of service."""


class Terms(gates.Terms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures of the law that these gates use."""

    officers: int
    """Minimum number of officers."""
    adult_age: int
    punishable_age: int
    spot_person: int
    """Highest fine on the spot, in yuan."""
    spot_unit: int
