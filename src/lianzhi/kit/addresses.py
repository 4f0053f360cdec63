"""Addresses on this site: with what they ask, and whether they stay here."""

import re
from urllib.parse import urlencode

_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f\\]{0,1000}")


def address(path: str, /, **query: object) -> str:
    """A path with those of its filters that are set, whatever their names."""
    kept = {key: value for key, value in query.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(kept)}" if kept else path


def local(path: str) -> str:
    """The path if it stays on this site, else the start page."""
    return path if _LOCAL.fullmatch(path) else "/"
