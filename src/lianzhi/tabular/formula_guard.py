"""Keeps text from being run as a formula by whoever opens an exported table.

A spreadsheet takes a cell for a formula by its first character (OWASP, CSV injection). Such text
gets an apostrophe in front when it is written, and loses it when it is read.
"""

_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
_MARK = "'"


def guarded(text: str) -> str:
    """Text that no spreadsheet runs; `unguarded` gives it back."""
    return _MARK + text if _is_risky(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given, without blanks at its ends."""
    text = text.strip()
    return text[1:] if text.startswith(_MARK) and _is_risky(text[1:]) else text


def _is_risky(text: str) -> bool:
    """Whether it would be run, or would be taken for text that was guarded."""
    return text.lstrip(_MARK).startswith(_FORMULA_STARTS)
