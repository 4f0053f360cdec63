"""Words that are but mentioned, since somebody looks them up."""

import pytest

from lianzhi.text import assess, assess_many


def insulted(text: str) -> bool:
    return assess(text).kinds.get("insult", 0) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "婊子是什么意思",
        "婊子是什么意思啊？求解",
        "请问nmsl是什么缩写",
        "王八蛋的近义词",
        "白眼狼 怎么读",
        "今天的作业。王八蛋这个词的由来？",
        "脑残这个词用英语怎么说？",
        "铁石心肠下一句",
        "用“王八蛋”造句",
    ],
)
def test_what_is_looked_up_is_no_insult(text: str) -> None:
    assert not insulted(text)


@pytest.mark.parametrize(
    "text",
    [
        "你个婊子什么意思",
        "这婊子什么意思",
        "傻逼，你什么意思",
        "贱人！什么意思",
        "傻逼什么意思都不懂",
        "傻狗什么意思 想打架？",
        "傻逼怎么读的大学",
        "傻逼造句都不会",
        "傻逼这个词就是给你造的",
        "“婊子”这个词真适合她",
        "婊子这个词真贴切",
        "你个“傻逼”什么意思",
        "她就是婊子的近义词",
        "傻逼用方言骂人呢",
        "傻逼啊什么意思",
        "贱货哪来的",
        "小美！贱货什么意思",
        "婊子是小美的近义词",
        "小美，婊子的近义词",
        "追问婊子什么意思",
        "小美这种 贱货什么意思",
        "婊子什么意思“哈哈”",
    ],
)
def test_whoever_is_called_so_is_insulted_still(text: str) -> None:
    assert insulted(text)


@pytest.mark.parametrize(
    "text",
    ["她就是一只野鸡", "她就是只小母狗", "她在楼下卖肉", "送花圈要写你名字", "你这小土狗"],
)
def test_innocent_words_hide_none_of_it(text: str) -> None:
    assert max(assess(text).kinds.values(), default=0) >= 0.5


def test_a_question_is_asked_in_its_own_text_alone() -> None:
    assert all(one.kinds["insult"] >= 0.5 for one in assess_many(["婊子", "什么意思 婊子"]))
