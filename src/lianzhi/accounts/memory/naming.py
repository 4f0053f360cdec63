"""Naming habits: patterns in the names of accounts.

Accounts made in bulk follow one rule: a stem and digits, a word and a year, eight random letters.
"""

import itertools
import re
import unicodedata

#: Fewest characters of a stem, in letters and in syllabic or logographic script.
_LEAST_LETTERS, _LEAST_WIDE = 3, 2


def patterns(name: str) -> tuple[str, ...]:
    """The patterns of a name: its form, and its stem, if any.

    >>> patterns("Movie_fan0823")
    ('form a5_1a3d4', 'stem movie')
    """
    runs = [(kind, "".join(run)) for kind, run in itertools.groupby(name.casefold(), _kind)]
    form = "form " + "".join(f"{kind}{len(run)}" for kind, run in runs)
    stem = next((run for kind, run in runs if kind in "aw"), "")
    if len(stem) < (_LEAST_WIDE if stem and _kind(stem[0]) == "w" else _LEAST_LETTERS):
        return (form,)
    # Random names have no stem, but match no other name either.
    return form, f"stem {stem}"


def _kind(sign: str) -> str:
    """a letter, w wide letter (a syllable or a word by itself), d digit; others are themselves."""
    if sign.isdigit():
        return "d"
    if not sign.isalpha():
        return re.sub(r"[\w\s]", "?", sign)
    return "w" if unicodedata.east_asian_width(sign) in "WF" else "a"
