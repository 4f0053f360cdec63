"""Plain text and tables for a terminal."""

from rich.console import Console


def plain(text: str) -> str:
    """Text without control characters."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def console() -> Console:
    """Console for tables; as wide as the terminal, or 120 characters into a file."""
    return Console(width=None if Console().is_terminal else 120, markup=False)
