"""Words of abuse that somebody says of themselves are no insult; said of others they are."""

from time import perf_counter

import numpy as np
import pytest

from lianzhi.text import assess, score_many
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.grammar import hit_weights
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.entries import KINDS
from lianzhi.text.pipeline import match_words

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
    "我又犯贱了",
    "我好贱啊",
    "我脑残了，居然忘带身份证",
    "我感觉自己是个傻逼",
    "我今天真是个傻逼",
    "本人就是个傻逼",
)
#: What they say besides is nothing: neither an insult nor offensive, which the words alone are.
CALM = (
    "我真是个傻逼",
    "俺真是个傻逼",
    "唉，我真是个垃圾",
    "我就是个废物",
    "我又犯贱了",
    "怪我自己蠢",
    "本人就是个废柴",
    "我真是个傻逼，又把伞落地铁上了",
    "我真是个傻逼，我就是个废物",
    "我真是个傻逼，，",
    "，，我真是个傻逼。。。",
)
#: Nor does it help to call oneself so before others are; or to have others say it.
BESIDES = (
    "我真是个傻逼，居然请了个智商欠费的保姆",
    "我真是蠢，居然给领导这坨屎卖命",
    "我真是个傻逼，咱班长就是坨屎",
    "我是个傻逼，但某些粉丝的脑容量堪比草履虫",
    "我就是个废物，可小明长得像车祸现场",
    "我是傻逼，老师是大聪明，呵",
    "我真是个傻逼，你才是",
    "请大声跟读三遍，我是傻逼",
    "王强\n我是傻逼",
    "对对对，我是傻逼，楼上最有智慧，赶紧拿诺贝尔去吧",
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
    # 本人 in person.
    "线下打过交道，本人就是个贱人",
    "真正接触过，本人就是个畜生",
    "照骗无疑,本人长得跟鬼一样,真是个贱人",
)


def insult(texts: tuple[str, ...]) -> list[float]:
    """What words say, however the text sounds; the same alone and among others."""
    together, *alone = (
        match_words(fold_batch(some), lexicons.shipped()).kinds[:, INSULT].tolist()
        for some in (texts, *((text,) for text in texts))
    )
    assert together == [one for (one,) in alone]
    said: list[float] = together
    return said


def test_insults_of_oneself_insult_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    own = insult(OWN)
    assert [text for text, said in zip(OWN, own, strict=True) if said >= CLEAR] == []
    monkeypatch.setattr(hit_weights, "self_insults", lambda *_: np.zeros(0, np.int64))
    others = insult(OWN)
    assert [text for text, said in zip(OWN, others, strict=True) if said < CLEAR] == []


def test_insults_of_others_stay() -> None:
    said = insult(OTHERS)
    assert [text for text, one in zip(OTHERS, said, strict=True) if one < CLEAR] == []


def test_quoted_insults_are_not_said_of_oneself() -> None:
    assert insult(("“我真是个傻逼”",))[0] >= CLEAR


def test_who_insults_themselves_offends_nobody() -> None:
    scores = score_many(CALM)
    assert [text for text, one in zip(CALM, scores.offence, strict=True) if one >= 0.5] == []
    assert not (scores.kinds >= CLEAR).any()
    assert score_many(["傻逼", "真是个垃圾"]).offence.min() >= 0.5


def test_what_is_said_besides_is_judged_by_itself() -> None:
    scores = score_many(BESIDES)
    assert [text for text, one in zip(BESIDES, scores.offence, strict=True) if one < 0.5] == []
    rest = assess("我真是个傻逼，居然请了个智商欠费的保姆")
    assert rest.kinds["mockery"] >= CLEAR
    assert any(span.kind == "mockery" for span in rest.spans)


def test_alone_and_among_others_it_is_the_same() -> None:
    texts = (*CALM, *BESIDES, *OWN, *OTHERS)
    together = score_many(texts)
    for place, text in enumerate(texts):
        alone = score_many([text])
        assert alone.offence[0] == together.offence[place]
        assert (alone.kinds[0] == together.kinds[place]).all()


def test_a_flood_of_them_takes_no_time_to_speak_of() -> None:
    begin = perf_counter()
    floods = "我真是个傻逼，" * 20_000, "哈," * 20_000 + "他说我真是个傻逼，" * 9000
    for flood in (*floods, "我真是个傻逼" + "," * 100_000):
        assess(flood)
    assert perf_counter() - begin < 5
