"""Rules of a visit to an enterprise: whether it may be planned and begin, and who may mark what.

Pure. Each refusal names its rule with the article or document; caps and texts are dated data in
`policy/visits/`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Protocol, get_args

import msgspec

from lianzhi.chain import dated
from lianzhi.domains.enforcement.importing.town_rows import Officer
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.domains.enforcement.rulebook.scan import Scanned
from lianzhi.law.words import LANGUAGES, Words

Reason = Literal["random", "risk", "request", "revisit", "joint"]
Rule = Literal[
    "cap", "officers", "certificate", "both", "missing", "forged", "other_enterprise", "other_day",
    "stranger", "off_line",
]  # fmt: skip
_FILLED: dict[Rule, frozenset[str]] = {
    "cap": frozenset(("enterprise", "year", "done", "cap")),
    "officers": frozenset(("officers", "least")),
    "certificate": frozenset(("officer", "until", "day")),
    "both": frozenset(("officer",)),
    **dict.fromkeys(
        ("missing", "forged", "other_enterprise", "other_day"), frozenset(("enterprise", "day"))
    ),
    "stranger": frozenset(("by",)),
    "off_line": frozenset(("item", "items")),
}
"""Placeholders in the text of a rule."""


class NoVisitPolicyError(dated.NoVersionError):
    """A day before the first version of the rules."""


class RuleWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Text of a refusal and its legal basis."""

    said: Words
    basis: Words


class VisitPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the rules."""

    cap: Annotated[int, msgspec.Meta(ge=0)]
    """Routine inspections of an enterprise in a calendar year."""
    counted: frozenset[Reason]
    """Reasons that are routine."""
    least_officers: Annotated[int, msgspec.Meta(ge=2)]
    rules: dict[Rule, RuleWords]
    caps: dict[str, Annotated[int, msgspec.Meta(ge=0)]] = {}
    """Other caps, by industry."""
    categories: dict[str, str] = {}
    """Item, or its field as `fire` -> category of the request that an observer's report becomes."""

    def category(self, item: str) -> str:
        """Category of a request for a report on an item; by default the item's field."""
        field = item.partition(".")[0]
        return self.categories.get(item) or self.categories.get(field, field)

    def __post_init__(self) -> None:
        if missing := set(get_args(Rule)) - set(self.rules):
            raise ValueError(f"rules has no {sorted(missing)[0]}; say it in zh and en")
        for rule, words in self.rules.items():
            for text in (words.said.zh, words.said.en):
                names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
                if strange := names - _FILLED[rule]:
                    raise ValueError(
                        f"said of {rule} has {{{sorted(strange)[0]}}}; it can be filled with "
                        f"{', '.join(sorted(_FILLED[rule]))}"
                    )

    def refusal(self, rule: Rule, **filled: object) -> "Refusal":
        """A refusal by a rule, with its text filled in."""
        words = self.rules[rule]
        texts = {each: words.said.say(each).format(**filled) for each in LANGUAGES}
        return Refusal(rule, Words(**texts), words.basis)


class Refusal(msgspec.Struct, frozen=True):
    """A rule that forbids a visit or mark, with its reason."""

    rule: Rule
    said: Words
    basis: Words
    """Article or document."""


class RefusedError(ValueError):
    """A visit or mark that the rules forbid; `refusals` has all reasons."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__(
            "; ".join(f"{refusal.said.en} ({refusal.basis.en})" for refusal in refusals)
        )


class Past(Protocol):
    """A past inspection, as far as the cap is concerned."""

    @property
    def enterprise(self) -> str:
        """The enterprise that was inspected."""

    @property
    def day(self) -> dt.date:
        """Day of the inspection."""

    @property
    def reason(self) -> Reason:
        """Reason of the inspection."""


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A visit that is about to begin. Observers are grid workers and volunteers."""

    enterprise: str
    day: dt.date
    officers: tuple[Officer, ...]
    observers: tuple[str, ...] = ()
    scanned: Scanned = "missing"
    """Result of `scan.check`."""


class AdmittedVisit(msgspec.Struct, frozen=True):
    """A visit that passed the rules; created by `begin` only."""

    visit: Visit


class Mark(msgspec.Struct, frozen=True):
    """Mark of a person on a line; the record stores its items, not its text.

    `report`: by an observer, to be checked by an officer. Only a `violation` can found a case.
    """

    by: str
    items: tuple[str, ...]
    kind: Literal["in_order", "report", "violation"]


def policy(day: dt.date, folder: Path | None = None) -> VisitPolicy:
    """The rules of a day, shipped or from an operator's folder. Raises PolicyError."""
    source = folder or Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "visits"
    dated_policy = dated.on(dated.read(VisitPolicy, source), day)
    if dated_policy is None:
        raise NoVisitPolicyError(source, day)
    return dated_policy[1]


def plan(
    enterprise: str,
    industry: str,
    day: dt.date,
    reason: Reason,
    past: Iterable[Past],
    rules: VisitPolicy,
) -> tuple[Refusal, ...]:
    """Refusal of an inspection by the yearly cap; empty if it may be planned.

    `past`: inspections of any enterprise, of which those of this one in this calendar year for a
    counted reason count.
    """
    if reason not in rules.counted:
        return ()
    cap = rules.caps.get(industry, rules.cap)
    done = sum(
        1
        for inspection in past
        if inspection.enterprise == enterprise
        and inspection.day.year == day.year
        and inspection.reason in rules.counted
    )
    if done < cap:
        return ()
    return (rules.refusal("cap", enterprise=enterprise, year=day.year, done=done, cap=cap),)


def begin(visit: Visit, rules: VisitPolicy) -> AdmittedVisit:
    """The visit as admitted. Raises RefusedError with every reason against it."""
    if refusals := tuple(_refusals(visit, rules)):
        raise RefusedError(refusals)
    return AdmittedVisit(visit)


def _refusals(visit: Visit, rules: VisitPolicy) -> Iterator[Refusal]:
    people = {officer.id: officer for officer in visit.officers}
    if len(people) < rules.least_officers:
        yield rules.refusal("officers", officers=len(people), least=rules.least_officers)
    for officer in people.values():
        if officer.certificate_until < visit.day:
            until = officer.certificate_until
            yield rules.refusal("certificate", officer=officer.id, until=until, day=visit.day)
    for twice in sorted(set(visit.observers) & set(people)):
        yield rules.refusal("both", officer=twice)
    if visit.scanned != "good":
        yield rules.refusal(visit.scanned, enterprise=visit.enterprise, day=visit.day)


def mark(
    admitted: AdmittedVisit, line: Line, by: str, rules: VisitPolicy, broken: tuple[str, ...] = ()
) -> Mark:
    """The mark of a person on a line: an observer's is a report, never a violation.

    `broken`: violated items of the line; empty if all is in order. Raises RefusedError for a person
    who is not of the visit and for an item that is not of the line.
    """
    visit = admitted.visit
    officers = {officer.id for officer in visit.officers}
    if by not in officers and by not in visit.observers:
        raise RefusedError((rules.refusal("stranger", by=by),))
    if strange := [item for item in broken if item not in line.items]:
        items = ", ".join(line.items)
        raise RefusedError((rules.refusal("off_line", item=strange[0], items=items),))
    if not broken:
        return Mark(by, line.items, "in_order")
    return Mark(by, broken, "violation" if by in officers else "report")
