"""Refusal of an act of this domain."""

from lianzhi.office.refusal import DomainRefusal


class RefusedError(DomainRefusal):
    """A refusal of this domain; `rule` is a key of its catalogue."""
