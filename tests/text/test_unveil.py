"""What is written so that a filter should not see it is read as it is meant."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import assess, assess_many, score_many
from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.unveil import Restored, load, restore, rewrite
from lianzhi.text.unveil.lattice import PICTURES
from lianzhi.text.unveil.unveiler import with_words

LEXICON = lexicons.shipped()


def meant(text: str) -> str:
    """The text as it is taken to be meant, folded."""
    batch = fold_batch([text])
    restored = restore(batch, load(LEXICON))
    if not restored.text.size:
        return batch.text()[1:-1]
    return rewrite(batch, restored).batch.text()[1:-1]


def test_what_is_fitted_was_fitted_to_texts_as_folding_leaves_them() -> None:
    """Where folding learns, fit anew: nobody meets those characters any more."""
    data = load_arrays("lianzhi.text.unveil", "language")
    known = [*map(chr, data["chars"].tolist()), *map(str, data["words"])]
    assert [one for one in known if fold(one).text != one] == []


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("这种肿族奇是真的很饿心", "这种种族歧视真的很恶心"),  # by sound
        ("这些蓝人都没有数质", "这些男人都没有素质"),  # nearly so
        ("他们就会骑视外地人", "他们就会歧视外地人"),
        ("这种人真e心", "这种人真恶心"),  # pinyin
        ("你们这些人都是laji", "你们这些人都是垃圾"),
        ("你们这些人都是lā jī", "你们这些人都是垃圾"),
        ("简直就是zhong3zu2qi2shi4", "简直就是种族歧视"),
        ("你们都是qishi女性", "你们都是歧视女性"),
        ("这种人真🤢", "这种人真恶心"),  # pictures
        ("别人都在🤬他", "别人都在骂他"),
        ("他弓虽女干了她", "他强奸了她"),  # parts
        ("天天被人口口马", "天天被人骂"),
        ("真是太亚心心了", "真是太恶心了"),
        ("他就是个傻畐走之", "他就是个傻逼"),
        ("垃极东西", "垃圾东西"),  # by eye
        ("你就是个人碴", "你就是个人渣"),  # a part in common, and a rhyme
        ("这种⋏渣", "这种人渣"),  # a sign that is drawn so
        ("这帮人就是偏孑", "这帮人就是骗子"),  # by eye and by ear in one word
        ("la1气东西", "垃圾东西"),  # a tone between
        ("他是mei速子的人", "他是没素质的人"),
        ("一群8要脸的", "一群不要脸的"),  # a digit for what sounds a little like it
        ("这人真悪心，真该🉅", "这人真恶心,真该打"),
        ("就是地域岐视", "就是地域歧视"),
        ("这就是歧。视", "这就是歧视"),  # signs
        ("简直是恶，心", "简直是恶心"),
        ("女 性", "女性"),
        ("你就是个舔g", "你就是个舔狗"),  # a first letter within a word
        ("狗r的，骗我钱", "狗日的,骗我钱"),
        ("小b崽子", "小逼崽子"),
        ("你怎么不去s啊", "你怎么不去死啊"),
        ("他去S家上班了", "他去s家上班了"),  # a name
        ("小C老师讲得好", "小c老师讲得好"),
        ("绿C怎么泡，X地旅游", "绿c怎么泡,x地旅游"),
        ("这次无X标记，放P假", "这次无x标记,放p假"),
        ("真的是n m s l", "真的是nmsl"),
        ("N.M.S.L 懂？", "nmsl 懂?"),
        ("大s*b", "大sb"),
        ("弱……智一个", "弱智一个"),
        ("你个王8蛋", "你个王八蛋"),  # digits
        ("你就是个la1ji1人", "你就是个垃圾人"),  # and tones
        ("就是废5一个", "就是废物一个"),
        ("你个蛋八王", "你个王八蛋"),  # turned round
        ("信号弱，智能锁老连不上", "信号弱,智能锁老连不上"),  # nothing at all
        ("我8点到，第5排见", "我8点到,第5排见"),
    ],
)
def test_reads_what_is_meant(written: str, whole: str) -> None:
    assert meant(written) == whole


@pytest.mark.parametrize(
    "text",
    [
        "今天天气真好，我们去公园吃饭吧",
        "这家店的红烧肉做得特别好吃",
        "女子100米决赛明天开始",
        "他难得回家一趟，妈妈很高兴",
        "麻烦问一下，地铁几号线到机场？",
        "明天的数学考试我还没复习",
        "她说中文说得很流利",
        "I think the new app is great, 谢谢分享",
        "房价还会再涨吗",
        "孩子发烧到39度，要去医院吗",
        "古人云：己所不欲，勿施于人",
        "iPhone的信号真的不行",
        "第3季第8集大结局",
        "I'm fine, this is plan b. See you",
        "今天 b 站和 s 级都看了，A.B两款都买",
        "😂😂😂哈哈哈",
        "👍👍支持国货",
    ],
)
def test_leaves_ordinary_texts_alone(text: str) -> None:
    assert not assess(text).restored


def test_says_where_and_how_and_at_what_cost() -> None:
    text = "你们这些人都是la\u200bji！"
    (one,) = assess(text).restored
    assert text[one.start : one.end] == "la\u200bji"
    assert (one.form, one.view) == ("垃圾", "pinyin")
    assert one.cost > 0
    assert one.odds > 0
    span = next(span for span in assess(text).spans if span.kind == "insult")
    assert (span.start, span.end, span.kind) == (one.start, one.end, "insult")
    assert (span.entry, span.view, span.form) == ("垃圾", "pinyin", "垃圾")


def test_counts_what_is_meant() -> None:
    plain, cloaked = assess("你们这些人都是垃圾"), assess("你们这些人都是laji")
    assert cloaked.offence == pytest.approx(plain.offence, abs=1e-6)
    assert cloaked.kinds == plain.kinds


def test_what_is_written_still_counts_where_it_is_worse() -> None:
    found = assess("她的住址是幸福小区3栋")
    assert found.kinds["doxxing"] >= 0.5


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("青花瓷脑", "清花辞脑"),
        ("龙卷风嘴", "龙倦疯嘴"),
        ("八爪鱼精", "巴爪鱼精"),
        ("灯塔水母人", "灯塔睡母人"),
        ("磨盘脸", "mopan脸"),
    ],
)
def test_a_lexicons_own_words_are_unveiled_however_rare(word: str, written: str) -> None:
    file = lexicons.parse(
        "own.toml",
        f"""
        kind = "insult"
        version = 2026-11-25
        [[group]]
        sense = "invented for this test"
        weight = 0.9
        terms = ["{word}"]
        """.encode(),
    )
    lexicon = lexicons.build({"own.toml": file})
    assert not any(one.entry for one in assess(f"你这个{written}").spans)
    found = assess(f"你这个{written}", lexicon)
    assert found.kinds["insult"] >= 0.89
    (span,) = (one for one in found.spans if one.kind == "insult")
    assert (span.start, span.end) == (3, 3 + len(written))


texts = st.lists(
    st.text() | st.text(alphabet="你这种人真是的恶心歧视🤬👨ela jixn.弓虽女口马，。\u200b沙比3"),
    max_size=6,
)


@given(texts)
def test_restored_stretches_lie_in_order_inside_their_texts(some: list[str]) -> None:
    for text, found in zip(some, assess_many(some), strict=True):
        done = 0
        for one in found.restored:
            assert done <= one.start < one.end <= len(text)
            assert one.form
            done = one.end
        for span in found.spans:
            assert 0 <= span.start < span.end <= len(text)


@given(texts)
def test_a_text_is_read_the_same_alone_and_among_others(some: list[str]) -> None:
    scores = score_many(some)
    for place, (text, found) in enumerate(zip(some, assess_many(some), strict=True)):
        assert found == assess(text)
        assert found.offence == scores.offence[place]


@given(texts)
def test_rewriting_leaves_the_rest_as_it_is(some: list[str]) -> None:
    batch = fold_batch(some)
    restored = restore(batch, load(LEXICON))
    if not restored.text.size:
        return
    made = rewrite(batch, restored)
    kept = made.restored < 0
    assert np.array_equal(made.batch.codes[kept], batch.codes[made.begin[kept]])
    for row, form in enumerate(restored.form):
        (there,) = np.nonzero(made.restored == row)
        assert "".join(map(chr, made.batch.codes[there])) == form
    covered = sum(np.arange(a, b).size for a, b in zip(restored.start, restored.end, strict=True))
    part = batch.select(made.texts)
    assert kept.sum() + covered == part.codes.size


EVIDENCE_KINDS = ("恶，", "🤬", "shabi", "弓虽", "奇事", "a", "口", "沙比e心", "shi", "一", "女马")


@pytest.mark.parametrize("piece", [*EVIDENCE_KINDS, "⭐🔥", "👋👊", "狗r", "b婊死s", "⭐s", "🐶s"])
def test_takes_time_in_proportion(piece: str) -> None:
    def cost(count: int) -> float:
        text = piece * count
        begin = time.process_time()
        assess(text)
        return time.process_time() - begin

    cost(200)
    assert cost(8000) < 40 * max(cost(800), 0.01)


WALLS = (
    "⭐🔥" * 300,
    "⭐" * 300,
    "⭐🔥" * 300 + "，",
    "👋👊，" * 300,
    "👋👊好" * (PICTURES // 2 - 1),
)


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("text", ["，你个🐷脑子，", "，沙⭐比，"])
def test_what_stands_beside_many_pictures_is_read(wall: str, text: str) -> None:
    for whole in (wall + text, text + wall):
        assert assess(whole).kinds["insult"] >= 0.5


def test_so_many_pictures_of_a_text_are_read() -> None:
    text, hidden = "👋👊好" * (PICTURES // 2), "你个🐷脑子"
    assert "猪" not in restore(fold_batch([text + hidden]), load(LEXICON)).form
    assert "猪" in restore(fold_batch([text, hidden]), load(LEXICON)).form


def test_a_flood_of_pictures_takes_no_time_to_speak_of() -> None:
    begin = time.process_time()
    assess("👋👊" * 10_000)
    assess("👋👊你" * 7000)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("words", [[], ["傻"]])
def test_words_that_cannot_be_hidden_make_an_empty_vocabulary(words: list[str]) -> None:
    assert not restore(fold_batch(["傻逼 shabi 🐷"]), with_words(words)).text.size


def test_restored_rows_are_of_one_length() -> None:
    found: Restored = restore(fold_batch(["真恶，心"]), load(LEXICON))
    assert {len(column) for column in found} == {1}
