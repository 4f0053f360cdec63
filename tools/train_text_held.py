"""What the linear tier says of train's comments that its models have not seen."""

import numpy as np
from numpy.typing import NDArray

import train_text as text
from lianzhi.text.model import linear
from train_text_corpus import Corpus

Floats = NDArray[np.float64]
#: How the linear tier was fitted, as its card says.
LINEAR = text.Recipe(3, cost=0.5, second=0.1)
SHAPE = text.Shape(fits=1)


def linear_held_out(train: Corpus, splits: dict[str, text.Folds]) -> dict[str, Floats]:
    """Probability of the linear tier's models that have not seen a comment, by each split."""
    shipped = linear.load()
    matrix, harm = (
        text.features(train.texts, LINEAR.longest),
        text.lexicon(train.texts),
    )
    first, second = dict[str, Floats](), dict[str, Floats]()
    for name, folds in splits.items():
        first[name] = text.held_out_both(matrix, train, folds, LINEAR)
        second[name] = text.held_out_patterns(train, folds, SHAPE)
    scales = [text.scale(each["topic"], train.label) for each in (first, second)]
    out = dict[str, Floats]()
    for name in splits:
        both = zip((first[name], second[name]), scales, strict=True)
        logit, other = (offset + factor * said for said, (offset, factor) in both)
        other = np.where(np.abs(logit) < shipped.sure, other, logit)
        out[name] = shipped.probability(logit, other, harm)
    return out
