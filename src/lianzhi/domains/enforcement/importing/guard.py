"""Keeps text from being run as a formula by whoever opens an exported table.

A spreadsheet takes a cell for a formula by its first character (OWASP, CSV injection). Such text
gets an apostrophe in front when it is written, and loses it when it is read.
"""

_RUN = tuple("=+-@\t\r＝＋－＠")
_MARK = "'"


def guarded(text: str) -> str:
    """Text that no spreadsheet runs; `bare` gives it back."""
    return _MARK + text if _risky(text) else text


def bare(text: str) -> str:
    """What `guarded` was given."""
    text = text.strip()
    return text[1:] if text.startswith(_MARK) and _risky(text[1:]) else text


def _risky(text: str) -> bool:
    """Whether it runs, or would be taken for text that was guarded."""
    return text.lstrip(_MARK).startswith(_RUN)
