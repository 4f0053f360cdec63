"""Required literals: words of which a text must hold one for a wording to be worth a search.

How rare they are, and where in the wording they may stand.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations
from math import fsum
from typing import NamedTuple

#: First characters of identifiers in texts that are searched: private-use code points.
MARKS = tuple(map(chr, range(0xE000, 0xE020)))
_MARKS = frozenset(MARKS)
#: Characters of each word that are looked for before a search.
_BEGINNING = 4
#: Characters and pairs of characters that a large part of all texts holds.
_COMMON = frozenset(
    "的人是不了一我有这就个在女说都你么也大好还没为来上男那多中看种要们得到以很能他和会可子对"
    "真过地自生家心觉什样被性别实但后比出里去只然想道时小现主白因而下事吧所学己些吗话度高外年"
    "最方同其知点当如问意感分天打少太老起前面发成正用友着理重给怎反之无作全直开明于题把身力行"
    "像情定几做才跟受体该呢者确更让部数从关见口应文日长思特常她钱再又难动相表平解接新加第工找"
    "合儿手头位四今请快走条按号词安您吃脸爱回次等系完河江黄"
)
_PAIRS = frozenset(
    re.findall(
        "..",
        "就是不是一个什么还是可以现在也是很多我们他们她们你们这样这种这么知道喜欢还有不会应该朋友"
        "看到孩子女的男的出来不要人家地方都是觉得自己没有怎么因为所以如果真的就不也不都不人都",
    )
)


class Literals(NamedTuple):
    """Words of which a part of a wording holds at least one."""

    words: frozenset[str]
    least: int
    most: int
    """The least and most characters of the part before the word."""

    def after(self, least: int, most: int) -> "Literals":
        """Return the same after `least` to `most` more characters."""
        return Literals(self.words, self.least + least, self.most + most)


def rarest_first(literals: Iterable[Literals]) -> list[Literals]:
    """Return the literals worth looking for, the rarest first; at least one."""
    first, *others = sorted(set(literals), key=rarity)
    needs = [first]
    for need in others:
        if _commonness(need.words) < 1 and not any(
            _implied(need.words, other.words) for other in needs
        ):
            needs.append(need)
    return needs


def rarity(need: Literals) -> tuple[float, list[str], int, int]:
    """Return a sort key: the rarest first, and never the same for two literals."""
    return _commonness(need.words), sorted(need.words), need.most, need.least


def shortened(need: Literals) -> Literals:
    """Return shorter words that imply these; they may stand some characters further on."""
    words = _least(need.words)
    return need if words == need.words else Literals(words, need.least, need.most + _BEGINNING - 1)


def _least(words: frozenset[str]) -> frozenset[str]:
    """Return fewer and shorter words, one of which is in every text that has one of `words`."""
    beginnings = {word[:_BEGINNING] for word in words}
    return frozenset(
        word
        for word in beginnings
        if not any(
            word[first:last] in beginnings
            for first, last in combinations(range(len(word) + 1), 2)
            if last - first < len(word)
        )
    )


def _implied(words: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether every text with one of the others has one of these words."""
    left = list(others)
    if left and not any(word in left[0] for word in words):
        return False
    for word in sorted(words, key=len):  # short ones are in many
        left = [other for other in left if word not in other]
        if not left:
            break
    return not left


@lru_cache(maxsize=4096)
def _commonness(words: frozenset[str]) -> float:
    """Estimate how often one of the words occurs in a text; 0 for marks."""
    if words <= _MARKS:
        return 0
    return fsum(  # the same in whatever order
        1 if word in _COMMON else 0.25 if word in _PAIRS else 0.02 ** len(word) for word in words
    )
