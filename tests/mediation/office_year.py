"""Simulator of a mediation office's year, for tests: it shares no code and no constant with what it
tries. Everything is invented."""

import random
from dataclasses import dataclass, field

FIELDS = ("customs_tax", "customs_other", "civil", "consumer")
#: How often each cause comes up in a field, the commonest first; two each.
CAUSES = {
    "customs_tax": ("tax", "value", "origin", "classification"),
    "customs_other": ("penalty", "procedure", "delay"),
    "civil": ("contract", "neighbours", "other"),
    "consumer": ("quality", "price", "conduct"),
}
OFFICES = ("OF-A", "OF-B", "OF-C", "OF-D")
DAY_MS = 86_400_000


@dataclass
class Case:
    """A case that an office handled, on the so manieth day of the year."""

    id: str
    day: int
    field: str
    office: str
    party: str


@dataclass
class Dispute:
    """What became of one."""

    day: int
    field: str
    cause: str
    office: str
    party: str
    case: str
    mediator: str
    ends: int
    """Days until it ends; beyond the year it is still open."""
    settled: bool
    centre: bool
    happy: bool


@dataclass
class Year:
    """A year; `planted` is the cause that comes up too often, and where."""

    cases: list[Case] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    planted: tuple[str, str, str] = ("customs_tax", "origin", "OF-C")


def year(
    seed: int = 1, disputes: int = 800, cases: int = 6000, planted: float = 0.9, days: int = 365
) -> Year:
    """A year of an office. `planted`: share of the disputes of the planted field and office that
    have the planted cause besides what they would have."""
    dice, made = random.Random(seed), Year()
    for n in range(cases):
        made.cases.append(
            Case(
                f"C{n:05}", dice.randrange(days), dice.choice(FIELDS), dice.choice(OFFICES),
                f"企业{dice.randrange(cases // 2)}",
            )
        )  # fmt: skip
    field_, cause_, office_ = made.planted
    for case in sorted(dice.sample(made.cases, disputes), key=lambda each: each.day):
        cause = dice.choice(CAUSES[case.field])
        if (case.field, case.office) == (field_, office_) and dice.random() < planted:
            cause = cause_
        made.disputes.append(
            Dispute(
                case.day, case.field, cause, case.office, case.party, case.id,
                f"med{dice.randrange(8)}", max(1, round(dice.lognormvariate(2.7, 0.7))),
                dice.random() < 0.8, dice.random() < 0.15, dice.random() < 0.85,
            )
        )  # fmt: skip
    return made
