"""Text families: what is made alike is found in any order, and what everybody writes is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.astroturf.families import (
    Posts,
    explanations,
    families,
    judge,
    shingled,
    template,
)
from lianzhi.domains.astroturf.families.judging import burst
from lianzhi.domains.astroturf.families.shingles import weights

HOUR = 3_600_000
NOUNS = ["面", "汤", "菜", "茶", "酒", "肉", "鱼", "饭", "饼", "粥"]
MADE = "{}号桌的{}太惊艳了，老板亲自下厨，全城找不出第二家，强烈推荐大家来试试"


def life(seed: int = 0, count: int = 600, targets: int = 30) -> Posts:
    """What people write, of many targets; a third a stock phrase."""
    draw = np.random.default_rng(seed)
    chars = list("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜")
    text = [
        "质量很好物流很快下次再来" if n % 3 == 0 else "".join(draw.choice(chars, 20))
        for n in range(count)
    ]
    target = draw.integers(0, targets, count)
    return Posts(text, np.arange(count), target, draw.integers(0, 1000 * HOUR, count))


def with_army(posts: Posts, texts: list[str], target: int) -> Posts:
    size, first = len(texts), len(posts.text)
    return Posts(
        [*posts.text, *texts],
        np.append(posts.account, first + np.arange(size)),
        np.append(posts.target, np.full(size, target)),
        np.append(posts.time, 500 * HOUR + np.arange(size) * 60_000),
    )


def army(size: int = 12) -> list[str]:
    return [MADE.format(n + 3, NOUNS[n % len(NOUNS)]) for n in range(size)]


def test_one_template_many_accounts_one_target_is_found_with_its_evidence() -> None:
    posts = with_army(life(), army(), 4)
    (found,) = judge(posts)
    assert found.target == 4
    assert found.rows.tolist() == list(range(600, 612))
    assert found.accounts.size == 12
    assert found.by_chance < 1e-6
    assert not found.elsewhere
    assert found.burst.accounts == 12
    assert found.burst.until - found.burst.since == 11 * 60_000
    assert "全城找不出第二家" in found.template.common
    assert "太惊艳" in str(found.template)
    assert any(part.slot for part in found.template.parts)
    assert not found.explanations


def test_what_everybody_writes_accuses_nobody() -> None:
    assert judge(life()) == []


def test_the_same_template_on_all_targets_accuses_nobody() -> None:
    posts = life()
    draw = np.random.default_rng(3)
    for n, text in enumerate(army(60)):
        posts = with_army(posts, [text], int(draw.integers(30)) if n else 0)
    assert judge(posts) == []


def test_one_account_that_repeats_itself_is_no_army() -> None:
    posts = with_army(life(), army(), 4)
    one = posts._replace(account=np.where(np.arange(612) >= 600, 600, posts.account))
    assert judge(one) == []


def test_short_texts_are_said_by_everybody() -> None:
    assert judge(with_army(life(), ["好看！支持"] * 30, 4)) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("此用户没有填写评价，系统默认好评", "default_text"),
        ("转发这条微博并关注我们抽五位朋友送门票", "lottery"),
        ("“山高路远也要来见你一面”一生必看的片子", "quoted"),
    ],
)
def test_what_else_it_may_be_stands_beside_it(text: str, reason: str) -> None:
    (found,) = judge(with_army(life(), [text] * 12, 4))
    assert {reason, "word_for_word"} <= set(found.explanations)


def test_one_target_leaves_nothing_to_compare_with() -> None:
    posts = with_army(life(targets=1), army(), 0)
    found = judge(posts)
    assert found
    assert all("nothing_to_compare" in one.explanations for one in found)
    assert all(np.isnan(one.by_chance) for one in found)


def test_nothing_is_found_in_nothing() -> None:
    none = np.zeros(0, np.int64)
    assert judge(Posts([], none, none, none)) == []
    zero = np.zeros(3, np.int64)
    assert judge(Posts(["", "\ud800", "!"], zero, zero, zero)) == []


texts_of_all_sorts = st.lists(
    st.text(max_size=30)
    | st.sampled_from(army(6))
    | st.text("甲乙丙丁戊", min_size=8, max_size=20),
    min_size=1,
    max_size=12,
)


@given(texts_of_all_sorts, st.randoms(use_true_random=False))
def test_families_do_not_depend_on_the_order_of_rows(texts: list[str], random: object) -> None:
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    target = np.arange(len(texts)) % 3

    def together(rows: list[int]) -> set[tuple[int, int]]:
        some = shingled([texts[row] for row in rows])
        label = families(some, weights(some, target[rows]), 0.3, 4)[some.of]
        return {
            (min(rows[a], rows[b]), max(rows[a], rows[b]))
            for a in range(len(rows))
            for b in range(a)
            if label[a] == label[b]
        }

    assert together(order) == together(sorted(order))


@given(texts_of_all_sorts)
def test_the_parts_of_a_template_are_all_of_its_example(texts: list[str]) -> None:
    made = template(texts)
    assert made.example in {text[:400] for text in texts}
    assert "".join(made.example[a:b] for a, b, _ in made.parts) == made.example
    assert made == template(texts[::-1])


def test_a_burst_holds_the_most_accounts_of_any_window() -> None:
    draw = np.random.default_rng(5)
    time, who = np.sort(draw.integers(0, 1000, 200)), draw.integers(0, 30, 200)
    found = burst(time, who, 50)
    most = max(len(set(who[(time >= at) & (time <= at + 50)].tolist())) for at in time)
    assert found.accounts == most
    assert found.until - found.since <= 50


def test_the_shipped_policy_compiles() -> None:
    assert {name for name, _ in explanations()} >= {"default_text", "lottery", "quoted"}
