"""The column map of a pricing audit."""

import msgspec

from lianzhi.tabular.column_map import MapError

_MOST = 12


class PricingMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which columns hold what; a row is an order. Amounts are in one currency."""

    user: str
    """Column of the buyer; buyers are the clusters."""
    trait: str
    """Column of what may be treated unlike, such as a buyer's loyalty or device."""
    price: str
    """Column of what was paid for it in the end, above 0."""
    strata: tuple[str, ...]
    """Columns that must be the same for prices to be comparable: item, region, channel,
    specification."""
    reference: str = ""
    """Group of the trait with which the others are compared; by default the largest."""
    time: str = ""
    """Column of the time of the order; orders of one window are compared."""
    window_minutes: float | None = None
    list_price: str = ""
    fees: str = ""
    coupon_offered: str = ""
    """Column of the amount that was to be had by coupons; `coupon_used` of what was taken off."""
    coupon_used: str = ""
    reasons: dict[str, str] = {}
    """Declared legitimate reasons, such as a promotion for new buyers: name -> column of 0, 1."""
    table: str = ""

    def check(self) -> None:
        """Raises MapError for fields that do not fit one another."""
        if not 1 <= len(self.strata) <= _MOST or len({*self.strata}) < len(self.strata):
            raise MapError("strata", self.strata, f"name 1 to {_MOST} different columns")
        if self.trait in self.strata or self.user in self.strata:
            raise MapError("strata", self.strata, "leave out the buyer and the trait")
        if bool(self.time) != bool(self.window_minutes):
            given = (self.time, self.window_minutes)
            raise MapError("window_minutes", given, "give time and window_minutes, or neither")
        if self.window_minutes is not None and not 1 <= self.window_minutes <= 525_600:
            raise MapError("window_minutes", self.window_minutes, "give 1 to 525600 minutes")
        if len(self.reasons) > _MOST:
            raise MapError("reasons", len(self.reasons), f"name at most {_MOST}")

    @property
    def components(self) -> dict[str, str]:
        """Parts of the price that have a column."""
        names = ("list_price", "fees", "coupon_offered", "coupon_used")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def named(self) -> list[tuple[str, str]]:
        """Fields of the map with the column that each names."""
        single = [("user", self.user), ("trait", self.trait), ("price", self.price)]
        single += [("time", self.time)] if self.time else []
        single += list(self.components.items())
        single += [("strata", name) for name in self.strata]
        return single + [(f"reasons.{name}", column) for name, column in self.reasons.items()]
