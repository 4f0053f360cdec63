"""Actor: the person or program that takes a step."""

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """Who takes a step: a person by user name, a program by its key's label, or a rule."""

    name: str
    person: bool = True
    may_severe: bool = False
    desk: str = ""
    """The domain at whose own desk the step is taken."""
    rule: bool = False
    """A rule of policy, which waits for nobody's lease."""
    submitted_by: str = ""
    """The program that passes on what a person decided in the platform's own tools, as
    `key:<id>`; empty: the person took the step in the console."""
