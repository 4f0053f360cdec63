"""Acts 行为: what a person can do to a noun, one declaration each, in a plain table.

A domain lists its acts in the order of a case. From each come the route, the form and the button
(`kit.acts`, `kit/act.html`) and the command (`kit.act_commands`), all under its key. Taking an act
puts an entry on the record, held against the guards or gates of its step.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from lianzhi.chain.roles import Permission

Kind = Literal["words", "text", "day", "until", "number", "flag", "choice"]
"""Words of several lines; a line; a day that may lie back, today unless given; a day to come; a
whole number; yes or no; one of several."""


class Field(NamedTuple):
    """What an act asks for."""

    name: str
    kind: Kind
    label: str
    """Catalogue key of its label."""
    required: bool = True
    choices: tuple[str, ...] = ()
    """What may be chosen, each said by the words `<family>.<choice>`; empty: the page offers them
    from what there is, and the act judges what was chosen."""
    family: str = ""


def words(label: str) -> Field:
    """The field `words`."""
    return Field("words", "words", label)


DAY = Field("day", "day", "act.day", required=False)


class Act(NamedTuple):
    """One act. `take` raises what its desk raises, KeyError where there is no such noun."""

    key: str
    """Names its URL, form, button and command."""
    needs: Permission
    steps: tuple[str, ...]
    """Steps that it may take; whether it is possible is asked for the first."""
    take: Callable[..., object] | None = None
    """Takes it: desk, id of the noun, who does it, and the fields by name. None: its fields depend
    on data, so it has a form and a route of its own."""
    fields: tuple[Field, ...] = ()
    applies: Callable[[Any, dt.date], bool] = lambda noun, today: True
    """Whether it has something to act on, on a day."""
