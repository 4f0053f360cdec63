"""Policy of fitting: when there are enough outcomes, and how weights are fitted to them."""

from typing import Annotated

import msgspec


class FittingPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dated version of how weights are fitted; the TOML file explains the fields."""

    earlier: Annotated[float, msgspec.Meta(ge=0.5, le=0.9)]
    per_fact: Annotated[int, msgspec.Meta(ge=5, le=100)]
    reported: Annotated[int, msgspec.Meta(ge=10, le=10_000)]
    penalty: Annotated[float, msgspec.Meta(gt=0, le=1000)]
