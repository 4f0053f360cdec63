"""Made-up ratings as events, in the order of a stream."""

from lianzhi.chain.event import Event
from made_ratings import Rows
from streams import event, merged, numbered


def stars(made: Rows) -> list[Event]:
    """One event a rating; of films with a maker each."""
    return numbered(
        merged(
            event(
                f"r{number}", int(time), f"u{account}", f"maker{item}",
                kind="rating", object=f"film{item}", rating=float(rating),
            )
            for number, (account, item, rating, time) in enumerate(zip(*made, strict=True))
        )
    )  # fmt: skip
