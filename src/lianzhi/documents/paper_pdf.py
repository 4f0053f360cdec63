"""A paper as PDF/A for the archive, laid out by typst with our own font; see `render`."""

import datetime as dt
from typing import Any

import msgspec

from lianzhi.documents import render
from lianzhi.documents.paper import Paper

_CHINA = dt.timezone(dt.timedelta(hours=8))


def pdf(paper: Paper) -> bytes:
    """The file; the same paper gives the same bytes. Its date is that of the document.

    A character that our font lacks is printed as its code point and name, never left out.
    """
    noon = dt.datetime.combine(paper.day, dt.time(12), _CHINA)
    return render.pdf(_page(paper), int(noon.timestamp() * 1000), "paper")


def _page(paper: Paper) -> Any:
    """Strings and lists of strings only, as every page is."""
    parts = [{**msgspec.to_builtins(part), "translation": ""} for part in paper.parts()]
    for part in parts:
        for block in part["blocks"]:
            if block["type"] == "table":
                block["widths"] = [str(width) for width in block["widths"]]
    return {"parts": parts}
