"""Policy of the domain: typed form of the dated TOML files beside this module."""

from pathlib import Path

import msgspec

from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is a stranger, who is new."""

    new_account_days: float
    utc_offset_hours: float


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is normal for a person."""

    prior_strangers: float
    prior_days: float
    decay: float
    most_per_day: float
    harm_share: float
    harm_weight: float
    idle_days: int


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Evidence from the number of strangers."""

    windows_minutes: tuple[int, ...]
    faster: float
    at_least_per_hour: float
    onset_points: float
    day_shape: float
    surge_points: float
    surge_per_history: float
    surge_per_size: float
    looks_weight: float

    def __post_init__(self) -> None:
        spans = self.windows_minutes
        if not spans or spans[0] < 1 or list(spans) != sorted(set(spans)):
            raise ValueError(
                f"windows_minutes is {list(spans)}; give whole minutes, shortest first"
            )


class Harm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Evidence from what strangers say."""

    pile_on_share: float
    text_base_rate: float
    text_trust: float
    harmless_trust: float
    lexicon_factor: float
    flagged_share: float
    flagged_weight: float
    flagged_most_factor: float
    harmful_from: float
    counter_speech_from: float
    acquaintances_most_points: float


class Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Evidence from who comes and how."""

    new_share: float
    new_share_pile_on: float
    most_points: float
    referral_share: float
    referral_least: int
    referral_points: float
    report_points: float
    report_most_points: float
    reporter_reliability: float


class Stages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds and hysteresis, in nats."""

    watch: float
    warn: float
    act: float
    quiet_hours: float
    longest_days: float
    tell_again_from: int
    least_harmful: int
    act_harmful: int
    act_harm_points: float
    act_per_defender: float
    roster_lowers: float


class Reports(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Floods of reports against one person."""

    window_minutes: int
    least: int
    prior_reports: float
    prior_days: float
    points_watch: float
    points_warn: float


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is remembered."""

    recent: int
    acquaintances: int
    people: int
    evidence: int
    evaluate_every_ms: int


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who counts as what."""

    repeater_events: int


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole policy of the domain."""

    contact: Contact
    baseline: Baseline
    rate: Rate
    harm: Harm
    marks: Marks
    stages: Stages
    reports: Reports
    state: Bounds
    roles: Roles
    proposals: tuple[Proposal, ...]
    """Measures that its rules propose."""
    types: tuple[CaseType, ...]
    """What may be done on its cases."""


def load(folder: Path | None = None) -> Dated[Policy]:
    """The shipped versions, or those in an operator's folder. Raises PolicyError."""
    return load_policy("lianzhi.domains.bullying", Policy, folder)
