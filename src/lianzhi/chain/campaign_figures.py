"""What was handled in a campaign, in figures that must agree with one another.

A total is of what stands: what was taken back on appeal counts no longer, and is shown apart.
Several measures against the same subject are one subject; both numbers are given. None of these
figures says whether there is less harm.
"""

from collections.abc import Mapping

import msgspec

from lianzhi.chain.scorecard import Check, Contradiction, Counts, Cube, Sum, contradictions

DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
_REVERSED = ("reversed", "partly_reversed")


class CampaignCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Raw counts of a campaign; `cubes`: findings, cases, decisions, measures."""

    findings: int
    about: int
    """Persons and things that the findings are about, each once."""
    subjects: Mapping[str, int]
    """By type of subject: those against which measures stand, each once."""
    measured: int
    """Measures, counted by themselves: what the cube must add up to."""
    cubes: Mapping[str, Cube]


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """Measures of one kind against one type of subject."""

    key: str
    type: str
    ordered: int
    undone: int

    @property
    def standing(self) -> int:
        """Those that were not taken back."""
        return self.ordered - self.undone


class Subjects(msgspec.Struct, frozen=True, kw_only=True):
    """One type of subject: measures that stand against it, and how many subjects these are."""

    type: str
    measures: int
    distinct: int

    @property
    def repeated(self) -> int:
        """Measures against a subject that has another in the campaign already."""
        return self.measures - self.distinct


class CampaignFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was handled."""

    findings: int
    about: int
    cases: int
    closed: int
    decisions: int
    reversed: int
    """Decisions taken back, in part or whole."""
    measures: int
    """Measures that stand."""
    undone: int
    """Measures taken back."""
    handled: tuple[Handled, ...]
    subjects: tuple[Subjects, ...]
    contradictions: tuple[Contradiction, ...]


def figures(counts: CampaignCounts) -> CampaignFigures:
    """The figures of a campaign, with the identities between them that do not hold."""
    cases, decisions, measures = (counts.cubes[name] for name in ("cases", "decisions", "measures"))
    standing = measures.split(("type",), {"state": ("standing",)})
    return CampaignFigures(
        findings=counts.findings,
        about=counts.about,
        cases=cases.count(),
        closed=cases.count({"state": ("closed",)}),
        decisions=decisions.count(),
        reversed=decisions.count({"status": _REVERSED}),
        measures=measures.count({"state": ("standing",)}),
        undone=measures.count({"state": ("undone",)}),
        handled=_handled(measures),
        subjects=tuple(
            Subjects(type=type_, measures=number, distinct=counts.subjects.get(type_, 0))
            for (type_,), number in sorted(standing.items(), key=lambda cell: -cell[1])
        ),
        contradictions=_contradictions(counts),
    )


def _handled(measures: Cube) -> tuple[Handled, ...]:
    every = measures.split(("key", "type"))
    undone = measures.split(("key", "type"), {"state": ("undone",)})
    return tuple(
        Handled(key=cell[0], type=cell[1], ordered=number, undone=undone.get(cell, 0))
        for cell, number in sorted(every.items(), key=lambda item: (-item[1], item[0]))
    )


_CHECKS = (
    Check(key="campaign_findings", whole=Sum("all_findings"), parts=(Sum("findings"),)),
    Check(key="campaign_measures", whole=Sum("all_measures"), parts=(Sum("measures"),)),
)
_TOO_MANY = "campaign_subjects"
#: Keys of the identities that are checked.
CONTRADICTIONS = (*(check.key for check in _CHECKS), _TOO_MANY)


def _contradictions(counts: CampaignCounts) -> tuple[Contradiction, ...]:
    """Totals counted by themselves against the sums of their parts; and more subjects than
    measures, which can't be."""
    totals = {"all_findings": counts.findings, "all_measures": counts.measured}
    whole = {name: Cube((), {(): number}) for name, number in totals.items()}
    at = Counts(since=0, until=0, at=0, cubes={**counts.cubes, **whole})
    standing = counts.cubes["measures"].split(("type",), {"state": ("standing",)})
    more = (
        Contradiction(key=_TOO_MANY, left=number, right=standing.get((type_,), 0))
        for type_, number in counts.subjects.items()
        if number > standing.get((type_,), 0)
    )
    return (*contradictions(at, _CHECKS), *more)
