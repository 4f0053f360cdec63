"""Chinese text: folding of evasions, a lexicon per kind of harm, and how offensive a text is.

A leaf that imports nothing of ours. Nothing here judges opinions: there are no political,
religious or national words, and criticism of products, services and officials stays clean.
"""

from lianzhi.text.assessment import Assessment, Scores, assess, assess_many, score_many
from lianzhi.text.entries import KINDS, Lexicon
from lianzhi.text.evidence import Restoration, Shadow, Span
from lianzhi.text.folding import Folded, fold

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
