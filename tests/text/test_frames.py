"""Frames: harm in how things are put, told from its look-alikes; what the data may hold."""

import tomllib
from importlib.resources import files
from pathlib import Path
from time import perf_counter

import pytest

from lianzhi.text import KINDS, assess, assess_many
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.grammar import frames
from lianzhi.text.grammar.wording import PAUSES
from lianzhi.text.lexicon import lexicons
from lianzhi.text.model.kind_models import AS_A_WHOLE
from lianzhi.text.pipeline import match_words

CLEAR = 0.5
HERE = Path(__file__).parent
WRITTEN = tomllib.loads((HERE / "kinds.toml").read_text("utf-8"))
SENTENCES = tomllib.loads((HERE / "sentences.toml").read_text("utf-8"))
DATA = [
    path
    for path in (files("lianzhi.text.grammar") / "wordings").iterdir()
    if path.name[-5:] == ".toml"
]


@pytest.mark.parametrize("kind", WRITTEN)
def test_most_harm_is_read_and_few_look_alikes(kind: str) -> None:
    def read(part: str) -> float:
        found = assess_many(WRITTEN[kind][part])
        return sum(one.kinds.get(kind, 0) >= CLEAR for one in found) / len(found)

    assert read("harmful") >= 0.7
    assert read("innocent") <= 0.12


#: What is known to be told wrong: words tell it apart, how all of it sounds does not.
MISTAKEN = {"游戏里再遇到你，我弄死你这个法师", "你个出生证明还没办吧"}


@pytest.mark.parametrize(
    ("kind", "harmful", "innocent"),
    [
        ("threat", "我知道你住几栋几楼，咱们慢慢玩", "我知道你住几栋几楼，快递给你送上去"),
        ("threat", "信不信我打断你的腿", "老婆说再买手办就打断我的腿，哈哈"),
        ("threat", "再敢发一条，我弄死你", "游戏里再遇到你，我弄死你这个法师"),
        ("threat", "我要弄死你", "他发短信说“我要弄死你”，我已经报警了"),
        ("threat", "打死你", "打死我也不去"),
        ("self_harm_urging", "你怎么还不去死", "我怎么还不去死，活着好累"),
        ("self_harm_urging", "从楼顶跳下去吧你", "小说结局女主从楼顶跳下去了"),
        ("self_harm_urging", "快跳啊，别磨蹭", "别跳，求你，大家都在等你回家"),
        ("self_harm_urging", "快去喝农药吧别磨蹭", "喝百草枯去医院还有救吗"),
        ("self_harm_urging", "你怎么不去喝百草枯", "他喝百草枯去世了，才二十岁"),
        ("incitement", "姐妹们一起去她评论区骂", "姐妹们别再去她评论区骂了"),
        ("incitement", "大家一起举报他，让他封号", "大家一起举报这个诈骗链接"),
        ("coercion", "不捐就是冷血，良心过得去吗", "总有人说“不捐就是冷血”，这就是道德绑架"),
        ("doxxing", "打人的叫周某强，手机16012345678，打爆他", "捡到手机一部，失主请打16012345678"),
        ("doxxing", "求这个博主的住址，有偿", "求这家店的地址"),
        ("doxxing", "全网找这个女的，把她挖出来", "老板亲自下厨，全城找不出第二家"),
        ("insult", "你个2b会不会玩啊", "你个2b铅笔借我用用"),
        ("insult", "死nt把分给我掉完了", "死ntfs格式"),
        ("insult", "他就是个38", "他就是个38路公交司机"),
        ("insult", "你个250", "你这个250是哪来的，红包吗"),
        ("insult", "什么fw玩意也来评论", "什么fw玩意外险"),
        ("insult", "你个出生，连狗都虐", "你个出生证明还没办吧"),
        ("group_hate", "外地人都是小偷", "谁说外地人都是小偷，这是偏见"),
        ("group_hate", "那边的人素质普遍低", "那边的人素质普遍不错"),
        ("group_hate", "打工的就知道占便宜", "打工的就知道挣钱不容易"),
        ("group_hate", "离过婚的没一个好东西", "并不是离过婚的都没一个好东西"),
    ],
)
def test_what_makes_the_difference(kind: str, harmful: str, innocent: str) -> None:
    assert assess(harmful).kinds.get(kind, 0) >= CLEAR
    clear = assess(innocent).kinds.get(kind, 0) >= CLEAR
    assert clear == (innocent in MISTAKEN)


def test_an_identifier_alone_is_no_doxxing() -> None:
    for text in ("16012345678", "河东路18号2单元301", "合租加微信 zufang_2023", "京A·12345"):
        assert assess(text).kinds.get("doxxing", 0) < CLEAR


@pytest.mark.parametrize("typed", ["张三\ue00a，身份证\ue002", "\ue00a家住\ue008"])
def test_what_looks_like_a_mark_of_an_identifier_is_none(typed: str) -> None:
    assert not match_words(fold_batch([typed]), lexicons.shipped()).kinds.any()
    assert all(span.sense == AS_A_WHOLE for span in assess(typed).spans)


def test_a_typed_mark_says_nothing_beside_a_real_identifier() -> None:
    typed, plain = (
        match_words(fold_batch([text]), lexicons.shipped()).kinds
        for text in ("加我qq1234567890吧\ue000家住", "加我qq1234567890吧某家住")
    )
    assert (typed == plain).all()


def test_many_hits_far_from_a_guard_of_clauses_take_time_in_step() -> None:
    batch = fold_batch(["好像哦" + "刁民呀" * 8000])
    begin = perf_counter()
    assert match_words(batch, lexicons.shipped()).kinds.any()
    assert perf_counter() - begin < 2  # it took 6 where every hit looked for pauses by itself


def test_a_frame_is_marked_in_the_original() -> None:
    text = "你 听 好：我\u200b知道你家住哪，走着瞧"
    spans = [text[one.start : one.end] for one in assess(text).spans if one.kind == "threat"]
    assert any("知道你家住" in span for span in spans)


def test_what_a_wording_needs_is_never_missed() -> None:
    data = frames.load()
    texts = [text for parts in WRITTEN.values() for part in parts.values() for text in part]
    batch = fold_batch(texts)
    whole, bounds = batch.text(), batch.starts.tolist()
    found = data.anchors.candidates(batch, {})
    number, text, place = (column.tolist() for column in found)
    held = dict(zip(zip(number, text, strict=True), place, strict=True))
    for number, frame in enumerate(data.frames):
        for text in range(len(texts)):
            match = frame.wording.search.search(whole, bounds[text], bounds[text + 1] + 1)
            if match:
                told = texts[text], frame.wording.pattern
                assert (number, text) in held, told
                assert bounds[text] <= held[number, text] <= match.start(), told
    assert PAUSES[-1] == whole[0]


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_the_data_is_of_a_kind_and_holds_no_political_religious_or_national_words(
    path: Path,
) -> None:
    text = path.read_text("utf-8")
    assert path.name == "shared.toml" or path.name[:-5] in KINDS
    accusing = text if path.name == "shared.toml" else text.split("[[guard]]")[0]
    accusing = accusing.split("[[guard]]")[0]
    assert [word for word in SENTENCES["never"] if word in accusing] == []


def test_every_frame_counts_for_something() -> None:
    data = frames.load()
    assert all(0 < one.weight < 1 for one in (*data.frames, *data.signs))
    assert all(0 <= one.keep < 1 for one in data.guards)
    assert 0 < data.least <= data.alone < 1
