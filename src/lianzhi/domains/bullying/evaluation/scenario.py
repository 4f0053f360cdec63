"""The scenario as data: what `scenario.toml` says, typed and checked."""

from functools import cache
from importlib.resources import files

import msgspec


class EvaluationError(ValueError):
    """An input cannot be used; the message names the file or option, the value and the mend."""


class _Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Unknown or missing names are refused, so that a typo can't pass as a default."""


class Hours(_Spec, frozen=True):
    """Weights of the 24 local hours."""

    weights: list[float]


class Organic(_Spec, frozen=True):
    """Ordinary life; `scenario.toml` states each unit."""

    stranger_rate_min: float
    stranger_rate_max: float
    stranger_rate_exponent: float
    contacts_per_stranger: float
    contacts_spread: float
    contacts_floor: float
    contact_pool: float
    daily_gamma_shape: float
    weekend_factor: float
    post_share: float
    post_sigma: float
    post_lag_hours: float
    post_lag_sigma: float
    reply_share: float
    reply_lag_minutes: float
    return_share: float
    rude_share: float
    rude_concentration: float
    new_accounts: float
    contact_group_share: float
    stranger_group_share: float
    hours: Hours
    kinds: dict[str, float]
    quarrels: dict[str, float]
    surges: dict[str, float]


class Recorded(_Spec, frozen=True):
    """What is added to bare recorded arrivals."""

    rude_share: float
    rude_concentration: float
    new_accounts: float
    kinds: dict[str, float]
    held_out_target_days: float


class Crowd(_Spec, frozen=True):
    """A gathering around one target: a pile-on, a surge or a quarrel."""

    lag_hours: dict[int, float]
    lag_sigma: float
    strangers: float
    texts: dict[str, float]
    kinds: dict[str, float]
    one_post: float
    one_group: float
    new_accounts: float
    repeaters: float
    replies: float


class Plan(_Spec, frozen=True):
    """How much to simulate; `trials` are per crowd size and stratum."""

    targets: int
    days: int
    warm_days: int
    fit_days: int
    trials: dict[str, int]
    recorded_trials: dict[str, int]
    variant_share: float
    surge_share: float
    history_events: int


class Scenario(_Spec, frozen=True):
    """The whole file."""

    organic: Organic
    recorded: Recorded
    crowds: dict[str, Crowd]
    plans: dict[str, Plan]


#: Attacks on a person by what is said, and crowds that are not; `quarrel` is only background.
PILE_ONS = ("pile_on", "referred_pile_on", "contested_pile_on")
SURGES = ("praise", "news", "question", "criticism", "defenders", "report_flood")


@cache
def scenario() -> Scenario:
    """Read the scenario that ships with the package."""
    data = (files(__package__) / "scenario.toml").read_bytes()
    return msgspec.toml.decode(data, type=Scenario)
