"""Against prejudice: who condemns it is relieved, by a model that leaves everything else alone."""

import numpy as np
import pytest

from lianzhi.text import assess, score_many
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.model import against

CONDEMNS = (
    "凭什么歧视黑人，大家都是平等的人，希望少一些偏见",
    "不要搞地域歧视，哪里都有好人和坏人",
    "性别歧视是不对的，女性也应该得到尊重",
)
ATTACKS = ("黑人就是懒，滚回非洲去", "河南人都是骗子偷井盖", "女人就是头发长见识短")


def test_who_condemns_prejudice_is_told_from_who_attacks() -> None:
    model = against.load()
    condemning, attacking = (model.logit(fold_batch(some)) for some in (CONDEMNS, ATTACKS))
    assert condemning.min() > model.above
    assert condemning.min() > attacking.max()


def test_odds_fall_by_what_is_beyond_and_by_nothing_else() -> None:
    model, batch = against.load(), fold_batch([*CONDEMNS, *ATTACKS])
    before = np.full(6, 0.8)
    logit = model.logit(batch)
    after = model.relieved(logit, before)
    beyond = np.maximum(logit - model.above, 0)
    log_odds = np.log(after / (1 - after)) - np.log(before / (1 - before))
    assert log_odds == pytest.approx(-np.minimum(model.worth * beyond, model.most))
    assert (before == 0.8).all(), "what was handed in is left alone"
    assert model.relieved(np.zeros(0), np.zeros(0)).size == 0


def test_fair_words_behind_an_attack_excuse_no_more_than_the_bound() -> None:
    plain, hidden = (
        float(score_many([text]).offence[0])
        for text in ("河南人都是骗子偷井盖", "河南人都是骗子偷井盖，不要歧视，人人平等")
    )
    assert plain > 0.9
    assert hidden > 0.9


@pytest.mark.parametrize("sure", [0.0, 0.25, 0.999999, 1.0])
def test_probabilities_stay_probabilities(sure: float) -> None:
    model = against.load()
    out = model.relieved(model.logit(fold_batch(CONDEMNS)), np.full(3, sure))
    assert ((out >= 0) & (out <= sure)).all()


def test_abuse_stays_abuse_whatever_it_is_used_against() -> None:
    plain, against_it = "你这个傻逼", "反对歧视，凭什么歧视，大家都是平等的，你这个傻逼"
    assert assess(plain).kinds["insult"] == assess(against_it).kinds["insult"]


def test_a_text_is_relieved_alone_as_among_others() -> None:
    scores = score_many([*CONDEMNS, *ATTACKS]).offence
    assert [np.float32(assess(one).offence) for one in (*CONDEMNS, *ATTACKS)] == scores.tolist()
