"""Gates 关口: what a penalty proceeding has to have passed before a step may be taken.

A gate sees facts, never cases: `check(facts, rules)` gives every gate that the step does not pass,
each with the article that asks for it. Which gate guards which step, its article and its figures
are dated data (`gates.toml`); a gate's name is the name of the function here that judges it.
Days are those of China; money is whole yuan. Deadlines are computed by the clocks and come here
as days.
"""

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from lianzhi.law.words import Words


class GatesError(ValueError):
    """The file of gates cannot be used; the message names file, field, value and mend."""


class NoGatesError(GatesError):
    """A day before the first version of the gates."""

    def __init__(self, day: dt.date, first: dt.date) -> None:
        self.day = day
        super().__init__(f"day is {day}: the gates kept here begin on {first}; give a later day")


class Certified(msgspec.Struct, frozen=True):
    """An officer, and until when the certificate 行政执法证 is good."""

    name: str
    until: dt.date | None = None
    """Last day; None: has none."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a proceeding at the moment of a step; what it does not need stays empty."""

    step: str
    """E.g. `decided`; see `gates.toml`."""
    day: dt.date
    """Day of the step."""
    officers: tuple[Certified, ...] = ()
    """Those who took or will have taken the step."""
    actor: Certified | None = None
    """Who takes a step that only an officer may take; None: not such a step."""
    hands: frozenset[str] = frozenset()
    """Whoever else investigated, earlier or beside them."""
    related: frozenset[str] = frozenset()
    """Officers with an interest in the case."""
    item_known: bool = True
    """Whether the legal item stands on the power list in force on the day of the act."""
    basis_fault: str = ""
    """Why its legal basis can't be cited for that day; empty: it can."""
    act_day: dt.date | None = None
    """When the act ended."""
    found_day: dt.date | None = None
    """When it was found out."""
    limit_day: dt.date | None = None
    """Last day on which finding it out still allows a penalty."""
    age: int | None = None
    """Of a person, on the day of the act; None: a unit, or not known to be a minor."""
    capable: bool = True
    """Whether a person could tell right from wrong, and act so."""
    not_before: dt.date | None = None
    """Day of the step that this one follows; None: it follows none."""
    sanctions: frozenset[str] = frozenset()
    """Kinds of penalty, as `basis.Sanction` names them."""
    provided: frozenset[str] | None = None
    """Kinds that the basis provides for this party; None: nobody has read which."""
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
    """The party was told facts, reasons, basis, intended penalty and rights."""
    noticed_fine: int | None = None
    """Fine that was announced; for a notice anew, on the facts to which the party has answered."""
    noticed_kinds: frozenset[str] | None = None
    """Kinds of penalty that were; None: not to be compared."""
    ordered_first: bool = True
    """Where the basis fines only who does not obey: an order was given, and its time is over."""
    notice_hearing: bool = False
    """The notice told of the right to a hearing."""
    defence_until: dt.date | None = None
    """Last day for stating and defending."""
    waived: bool = False
    """The party gave up stating and defending, in so many words."""
    defended: bool = False
    considered: bool = False
    """What the party stated was reviewed, with a result."""
    hearing_due: bool = False
    """The intended penalty is one for which a hearing may be asked."""
    hearing_until: dt.date | None = None
    """Last day for asking."""
    hearing_asked: bool = False
    hearing_given_up: bool = False
    """Who asked took it back, or stayed away."""
    hearing_told: dt.date | None = None
    """When time and place of the hearing were told."""
    hearing_day: dt.date | None = None
    """When it is to be held."""
    hearing_tell_by: dt.date | None = None
    """Last day on which it could be told, given when it is held."""
    hearing_chair: str = ""
    heard: bool = False
    grave_case: bool = False
    """Complex or serious: heads of the agency have to discuss it together."""
    discussed: bool = False
    review_due: bool = False
    """Legal review is asked for by law or policy."""
    review: str = ""
    """`passed`, `failed` or empty."""
    reviewers: frozenset[str] = frozenset()
    by: str = ""
    """Who takes the step."""
    observer: bool = False
    """Who takes it is an observer: may report, may not find."""
    receipt: bool = True
    """There is proof of service."""


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures that gates use."""

    officers: int
    """Fewest officers."""
    adult_age: int
    punishable_age: int
    spot_person: int
    """Most that may be fined on the spot, in yuan."""
    spot_unit: int


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One gate, as data."""

    gate: str
    steps: tuple[str, ...]
    basis: str
    """Key of the legal basis."""
    article: str
    """As people cite it."""
    says: Words
    """What it asks, in words, as the person reads who is refused."""


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The gates in force from a day on."""

    effective_from: dt.date
    terms: Terms
    gates: tuple[Rule, ...]


class Refusal(msgspec.Struct, frozen=True):
    """A gate that a step does not pass."""

    gate: str
    basis: str
    article: str
    says: Words


class RefusedStepError(ValueError):
    """A step is not lawful; `refusals` says by which gates, with their articles."""

    def __init__(self, step: str, refusals: Sequence[Refusal]) -> None:
        self.step, self.refusals = step, tuple(refusals)
        told = "; ".join(f"{one.gate} ({one.article}): {one.says.en}" for one in refusals)
        super().__init__(f"{step} is refused: {told}")


Gate = Callable[[Facts, Terms], bool]


def enough_officers(facts: Facts, terms: Terms) -> bool:
    """At least two officers, each once."""
    return len({one.name for one in facts.officers}) >= terms.officers


def certified(facts: Facts, terms: Terms) -> bool:
    """Every officer holds a certificate that is good on the day, as does who takes the step."""
    hands = (*facts.officers, *filter(None, [facts.actor]))
    return all(one.until is not None and facts.day <= one.until for one in hands)


def impartial(facts: Facts, terms: Terms) -> bool:
    """Nobody with an interest in the case takes part."""
    hands = {one.name for one in facts.officers} | {facts.by, facts.hearing_chair}
    return not facts.related & hands


def no_observer(facts: Facts, terms: Terms) -> bool:
    """Observers report; only officers find a violation."""
    return not facts.observer


def on_the_list(facts: Facts, terms: Terms) -> bool:
    """The act is one that the power list names."""
    return facts.item_known


def basis_in_force(facts: Facts, terms: Terms) -> bool:
    """The basis was in force, and read, on the day of the act."""
    return not facts.basis_fault


def in_order(facts: Facts, terms: Terms) -> bool:
    """Nothing is found out before it happened, or dealt with before it was found out."""
    days = [day for day in (facts.act_day, facts.found_day, facts.day) if day is not None]
    return days == sorted(days)


def follows(facts: Facts, terms: Terms) -> bool:
    """A step is not dated before the one that it follows."""
    return facts.not_before is None or facts.not_before <= facts.day


def limitation(facts: Facts, terms: Terms) -> bool:
    """The act was found out within two years, or five where life, health or savings were harmed."""
    if facts.limit_day is None or facts.outcome == "no_penalty":
        return True
    return (facts.found_day or facts.day) <= facts.limit_day


def punishable(facts: Facts, terms: Terms) -> bool:
    """Children, and people who could not tell what they did, are not punished."""
    young = facts.age is not None and facts.age < terms.punishable_age
    return facts.outcome == "no_penalty" or not (young or not facts.capable)


def lighter_for_minors(facts: Facts, terms: Terms) -> bool:
    """Who was not yet of age is treated lighter."""
    minor = facts.age is not None and facts.age < terms.adult_age
    return not minor or facts.outcome in ("no_penalty", "mitigated", "lighter")


def with_evidence(facts: Facts, terms: Terms) -> bool:
    """The facts rest on evidence in the file."""
    return facts.evidence > 0


def reviewed_electronic(facts: Facts, terms: Terms) -> bool:
    """What devices recorded was passed by legal and technical review before it counts."""
    return facts.unreviewed == 0


def preservation_settled(facts: Facts, terms: Terms) -> bool:
    """What becomes of preserved evidence is decided in time."""
    return facts.preserved_until is None or facts.day <= facts.preserved_until


def nothing_kept(facts: Facts, terms: Terms) -> bool:
    """What was preserved is settled or given back before the case goes on or ends."""
    return not facts.preserved


def told_first(facts: Facts, terms: Terms) -> bool:
    """The party was told what is intended, why, and what they may do about it."""
    return facts.noticed


def heard_out(facts: Facts, terms: Terms) -> bool:
    """The time to state and defend is over, or was given up; what was said has been reviewed."""
    if facts.defended and not facts.considered:
        return False
    ended = facts.defence_until is None or facts.day > facts.defence_until
    return ended or facts.waived


def no_harsher(facts: Facts, terms: Terms) -> bool:
    """Not heavier than was announced: nobody pays for defending themselves."""
    kinds = facts.noticed_kinds
    if kinds is not None and not facts.sanctions - {"fine"} <= kinds:
        return False
    return facts.noticed_fine is None or facts.fine <= facts.noticed_fine


def hearing_offered(facts: Facts, terms: Terms) -> bool:
    """Where the penalty is heavy enough, the notice tells of the right to a hearing."""
    return not facts.hearing_due or facts.notice_hearing


def hearing_in_time(facts: Facts, terms: Terms) -> bool:
    """A hearing is asked for within the days that the law gives."""
    return facts.hearing_until is None or facts.day <= facts.hearing_until


def hearing_announced(facts: Facts, terms: Terms) -> bool:
    """Time and place are told long enough ahead, and it is not held before its day."""
    by, held = facts.hearing_tell_by, facts.hearing_day
    told = facts.day if facts.step == "hearing_called" else facts.hearing_told
    if told is None or by is None or held is None:
        return False
    return told <= by and (facts.step == "hearing_called" or facts.day >= held)


def hearing_apart(facts: Facts, terms: Terms) -> bool:
    """Who presides did not investigate."""
    return bool(facts.hearing_chair) and facts.hearing_chair not in _investigators(facts)


def hearing_held(facts: Facts, terms: Terms) -> bool:
    """Who may ask for a hearing has had it, or has let the days for asking pass."""
    if facts.hearing_given_up:
        return True
    if facts.hearing_asked:
        return facts.heard
    ended = facts.hearing_until is None or facts.day > facts.hearing_until
    return not facts.hearing_due or ended or facts.waived


def legally_reviewed(facts: Facts, terms: Terms) -> bool:
    """Where it is asked for, legal review has passed the case."""
    return facts.review == "passed" if facts.review_due else facts.review != "failed"


def reviewed_apart(facts: Facts, terms: Terms) -> bool:
    """Who reviews did not investigate, and who decides did not review."""
    hands = _investigators(facts)
    if facts.step in ("review_passed", "review_failed", "evidence_reviewed"):
        return facts.by not in hands
    return not facts.reviewers & hands and facts.by not in facts.reviewers


def decided_apart(facts: Facts, terms: Terms) -> bool:
    """Who decides did not investigate."""
    return facts.by not in _investigators(facts)


def discussed_together(facts: Facts, terms: Terms) -> bool:
    """A complex or serious case was discussed by the heads of the agency together."""
    return not facts.grave_case or facts.discussed


def not_twice(facts: Facts, terms: Terms) -> bool:
    """No second fine for the same act."""
    return not (facts.fine and facts.fined_before)


def within_the_law(facts: Facts, terms: Terms) -> bool:
    """The fine lies within what the basis allows; below its least only where mitigated."""
    if not facts.fine:
        return facts.outcome in ("", "no_penalty", "mitigated") or facts.fine_least == 0
    if facts.fine_most is None or facts.fine > facts.fine_most:
        return False
    return facts.fine >= facts.fine_least or facts.outcome == "mitigated"


def provided(facts: Facts, terms: Terms) -> bool:
    """Only kinds of penalty that the basis provides; mitigated, a warning may take their place."""
    more = {"warning"} if facts.outcome == "mitigated" else set()
    return not facts.sanctions or facts.sanctions <= (facts.provided or frozenset()) | more


def some_penalty(facts: Facts, terms: Terms) -> bool:
    """A penalty consists of something; what consists of nothing is none."""
    return facts.outcome in ("", "no_penalty") or bool(facts.fine or facts.sanctions)


def ordered_first(facts: Facts, terms: Terms) -> bool:
    """Where only who disobeys is fined, an order was given, and its time is over."""
    return not facts.fine or facts.ordered_first


def by_the_table(facts: Facts, terms: Terms) -> bool:
    """The fine lies within the range of the discretion table's row."""
    return facts.tabled is not None and facts.tabled[0] <= facts.fine <= facts.tabled[1]


