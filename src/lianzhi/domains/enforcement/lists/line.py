"""A line of a checklist: what is inspected, for which legal items."""

from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

from lianzhi.domains.enforcement.lists.similarity import fold
from lianzhi.tabular.field_types import Reference

ANY_TYPE = "any"
"""A line for enterprises of every type."""
Severity = Literal["minor", "serious", "grave"]
SEVERITIES: tuple[Severity, ...] = ("minor", "serious", "grave")
"""In ascending order."""
Method = Literal["look", "ask", "test", "document"]


class Line(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One line, of an agency's list or of a merged one; the record keeps `items`, not the words."""

    departments: tuple[Annotated[str, "id", Reference("departments")], ...]
    """Departments whose line it is; several once it is merged."""
    enterprise_type: Annotated[str, "id"]
    """E.g. `restaurant` or `hotel`; `any` for every type."""
    items: tuple[Annotated[str, "id", Reference("items")], ...]
    """Legal items that it covers."""
    zh: str
    """The text as read and recorded."""
    severity: Severity
    key: Annotated[str, "id"] = ""
    """Key in the catalogues of other languages."""
    en: str = ""
    ar: str = ""
    fr: str = ""
    ru: str = ""
    ko: str = ""
    ja: str = ""
    place: Annotated[str, "id", Reference("places")] = ""
    """Part of the building; a list is walked place by place."""
    methods: tuple[Method, ...] = ("look",)

    @property
    def name(self) -> str:
        """Id of the line in an inspection: its key, or a digest of its text where it has none."""
        return self.key or blake2b(fold(self.zh).encode(), digest_size=8).hexdigest()
