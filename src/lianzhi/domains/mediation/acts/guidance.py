"""What the act tables of guidance share."""

from lianzhi.chain.roles import Permission
from lianzhi.office.acts import Take

#: Who drafts and notes; who reviews, publishes and ends.
WRITES: tuple[Permission, ...] = ("intake", "oversee")
REVIEWS: tuple[Permission, ...] = ("oversee",)


def act_of(part: str, method: Take) -> Take:
    """Takes an act by a method of a part of the desk's guidance."""
    return lambda desk, identity, by, **given: method(
        getattr(desk.guidance, part), identity, by=by, **given
    )
