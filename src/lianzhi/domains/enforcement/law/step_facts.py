"""What the gates of a penalty proceeding look at: the facts of a step, and the figures of the law.

Days are those of China; money is whole yuan. Deadlines are computed by the clocks and come here as
days.
"""

import datetime as dt

import msgspec

from lianzhi.law import gates


class Certified(msgspec.Struct, frozen=True):
    """An officer with the last day of the certificate 行政执法证."""

    name: str
    until: dt.date | None = None
    """Last day on which the certificate is good; None: the officer has none."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a proceeding at the moment of a step; what does not apply stays empty."""

    step: str
    """E.g. `decided`; the steps of `policy/gates/penalty.toml`."""
    day: dt.date
    """Day of the step."""
    officers: tuple[Certified, ...] = ()
    """Officers who take the step together."""
    actor: Certified | None = None
    """Who takes a step that only an officer may take; None: not such a step."""
    hands: frozenset[str] = frozenset()
    """Ids of everybody else who investigated the case."""
    related: frozenset[str] = frozenset()
    """Ids of officers with an interest in the case."""
    item_known: bool = True
    """Whether the legal item stands on the power list in force on the day of the act."""
    basis_fault: str = ""
    """Why its legal basis can't be cited for that day; empty: it can."""
    act_day: dt.date | None = None
    """Day on which the act ended."""
    found_day: dt.date | None = None
    """Day on which the act was found out."""
    limit_day: dt.date | None = None
    """Last day on which finding it out still allows a penalty."""
    age: int | None = None
    """Of a person, on the day of the act; None: a unit, or not known to be a minor."""
    capable: bool = True
    """Whether a person could tell right from wrong, and act so."""
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
    """Most that the basis allows for this party; None: the item knows no fine."""
    fine_least: int = 0
    """Least that it allows, unless mitigated."""
    tabled: tuple[int, int] | None = None
    """Range that the discretion table gives; None: no row was found."""
    fined_before: bool = False
    """Whether this party was fined for this very act already."""
    unit: bool = True
    """The party is a unit, not a person."""
    evidence: int = 0
    """How many pieces of evidence the file holds."""
    unreviewed: int = 0
    """Pieces recorded by electronic devices and not passed by legal and technical review."""
    preserved: bool = False
    """Evidence is registered and preserved, and nobody has settled what becomes of it."""
    preserved_until: dt.date | None = None
    """Last day for deciding what becomes of preserved evidence; None: nothing is preserved."""
    noticed: bool = False
    """The party got notice of facts, reasons, basis, intended penalty and rights."""
    noticed_fine: int | None = None
    """Fine that was announced; for a notice anew, on the facts to which the party has answered."""
    noticed_kinds: frozenset[str] | None = None
    """Kinds of penalty that were announced; None: not to be compared."""
    ordered_first: bool = True
    """Where the basis fines only who does not obey: an order was given, and its time is over."""
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
    """The intended penalty is one for which a hearing may be asked."""
    hearing_until: dt.date | None = None
    """Last day to ask for a hearing."""
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
    """Legal review is asked for by law or policy."""
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
    """Fewest officers."""
    adult_age: int
    punishable_age: int
    spot_person: int
    """Most that may be fined on the spot, in yuan."""
    spot_unit: int
