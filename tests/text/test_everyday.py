"""Everyday comments that look like harm: frozen, and few are read as any."""

import hashlib

from bench.everyday import COMMENTS, items
from bench.share import CLEAR

from lianzhi.text import assess_many
from lianzhi.text.lexicon.lexicons import shipped

FROZEN = "fb341ce30c6a0c018486fa4ce7441e078cc4daeab9909d73791528d406ecd452"


def test_the_comments_are_as_they_were_frozen() -> None:
    assert hashlib.sha256(COMMENTS.read_bytes()).hexdigest() == FROZEN
    assert len({text for _, text in items()}) == len(items()) == 350


def test_what_is_clear_to_benches_is_clear_to_the_policy() -> None:
    assert shipped().policy.clear == CLEAR


def test_few_are_read_as_of_any_kind() -> None:
    found = assess_many([text for _, text in items()])
    assert sum(max(one.kinds.values(), default=0) >= CLEAR for one in found) <= 52
