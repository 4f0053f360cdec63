"""Rows of the file of algorithms; what may be empty has a default."""

import datetime as dt
import hashlib
from typing import Any

import msgspec

from lianzhi.domains.algorithms.nouns.algorithm import Type


class AlgorithmRow(msgspec.Struct, frozen=True, kw_only=True):
    """An algorithm as a provider files it, and how far the filing is."""

    provider: str
    product: str
    name: str
    service: str
    field: str
    type: Type
    launched: dt.date
    opinion: bool = False
    version: str = ""
    submitted: dt.date | None = None
    number: str = ""
    answered: dt.date | None = None

    @property
    def id(self) -> str:
        """Provider, product and name tell it."""
        text = "\x1f".join((self.provider, self.product, self.name))
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def filled(self) -> dict[str, Any]:
        """Its fields without those that are empty."""
        fields = msgspec.structs.asdict(self)
        return {name: value for name, value in fields.items() if value not in ("", None)}
