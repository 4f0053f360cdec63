"""Wordings: terms for the lexicon as people write them down."""

import datetime as dt

import msgspec

from lianzhi.office.views import LexiconTerm
from lianzhi.text.lexicon.entries import State
from lianzhi.text.lexicon.lexicons import File, checked

#: What the record's entry of a term says; its examples are an erasable text.
FIELDS = ("kind", "term", "sense", "weight", "aimed", "innocent")


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A term as a person writes it down."""

    kind: str
    term: str
    sense: str
    weight: float
    aimed: float
    innocent: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    def file(self, state: State, at: int, by: str = "") -> File:
        """The lexicon that it is by itself. Raises LexiconError naming what is wrong."""
        group = {"sense": self.sense, "weight": self.weight, "aimed": self.aimed}
        group |= {"terms": [self.term], "state": state, "source": by}
        day = dt.datetime.fromtimestamp(at / 1000, dt.UTC).date()
        fields = {"kind": self.kind, "version": day, "group": [group]}
        return checked(self.term, {**fields, "innocent": self.innocent, "examples": self.examples})


def wording_of(term: LexiconTerm) -> Wording:
    """A term as it was written down; without its examples, which count for nothing."""
    return Wording(**{name: getattr(term, name) for name in FIELDS})


def file_of(term: LexiconTerm, state: State) -> File:
    """The lexicon that an added term is by itself. Raises LexiconError."""
    return wording_of(term).file(state, term.added_at, term.added_by)
