"""Self-reference: abuse that speakers apply to themselves (我真是个猪脑子) and to nobody else.

Who begins so has insulted nobody yet; what follows is judged by itself.
"""

import re

import numpy as np

from lianzhi.text.arrays.batch import SEPARATOR, Batch, Index
from lianzhi.text.grammar.pronouns import SELF
from lianzhi.text.grammar.wording import PAUSES
from lianzhi.text.lexicon.entries import KINDS, SPEAKER

#: What may lead from 我 to the word; nothing else may, or other people come in:
#: 我太太是个泼妇, 我这老子就是畜生, 我傻逼同学.
_LINKS = "|".join(
    (
        "(?:可能|大概|其实|简直|实在|真的|[可也还都真就]){0,3}[是像](?:真的?|太|好)?(?:一?[个头只条]|一介)?",
        "(?:实在是?|简直|真的?是?|就是|长得|[可也还]){0,2}[太好真]|长得",
        "(?:怎么|咋)(?:就|会)?[这那]么",
    )
)
#: The beginning of a clause, a sigh or not; not after a colon, where somebody else may speak.
_BEGIN = rf"[{PAUSES.replace(':', '')}](?:[唉哎啊哦嗯呀诶欸但]|[哈嘿]{{1,9}})?"
_WHEN = "今天|昨[天晚]|今早|刚[才刚]|当[时初]|那时候?|以前|之前|现在|最近|有时候?|[这上]次|果然"
#: 本人 means the speaker only where a text begins: elsewhere it is somebody met in person.
_IN_PERSON = rf"(?<={chr(SEPARATOR)})本人(?=[就也]?是)"
_BEGINS = (
    rf"{_BEGIN}(?:[{SELF}]?(?:感觉|觉得|发现|承认)自己|[{SELF}](?:自己)?|{_IN_PERSON})(?:{_WHEN})?"
)
_BEFORE = re.compile(rf"{_BEGINS}(?:{_LINKS})\Z")
#: Words that follow 我 without a link: 我好贱, 我又犯贱了.
_ONCE_MORE, _LINKED = re.compile(rf"{_BEGINS}(?:怎么)?[又老总也]?是?\Z"), re.compile("[太好真犯长]")
#: 我这小畜生 is a child: after 这 only wits are the speaker's own, as in 都怪我蠢 and 我脑残了.
_MY = re.compile(rf"{_BEGINS}这个?\Z|{_BEGIN}都?怪[{SELF}](?:自己)?(?:太|[这那]么)?\Z")
_WITS = re.compile("太?(?:[猪狗]?脑|[傻蠢笨]|白痴|弱智|智障|废物)")
_LOST = re.compile(rf"{_BEGINS}\Z")
#: The clause ends, after signs or not. A question denies: 我是傻逼？你才是！
_SIGNS, _DONE = rf"[^\w{PAUSES}]{{0,8}}", f"[{PAUSES.replace('?', '')}]"
_AFTER = re.compile(
    rf"(?:死|透顶|到家|得可以|得不行)?了?[啊呀呢嘛哦]?(?:吧{_SIGNS}\?|吧?{_SIGNS}{_DONE})"
)
#: Characters before a word that are taken into account.
_REACH = 20
#: Beginnings of what speakers do to others (我真草泥马) or feel about them (我真想吐).
_AT_OTHERS = re.compile(
    "[a-z操草艹日干叼肏屌靠去滚死吃放骂笑看你谁别曹尼妈烦]|丢(?![人脸])"
    "|[太好真多]?(?:恶心|晦气|下头|难听)|想吐|反胃|倒胃口|膈应|没眼看|辣眼睛|扫兴|令人|不想"
    "|[气整]笑|来[气火]|讨厌|呵呵|唾弃|一言难尽"
)
#: What may stand before self-talk that begins a text, with the rest of its clause.
_OPENING = re.compile(
    rf"(?:[{PAUSES}唉哎啊哦嗯呀诶欸但哈嘿]|好吧|承认吧|救命|完了|天[哪呐啊])*+[^{PAUSES}]*"
)
_PAUSE = re.compile(f"[{PAUSES}]+")
#: Kinds of harm that need another person.
PERSONAL = ("insult", "mockery")
_INSULT, _MOCKERY = map(KINDS.index, PERSONAL)


def self_insults(batch: Batch, start: Index, end: Index, role: Index) -> Index:
    """Return the places of the hits of insult and mockery that speakers apply to themselves.

    Their clause begins with 我, ends with the insult, and holds little else. Hits come by role and
    place.
    """
    insults = ((role == _INSULT) | (role == _MOCKERY)).nonzero()[0]
    if not insults.size:
        return np.zeros(0, np.int64)
    own = start[role == SPEAKER]  # in order, as hits of a role come
    if not own.size:
        return np.zeros(0, np.int64)
    last = own[np.maximum(own.searchsorted(start[insults]) - 1, 0)]
    insults = insults[(last < start[insults]) & (start[insults] - last < _REACH)]
    text = batch.text() if insults.size else ""
    places = zip(insults.tolist(), start[insults].tolist(), end[insults].tolist(), strict=True)
    own_insults = [place for place, *stretch in places if _own(text, *stretch)]
    return np.array(own_insults, np.int64)


def _own(text: str, start: int, end: int) -> bool:
    """Return whether speakers apply the insult at [start, end) to themselves."""
    if not _AFTER.match(text, end) or _AT_OTHERS.match(text, start):
        return False
    since = max(start - _REACH, 0)
    return bool(
        _BEFORE.search(text, since, start)
        or (_LINKED.match(text, start) and _ONCE_MORE.search(text, since, start))
        or (_WITS.match(text, start) and _MY.search(text, since, start))
        or (text[end] in "了死" and _WITS.match(text, start) and _LOST.search(text, since, start))
    )


def opening_ends(batch: Batch, text: Index, start: Index, end: Index) -> Index:
    """Return for each text where the self-insulting clauses end with which it begins; 0 for none.

    `text`, `start` and `end` are those of the hits from `self_insults`.
    """
    whole, out = batch.text(), np.zeros(batch.starts.size - 1, np.int64)
    otherwise = set[int]()
    for begin, finish, number in sorted(
        zip(start.tolist(), end.tolist(), text.tolist(), strict=True)
    ):
        since = int(out[number]) or int(batch.starts[number])
        if number in otherwise or begin < since:  # in a clause that has been passed
            continue
        if not _OPENING.fullmatch(whole, since, begin):
            otherwise.add(number)
        elif pause := _PAUSE.search(whole, finish, int(batch.starts[number + 1]) + 1):
            out[number] = pause.end() - 1  # one at least stands at the end of all
    return out
