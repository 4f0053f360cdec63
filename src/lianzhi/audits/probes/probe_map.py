"""The column map of an audit by paired probes."""

import msgspec

from lianzhi.tabular.column_map import MapError


class ProbeMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which columns hold what; a row is a price that a probe was shown."""

    pair: str
    """Column that is the same for the two probes that asked for the same thing at the same time."""
    persona: str
    """Column of the kind of probe: an old buyer, a new one. Two probes of one kind in a pair tell
    the noise (A/A)."""
    price: str
    """Column of the price, above 0."""
    unit: str = ""
    """Column of what pairs share that may make them alike: item, route, device. The units of
    chance; by default each pair is one."""
    reference: str = ""
    """Persona with which the others are compared; by default the first by name."""
    table: str = ""

    def check(self) -> None:
        """Raises MapError for fields that do not fit one another."""
        if len({self.pair, self.persona, self.price}) < 3:
            raise MapError("pair", self.pair, "name three different columns")

    def named(self) -> list[tuple[str, str]]:
        """Fields of the map with the column that each names."""
        single = [("pair", self.pair), ("persona", self.persona), ("price", self.price)]
        return single + ([("unit", self.unit)] if self.unit else [])
