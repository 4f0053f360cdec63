"""A line of a checklist: what is looked at, for which legal items, in which words."""

from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

from lianzhi.domains.enforcement.lists.likeness import fold
from lianzhi.tabular.field_types import Reference

ANY_TYPE = "any"
"""A line for enterprises of every type."""
Severity = Literal["minor", "serious", "grave"]
SEVERITIES: tuple[Severity, ...] = ("minor", "serious", "grave")
"""The lightest first."""
Method = Literal["look", "ask", "test", "document"]


class Line(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One line, of an agency's list or of a merged one; the record keeps `items`, not the words."""

    departments: tuple[Annotated[str, "id", Reference("departments")], ...]
    """Whose line it is; several once it is merged."""
    enterprise_type: Annotated[str, "id"]
    """`restaurant`, `hotel` ...; `any`."""
    items: tuple[Annotated[str, "id", Reference("items")], ...]
    """Legal items that it answers."""
    zh: str
    """The line as it is read and recorded."""
    severity: Severity
    key: Annotated[str, "id"] = ""
    """Its name in the catalogues of other languages."""
    en: str = ""
    ar: str = ""
    fr: str = ""
    ru: str = ""
    ko: str = ""
    ja: str = ""
    place: Annotated[str, "id", Reference("places")] = ""
    """Where in the building; a list is walked from place to place."""
    methods: tuple[Method, ...] = ("look",)

    @property
    def name(self) -> str:
        """What an inspection calls it: its key, or one drawn from its words where it has none."""
        return self.key or blake2b(fold(self.zh).encode(), digest_size=8).hexdigest()