def no_fine_unpunished(facts: Facts, terms: Terms) -> bool:
    """Who is not punished pays nothing."""
    return facts.outcome != "no_penalty" or not (facts.fine or facts.sanctions)


def small_enough(facts: Facts, terms: Terms) -> bool:
    """On the spot only a warning, or a small fine."""
    most = terms.spot_unit if facts.unit else terms.spot_person
    return facts.fine <= most and facts.sanctions <= {"warning", "fine"}


def proven_service(facts: Facts, terms: Terms) -> bool:
    """There is proof that it was served."""
    return facts.receipt


def _investigators(facts: Facts) -> frozenset[str]:
    return facts.hands | {one.name for one in facts.officers}


GATES: dict[str, Gate] = {
    gate.__name__: gate
    for gate in (
        *(enough_officers, certified, impartial, no_observer, on_the_list, basis_in_force),
        *(in_order, follows, limitation, punishable, lighter_for_minors, with_evidence),
        *(
            reviewed_electronic,
            preservation_settled,
            nothing_kept,
            told_first,
            heard_out,
            no_harsher,
        ),
        *(hearing_offered, hearing_in_time, hearing_announced, hearing_apart, hearing_held),
        *(legally_reviewed, reviewed_apart, decided_apart, discussed_together, not_twice),
        *(
            within_the_law,
            provided,
            some_penalty,
            ordered_first,
            by_the_table,
            no_fine_unpunished,
            small_enough,
            proven_service,
        ),
    )
}


