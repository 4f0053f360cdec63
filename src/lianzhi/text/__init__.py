"""Chinese text: folding of evasions, a lexicon for each kind of harm, and how offensive a text is.

`pipeline.py` lists the stages in order. A leaf: it imports no other room. Nothing here judges
opinions: there are no political, religious or national words, and criticism of products, services
and officials is not harm.
"""

from lianzhi.text.evidence.spans import Restoration, Shadow, Span
from lianzhi.text.fold.folding import Folded, fold
from lianzhi.text.lexicon.entries import KINDS, Lexicon
from lianzhi.text.model.scores import Scores
from lianzhi.text.pipeline import Assessment, assess, assess_many, score_many

__all__ = [
    "KINDS",
    "Assessment",
    "Folded",
    "Lexicon",
    "Restoration",
    "Scores",
    "Shadow",
    "Span",
    "assess",
    "assess_many",
    "fold",
    "score_many",
]
