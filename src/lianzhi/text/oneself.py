"""Oneself: words of abuse that somebody says of themselves (我真是个猪脑子) and of nobody else."""

import re

import numpy as np

from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Batch, Index

_SELF = "我俺"
#: What may lead from 我 to the word; nothing else, since others come in soon: 我太太是个泼妇,
#: 我这老子就是畜生, 我傻逼同学.
_LINKS = "|".join(
    (
        "这个?",
        "(?:可能|大概|其实|简直|实在|真的|[可也还都真就]){0,3}[是像](?:真的?|太|好)?(?:一?[个头只条]|一介)?",
        "(?:实在是?|简直|真的?是?|就是|[可也还]){0,2}[太好真]",
        "(?:怎么|咋)(?:就|会)?[这那]么",
    )
)
#: A clause begins where neither a letter nor the end of a quotation stands before, but for a sigh.
_BEFORE = re.compile(rf"[^\w”」』\"][唉哎啊哦嗯呀诶欸但]?[{_SELF}](?:{_LINKS})\Z")
#: It ends where it does not go on, with a letter, a space or what is quoted.
_AFTER = re.compile(r"了?[啊呀呢吗吧嘛哦]?(?![\w “「『\"(])")
#: So long at most is what `_BEFORE` looks at.
_REACH = 20
#: What somebody does to others (我真草泥马) begins so.
_AT_OTHERS = re.compile("[a-z操草艹日干丢叼肏屌靠去滚死吃放骂]")
_INSULT = KINDS.index("insult")


def of_oneself(batch: Batch, start: Index, end: Index, role: Index) -> Index:
    """Insults that are meant for who says them, unless their clause speaks of somebody else: the
    clause begins with 我, ends with the insult, and is hardly more."""
    some = (role == _INSULT).nonzero()[0]
    own = np.logical_or(*(batch.codes == ord(char) for char in _SELF)).nonzero()[0]
    if not some.size or not own.size:
        return np.zeros(0, np.int64)
    last = own[np.maximum(own.searchsorted(start[some]) - 1, 0)]
    some = some[(last < start[some]) & (start[some] - last < _REACH)]
    text = batch.text() if some.size else ""
    found = [
        place
        for place, begin, finish in zip(
            some.tolist(), start[some].tolist(), end[some].tolist(), strict=True
        )
        if _BEFORE.search(text, max(begin - _REACH, 0), begin)
        and _AFTER.match(text, finish)
        and not _AT_OTHERS.match(text, begin)
    ]
    return np.array(found, np.int64)
