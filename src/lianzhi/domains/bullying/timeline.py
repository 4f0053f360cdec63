"""Timeline: messages at one person by interval, for the picture on a case page."""

from collections.abc import Sequence

import numpy as np

from lianzhi.chain.event import Event
from lianzhi.domains.bullying.detection.reading import read
from lianzhi.domains.bullying.policy import Policy
from lianzhi.domains.monitor import Bucket, Message
from lianzhi.flow.contacts import Contacts, pair_hashes
from lianzhi.text import Lexicon

MOST_BUCKETS = 2000


def buckets(
    messages: Sequence[Message],
    account: str,
    contacts: Contacts,
    policy: Policy,
    span: tuple[int, int],
    width: int,
    lexicon: Lexicon | None = None,
) -> list[Bucket]:
    """Counts in [since, until) by `width` ms, empty intervals included.

    Who is a stranger is judged by the contacts known today.
    """
    since, until = span
    count = -(-(until - since) // width) if width > 0 else 0
    if not 0 < count <= MOST_BUCKETS:
        raise ValueError(f"{count} intervals of {width} ms; ask for 1 to {MOST_BUCKETS}")
    place = np.array([(time - since) // width for time, _, _ in messages], dtype=np.int64)
    strangers, harmful = np.zeros(len(messages)), np.zeros(len(messages))
    if messages:
        pairs = [(actor, account) for _, actor, _ in messages]
        strangers = (~contacts.known(pair_hashes(pairs))).astype(float)
        labels = [
            Event(id="-", source="-", kind="comment", time=time, actor=actor, text=text)
            for time, actor, text in messages
        ]
        harmful = np.array(read(labels, policy, lexicon).harmful, dtype=float)
    columns = [
        np.bincount(place, weights=weights, minlength=count)
        for weights in (None, strangers, harmful)
    ]
    return [
        Bucket(since + n * width, width, *(int(column[n]) for column in columns))
        for n in range(count)
    ]
