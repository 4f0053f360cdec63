"""Oneself: words of abuse that somebody says of themselves (我真是个猪脑子) and of nobody else."""

import re

import numpy as np

from lianzhi.text.entries import KINDS
from lianzhi.text.folding import Batch, Index
from lianzhi.text.whole import SELF
from lianzhi.text.wording import PAUSES

#: What may lead from 我 to the word; nothing else, since others come in soon: 我太太是个泼妇,
#: 我这老子就是畜生, 我傻逼同学.
_LINKS = "|".join(
    (
        "(?:可能|大概|其实|简直|实在|真的|[可也还都真就]){0,3}[是像](?:真的?|太|好)?(?:一?[个头只条]|一介)?",
        "(?:实在是?|简直|真的?是?|就是|[可也还]){0,2}[太好真]",
        "(?:怎么|咋)(?:就|会)?[这那]么",
    )
)
#: A clause begins with 我, or a sigh before it; not behind a colon, where others are made to speak.
_BEGINS = rf"[{PAUSES.replace(':', '')}][唉哎啊哦嗯呀诶欸但]?[{SELF}]"
_BEFORE = re.compile(rf"{_BEGINS}(?:{_LINKS})\Z")
#: 我这小畜生 is a child: with 这 it is wits alone that are one's own.
_MY, _WITS = re.compile(rf"{_BEGINS}这个?\Z"), re.compile("[猪狗]?脑|[傻蠢笨]|白痴|弱智|智障|废物")
#: The clause ends, signs before that or not. What is asked so is denied: 我是傻逼？你才是！
_SIGNS, _DONE = rf"[^\w{PAUSES}]{{0,8}}", f"[{PAUSES.replace('?', '')}]"
_AFTER = re.compile(rf"了?[啊呀呢嘛哦]?(?:吧{_SIGNS}\?|吧?{_SIGNS}{_DONE})")
#: So long at most is what stands before a word.
_REACH = 20
#: What somebody does to others (我真草泥马) or feels at them (我真想吐) begins so.
_AT_OTHERS = re.compile(
    "[a-z操草艹日干丢叼肏屌靠去滚死吃放骂]|恶心|想吐|反胃|膈应|没眼看|辣眼睛|扫兴|令人"
)
_INSULT = KINDS.index("insult")


def of_oneself(batch: Batch, start: Index, end: Index, role: Index) -> Index:
    """Insults that are meant for who says them: their clause begins with 我, ends with the insult,
    and is hardly more."""
    some = (role == _INSULT).nonzero()[0]
    if not some.size:
        return np.zeros(0, np.int64)
    own = np.logical_or(*(batch.codes == ord(char) for char in SELF)).nonzero()[0]
    if not own.size:
        return np.zeros(0, np.int64)
    last = own[np.maximum(own.searchsorted(start[some]) - 1, 0)]
    some = some[(last < start[some]) & (start[some] - last < _REACH)]
    text = batch.text() if some.size else ""
    places = zip(some.tolist(), start[some].tolist(), end[some].tolist(), strict=True)
    found = [place for place, *stretch in places if _own(text, *stretch)]
    return np.array(found, np.int64)


def _own(text: str, start: int, end: int) -> bool:
    """Whether an insult at [start, end) is one of oneself, by what stands around it."""
    since = max(start - _REACH, 0)
    linked = _BEFORE.search(text, since, start) or (
        _MY.search(text, since, start) and _WITS.match(text, start)
    )
    return bool(linked and _AFTER.match(text, end) and not _AT_OTHERS.match(text, start))
