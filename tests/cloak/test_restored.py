"""The measure of what is restored, on made-up comments."""

from bench import unveil

WORDS = frozenset({"歧视", "恶心", "垃圾"})
BAD = ["这就是种族歧视，真恶心", "都是垃圾，歧视我们"] * 8
CALM = ["今天天气真好", "我们去公园吃饭"] * 8


def test_what_folding_undoes_counts_as_restored() -> None:
    some = unveil.cases("zero_width", BAD, CALM, WORDS)
    assert sum(one.cloaked for one in some) == len(BAD)
    assert unveil.figures(some).startswith(f"n {len(BAD)}; F1 1.000 (1.000-1.000); precision 1.000")


def test_words_are_looked_for_at_their_place() -> None:
    assert unveil.found_again("甲歧视乙恶心", "甲奇事乙恶心", ["歧视", "恶心"]) == (False, True)
    assert unveil.found_again("歧视和歧视", "歧视和奇事", ["歧视", "歧视"]) == (True, False)


def test_a_comment_read_otherwise_is_no_comment_restored() -> None:
    right = unveil.Case("歧视", "歧视", changed=True, cloaked=True, words=(True,))
    wrong = unveil.Case("歧视", "奇事", changed=False, cloaked=True, words=(False,))
    calm = unveil.Case("天气", "天气", changed=False, cloaked=False, words=())
    told = unveil.figures([right, wrong, calm, calm])
    assert "precision 1.000, recall 0.500; words 0.500; untouched ones changed 0.000" in told
