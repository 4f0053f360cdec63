"""Body 单位: the department, platform or squad for which a user or a program works.

Tasks name bodies in the same way, by kind and name. Written as `department:Customs`.
"""

import unicodedata

import msgspec

from lianzhi.chain.campaign import BODIES, Body

#: Most characters of a body's name.
MOST_NAME = 80


class BodyRef(msgspec.Struct, frozen=True, order=True):
    """A body: its kind and its name."""

    kind: Body
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def read_body(text: str) -> BodyRef:
    """The body that a text such as `department:Customs` names; raises ValueError.

    The name is kept in one width, so that two spellings of it are one body.
    """
    kind, _, name = unicodedata.normalize("NFKC", text).partition(":")
    kind, name = kind.strip(), " ".join(name.split())
    for known in BODIES:
        if kind == known and 1 <= len(name) <= MOST_NAME and name.isprintable():
            return BodyRef(known, name)
    raise ValueError(
        f"body: {text[:80]!r} is none; write KIND:NAME with a kind of {', '.join(BODIES)} "
        f"and a name of 1 to {MOST_NAME} characters"
    )
