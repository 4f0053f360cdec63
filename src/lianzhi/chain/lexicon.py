"""Lexicon 词表: which one is in force, and the terms that people add to it, each with its own life.

A term is born in shadow: it is matched and counts for nothing. A person switches it on, after a
look at what it hits; may put it back into shadow; or retires it for good.
"""

from typing import Literal, get_args

from lianzhi.chain.life import START, Steps

#: Another lexicon is in force; the entry's ref is its version.
CHANGED = "lexicon.changed"

Status = Literal["shadow", "active", "retired"]
STATUSES: tuple[Status, ...] = get_args(Status)

STEPS: Steps = {
    "term.added": (frozenset({START}), "shadow"),
    "term.activated": (frozenset({"shadow"}), "active"),
    "term.shadowed": (frozenset({"active"}), "shadow"),
    "term.retired": (frozenset({"shadow", "active"}), "retired"),
}

#: The step that leads to a status.
LEADS_TO: dict[Status, str] = {
    "active": "term.activated",
    "shadow": "term.shadowed",
    "retired": "term.retired",
}
