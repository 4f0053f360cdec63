"""Names of users that look alike: skeletons (Unicode Technical Standard 39), scripts, blanks."""

import unicodedata
from functools import cache
from importlib.resources import files

#: Scripts that names mix in East Asia and everywhere else; any other script stands alone.
_MIXED = frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"})
#: Letters and marks that show nothing: fillers, joiners, selectors of variants.
_BLANK = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
    )
)


def skeleton(name: str) -> str:
    """The form that all names share which look like this one; `name` is as it is stored."""
    forms = _forms()
    form = "".join(forms.get(each, each) for each in unicodedata.normalize("NFD", name))
    return unicodedata.normalize("NFD", form)


def shows_nothing(name: str) -> bool:
    """Whether a name has characters that show nothing, so that another could look the same."""
    return any(ord(character) in _BLANK for character in name)


def scripts(name: str) -> tuple[str, ...]:
    """The scripts of a name's letters that must not stand in one name; empty where they may."""
    names = (unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha())
    kinds = {kind.split("-")[0] for kind in names}
    mixed = (kinds - _MIXED) | ({"LATIN"} if kinds & _MIXED else set())
    return tuple(sorted(kinds)) if len(mixed) > 1 else ()


@cache
def _forms() -> dict[str, str]:
    """Character -> the form that stands for all of its look-alikes."""
    text = files(__package__).joinpath("lookalikes.txt").read_text("utf-8")
    lines = (line.partition(" ") for line in text.splitlines() if not line.startswith("# "))
    return {alike: form for form, _, characters in lines for alike in characters}
