"""Acts 行为: what a person can do to a noun, one declaration each, in a plain table.

A domain lists the acts of each noun in the order of a case. From each come the route, the form and
the button (`kit.acts`, `kit/act.html`) and the command (`kit.act_commands`), all under its key.
Taking an act puts an entry on the record, held against the guards or gates of its step.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, Literal, NamedTuple

from lianzhi.chain.life import Steps
from lianzhi.chain.roles import Permission

Kind = Literal["words", "text", "day", "until", "number", "flag", "choice", "named", "file"]
"""Words of several lines; a line; a day that may lie back, today unless given; a day to come; a
whole number; yes or no; one of several; lines by name, as a dict, where the noun says which names
there are; an `Upload`, or None where there is no file."""
Take = Callable[..., object]
"""Takes an act: desk, id of the noun, who does it, and the fields by name. Raises what the desk
raises, KeyError where there is no such noun."""


class Upload(NamedTuple):
    """A file that was sent with an act; whether it may be kept is for `office.files`."""

    name: str
    body: bytes


class Field(NamedTuple):
    """What an act asks for."""

    name: str
    kind: Kind
    label: str
    """Catalogue key of its label."""
    required: bool = True
    choices: tuple[str, ...] = ()
    """What may be chosen, each worded as `<family>.<choice>`; empty: the page offers them from what
    there is, and the act judges what was chosen."""
    family: str = ""
    max_length: int = 20_000
    """Most characters of words."""
    under: str = ""
    """Catalogue key of a closed part of the form in which it stands, with others of this key."""
    several: bool = False
    """Whether it may be given several times: then its value is a tuple."""


def words(label: str, required: bool = True, max_length: int = 20_000) -> Field:
    """The field `words`."""
    return Field("words", "words", label, required, max_length=max_length)


DAY = Field("day", "day", "act.day", required=False)


class Act(NamedTuple):
    """What a person with one of some permissions can do to a noun."""

    key: str
    """Names its URL, form, button and command."""
    needs: tuple[Permission, ...]
    """Permissions, each of which suffices."""
    steps: tuple[str, ...]
    """Steps that it may take; whether it is possible is asked for the first."""
    take: Take
    fields: tuple[Field, ...] = ()
    applies: Callable[[Any, dt.date], bool] = lambda noun, today: True
    """Whether it has something to act on, on a day."""
    powers: tuple[Permission, ...] = ()
    """Permissions that decide how far it may go; `take` gets those of the user as `powers`, and
    none from a command."""


class Opening(NamedTuple):
    """The act by which a person begins a noun."""

    key: str
    """Names its form, button and command. Its URL is that of the list; where a noun may begin in
    other ways, theirs end in their keys."""
    needs: tuple[Permission, ...]
    """Permissions, each of which suffices."""
    step: str
    """Step that it takes."""
    take: Callable[..., str]
    """Begins the noun and returns its id: desk, who does it, and the fields by name. Raises what
    the desk raises."""
    fields: tuple[Field, ...]
    powers: tuple[Permission, ...] = ()
    """As of an act."""


class ActTable(NamedTuple):
    """All acts on a noun of a domain. Their titles are the words `<noun>_act.<key>`."""

    noun: str
    """Names the command, and the steps: their entries are called `<noun>.<step>`."""
    path: str
    """Address of its list under the domain's, such as `/penalties`."""
    steps: Steps
    acts: tuple[Act, ...]
    other_steps: frozenset[str]
    """Steps that no act takes: they begin the noun, or follow from something else."""
    opening: Opening | None = None
    """The act that begins one."""
    page: str = ""
    """Address under the domain's to which acts lead back; empty: the page of the noun."""
    command: str = ""
    """Name of the command where `noun` names another."""
    other_openings: tuple[Opening, ...] = ()
    """Other ways to begin one."""

    @property
    def openings(self) -> tuple[Opening, ...]:
        """Every act that begins one."""
        return self.other_openings if self.opening is None else (self.opening, *self.other_openings)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all acts, those that begin one first."""
        return (*(act.key for act in self.openings), *(act.key for act in self.acts))

    def get(self, key: str) -> Act | None:
        """The act of this key, if there is one."""
        return next((act for act in self.acts if act.key == key), None)

    def possible(self, status: str) -> Iterator[Act]:
        """Acts with a step that may follow on a status of the noun."""
        for act in self.acts:
            if any(status in self.steps[f"{self.noun}.{step}"][0] for step in act.steps):
                yield act


def method_of(part: str, method: Take) -> Take:
    """Takes an act by a method of a part of the desk, such as `cases` or `guidance.questions`; the
    method has a parameter for each field."""
    service = attrgetter(part)
    return lambda desk, identity, by, **given: method(service(desk), identity, by=by, **given)


def opening_of(part: str, method: Callable[..., str]) -> Callable[..., str]:
    """Begins a noun by a method of a part of the desk, as `method_of`."""
    service = attrgetter(part)
    return lambda desk, by, **given: method(service(desk), by=by, **given)
