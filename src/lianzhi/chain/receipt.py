"""Receipt 回执: the number of a report, in a form that can be read aloud and typed again.

Twelve signs in groups of four, of digits and Latin letters that nobody takes for one another:
no 0 and O, no 1, I and L, no U beside V. 30^12 numbers, so chance alone repeats none.
"""

import unicodedata

SIGNS = "23456789abcdefghjkmnpqrstvwxyz"
LENGTH, GROUP = 12, 4
_PREFIX = "r_"


def report_id(number: str) -> str:
    """Id of the report of a number, which is given as plain signs."""
    return _PREFIX + number


def number(identity: str) -> str:
    """What is read aloud: `r_7k3m92qx4tra` gives `7K3M-92QX-4TRA`."""
    signs = identity.removeprefix(_PREFIX).upper()
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def read(text: str) -> str | None:
    """Id of the report whose number somebody typed; None where it is no number.

    Case, width, blanks and hyphens do not matter.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().removeprefix(_PREFIX)
    signs = "".join(sign for sign in plain if sign not in "-–—‐ \t.·")
    fits = len(signs) == LENGTH and all(sign in SIGNS for sign in signs)
    return report_id(signs) if fits else None
