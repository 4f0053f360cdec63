"""What an evaluation says, as plain records; in JSON null stands for "never"."""

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """A value with its 95 % interval."""

    value: float
    lo: float
    hi: float


class FalseAlarms(msgspec.Struct, frozen=True):
    """Alarms where nobody had gathered, per 1,000 target-days; exact Poisson interval."""

    group: str
    alarms: int
    target_days: float
    per_1000: Figure


class Detection(msgspec.Struct, frozen=True):
    """How one kind of crowd was met. A miss counts as never (delay) and as all landed."""

    crowd: str
    people: int
    """Size of the crowd; 0 for all sizes together."""
    group: str
    """Stratum of the target's normal stranger rate, or a pool of strata."""
    trials: int
    recall: Figure
    """Share of crowds that set off an alarm; Wilson."""
    delay: Figure
    """Median minutes from the crowd's first event to the alarm; bootstrap."""
    landed: Figure
    """Median share of the crowd's events up to the alarm; bootstrap."""


class Operating(msgspec.Struct, frozen=True):
    """A candidate at one setting, on the reported part of one background."""

    name: str
    """`fitted on <pool>`, or `policy` for the stages that the detector itself states."""
    warn: float
    act: float
    """Thresholds on the score; for `policy`, on the stage's rank."""
    false_alarms: list[FalseAlarms]
    pile_ons: list[Detection]
    surges_warned: list[Detection]
    surges_acted: list[Detection]
    pile_ons_acted: list[Detection]
    """A detector that never acts spares the surges too."""


class CurvePoint(msgspec.Struct, frozen=True):
    """One threshold: false alarms against what is found of pile-ons of one size."""

    threshold: float
    people: int
    group: str
    per_1000: float
    recall: float
    delay: float
    landed: float


class CandidateReport(msgspec.Struct, frozen=True):
    """One candidate on one background."""

    candidate: str
    events_per_second: float
    operating: list[Operating]
    curve: list[CurvePoint]


class BackgroundReport(msgspec.Struct, frozen=True):
    """What the candidates were tried on."""

    name: str
    events: int
    targets: dict[str, int]
    """Per stratum."""
    fit_target_days: float
    target_days: dict[str, float]
    """Held out, per stratum, from first to last event of each active target."""
    trials: int
    candidates: list[CandidateReport]


class Report(msgspec.Struct, frozen=True):
    """The whole evaluation."""

    plan: str
    seed: int
    texts: str
    backgrounds: list[BackgroundReport]
