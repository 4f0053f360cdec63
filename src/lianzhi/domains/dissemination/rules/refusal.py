"""Refusal of an act of this domain."""

from lianzhi.office.refusal import Refusal


class RefusedError(Refusal):
    """A refusal of this domain; `rule` is a key of its catalogue."""

    def __init__(self, rule: str, message: str, **params: object) -> None:
        super().__init__(rule, message)
        self.params = params
