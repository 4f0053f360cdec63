"""Timeline: messages at one person by interval, for the picture on a case page."""

from collections.abc import Sequence

import numpy as np

from lianzhi.flow.contacts import Contacts, pair_hashes
from lianzhi.jobs.forms import Bucket
from lianzhi.store.query import Message
from lianzhi.text import score_many

#: From this probability on a message is drawn as harmful.
HARMFUL_FROM = 0.5
MOST_BUCKETS = 2000


def buckets(
    messages: Sequence[Message], account: str, contacts: Contacts, span: tuple[int, int], width: int
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
        scores = score_many([text or "" for _, _, text in messages])
        harm = np.maximum(scores.offence, scores.kinds.max(axis=1)) * (1 - scores.counter)
        spoken = np.array([bool(text) for _, _, text in messages])
        harmful = ((harm >= HARMFUL_FROM) & spoken).astype(float)
    columns = [
        np.bincount(place, weights=weights, minlength=count)
        for weights in (None, strangers, harmful)
    ]
    return [
        Bucket(since + n * width, width, *(int(column[n]) for column in columns))
        for n in range(count)
    ]
