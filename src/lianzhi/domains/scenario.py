"""Scenario: what a domain gives the demo's platform to play live."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lianzhi.chain.event import Event


class Scene(Protocol):
    """One incident around a person in a round."""

    @property
    def person(self) -> str:
        """The account around whom it happens."""
        ...

    @property
    def accepts_after(self) -> float | None:
        """Seconds after a warning when the person accepts protection; None: they do not."""
        ...


class Scenario(Protocol):
    """Invented events, all of them a function of the times given (Unix milliseconds UTC)."""

    @property
    def round_seconds(self) -> float:
        """How long a round lasts."""
        ...

    @property
    def broken_rows(self) -> tuple[float, Sequence[str]]:
        """Rows that cannot be accepted, and how many seconds into the first round they come."""
        ...

    @property
    def cast(self) -> Mapping[str, Sequence[str]]:
        """Accounts by the part that they play."""
        ...

    @property
    def past(self) -> Any:
        """The incident that is over: what was decided, who contested it, why its case closed."""
        ...

    def before(self, begin: int) -> list[Event]:
        """What happened in the days before `begin`, in order of time."""
        ...

    def past_scene(self, begin: int) -> Scene:
        """The scene of the incident that is over."""
        ...

    def round(self, number: int, begin: int) -> list[Event]:
        """The events of a round that begins at `begin`."""
        ...

    def scenes(self, number: int, begin: int) -> Sequence[Scene]:
        """What happens in a round."""
        ...