class Gates:
    """All versions of the rules; a step is held against those of its day."""

    def __init__(self, versions: Sequence[Rules]) -> None:
        self._versions = sorted(versions, key=lambda one: one.effective_from)
        for version in versions:
            if unknown := [one.gate for one in version.gates if one.gate not in GATES]:
                raise GatesError(
                    f"gates from {version.effective_from}: gate is {unknown[0]!r}; use one of "
                    f"{', '.join(GATES)}"
                )

    def at(self, day: dt.date) -> Rules:
        """The rules of a day. Raises GatesError for a day before the first of them."""
        found = [one for one in self._versions if one.effective_from <= day]
        if not found:
            raise NoGatesError(day, self._versions[0].effective_from)
        return found[-1]

    def check(self, facts: Facts) -> list[Refusal]:
        """Every gate that a step does not pass; none: it may be taken.

        A gate that fails to judge refuses: what can't be shown to be lawful is not done.
        """
        rules = self.at(facts.day)
        return [
            Refusal(one.gate, one.basis, one.article, one.says)
            for one in rules.gates
            if facts.step in one.steps and not _passes(GATES[one.gate], facts, rules.terms)
        ]

    def hold(self, facts: Facts) -> None:
        """Raise RefusedStepError unless a step passes every gate."""
        if refusals := self.check(facts):
            raise RefusedStepError(facts.step, refusals)


def _passes(gate: Gate, facts: Facts, terms: Terms) -> bool:
    try:
        return gate(facts, terms)
    except (TypeError, ValueError):
        return False


def load(source: Traversable | None = None) -> Gates:
    """The shipped gates, or those in an operator's file. Raises GatesError."""
    source = source or files("lianzhi.law").joinpath("gates.toml")
    try:
        data: Mapping[str, Any] = tomllib.loads(source.read_text("utf-8"))
        return Gates(msgspec.convert(data["version"], list[Rules]))
    except (OSError, KeyError, ValueError, msgspec.ValidationError) as error:
        raise GatesError(f"{source.name}: {error}; mend it and start again") from None
