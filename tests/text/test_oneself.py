"""Words of abuse that somebody says of themselves are no insult; said of others they are."""

import numpy as np
import pytest

from lianzhi.text import lexicons, matching
from lianzhi.text.entries import KINDS
from lianzhi.text.folding import fold_batch
from lianzhi.text.matching import by_words

INSULT = KINDS.index("insult")
CLEAR = lexicons.shipped().policy.clear
#: Everybody calls themselves so.
OWN = (
    "我真是个傻逼,又把伞落地铁上了",
    "我就是个傻逼，周末躺了两天",
    "我这傻逼，又忘带钥匙了",
    "我这猪脑子,又忘带饭卡",
    "我可真是个大傻逼",
    "我简直就是个畜生,猫睡觉我还去揉它肚子",
    "我是傻逼😂😂😂",
    "我这个傻逼，又忘了",
    "我是真的好贱",
    "我太傻逼了,刚发现镜头盖没开",
    "我怎么这么傻逼啊",
    "唉我真傻逼",
    "唉,我真是个傻逼",
    "俺真是个傻逼,导航都能开反",
    "我可能是个傻逼",
    "承认吧,我就是个傻逼~",
    "我真是个傻逼吧？",
    "我真的是个傻逼……",
    "我 真 的 是 个 傻 逼",
)
#: Who is meant is somebody else, though 我 stands before the word.
OTHERS = (
    "我傻逼同学又来了",
    "我傻逼“同学”又来了",
    "我这傻逼同事",
    "我这傻逼😡同事又甩锅",
    "我这傻逼《老板》",
    "我这傻逼、老板",
    "我是傻逼 同学",
    "我看你是傻逼",
    "我的天真傻逼",
    "我的傻逼",
    "我最讨厌傻逼",
    "我觉得他真是个傻逼",
    "我是傻逼才信你",
    "我真是个傻逼吗他说",
    "我太太是个傻逼",
    "我太太就是个贱人",
    "我那老子就是畜生,打老婆赌钱样样来",
    "我这老子就是畜生",
    "我这小子真是畜生",
    "我这小畜生，又偷家里钱",
    "骂我的都是傻逼",
    "举报我的真是畜生",
    "生我的那个畜生,死了都没人收尸",
    "前夫对我真是畜生",
    "前夫对 我真是畜生",
    "前夫“疼”我真是畜生",
    "老板娘~我真是个贱人",
    "李梅（我就是个婊子）",
    "跟我念：我是贱人",
    "我是傻逼？那全家都是",
    "这届粉丝比我还脑残",
    "死缠着我真是太贱了",
    # What somebody does to others.
    "我草泥马",
    "我真草泥马",
    "我操你妈",
    "我cnm",
    "我真nmsl",
)


def insult(texts: tuple[str, ...]) -> list[float]:
    """What words say, however the text sounds; the same alone and among others."""
    together, *alone = (
        by_words(fold_batch(some), lexicons.shipped()).kinds[:, INSULT].tolist()
        for some in (texts, *((text,) for text in texts))
    )
    assert together == [one for (one,) in alone]
    said: list[float] = together
    return said


def test_insults_of_oneself_insult_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    own = insult(OWN)
    assert [text for text, said in zip(OWN, own, strict=True) if said >= CLEAR] == []
    monkeypatch.setattr(matching, "of_oneself", lambda *_: np.zeros(0, np.int64))
    others = insult(OWN)
    assert [text for text, said in zip(OWN, others, strict=True) if said < CLEAR] == []


def test_insults_of_others_stay() -> None:
    said = insult(OTHERS)
    assert [text for text, one in zip(OTHERS, said, strict=True) if one < CLEAR] == []


def test_quoted_insults_are_not_said_of_oneself() -> None:
    assert insult(("“我真是个傻逼”",))[0] >= CLEAR
