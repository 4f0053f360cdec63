"""Kinds of tables by names of uploaded files, such as `penalties-2026.csv`, `处罚案件.xlsx`."""

from collections.abc import Mapping
from pathlib import Path

from lianzhi.office.refusal import Refusal


def kind_of(name: str, chinese: Mapping[str, str]) -> str | None:
    """The kind that a file name tells, by its key or its Chinese word; None: none, or several.

    `chinese`: kind -> Chinese word.
    """
    stem = Path(name).stem.casefold()
    kinds = {kind for kind, word in chinese.items() if kind in stem or word in stem}
    return kinds.pop() if len(kinds) == 1 else None


def stored_name(
    sent: str, chinese: Mapping[str, str], endings: Mapping[str, tuple[str, ...]]
) -> str:
    """Name under which an uploaded table is stored: its kind, and one of the kind's `endings`.

    Raises Refusal `file_name` for an unknown kind.
    """
    kind, ending = kind_of(sent, chinese), Path(sent).suffix.lower()
    if kind is None or ending not in endings[kind]:
        raise Refusal("file_name", f"{sent[:80]}: the name tells no kind", name=sent[:80])
    return f"{kind}{ending}"
