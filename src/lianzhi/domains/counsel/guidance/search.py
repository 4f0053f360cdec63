"""Search in the pool: BM25 over single Chinese characters, pairs of them, and words of a group.

Chinese is written without blanks, and SQLite's and PostgreSQL's indexes find no words of two
characters in it. The pool is small: its index is made in memory, alike for both. Robertson and
Zaragoza (2009), Foundations and Trends in Information Retrieval 3, 333-389.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import log
from typing import NamedTuple

from lianzhi.domains.counsel.guidance.policy import SearchPolicy
from lianzhi.text.fold.folding import fold

_PART = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


class Texts(NamedTuple):
    """What is searched of a question."""

    question: str
    answer: str


class Hit(NamedTuple):
    """A question that shares terms with a query."""

    id: str
    score: float


class Terms:
    """Takes texts apart into terms, as a policy says."""

    def __init__(self, policy: SearchPolicy) -> None:
        self._weight = policy.group_weight
        self._groups = {
            fold(word).text: f"#{number}"
            for number, group in enumerate(policy.synonyms)
            for word in group
        }
        self._group = _any_of(self._groups)
        self._ignored = _any_of(fold(word).text for word in policy.ignored)

    def of(self, text: str) -> Counter[str]:
        """Each term of a text with how often it is there; the words of a group count for one."""
        folded = fold(text).text
        terms: Counter[str] = Counter()
        for match in self._group.finditer(folded):
            terms[self._groups[match[0]]] += self._weight
        for part in _PART.findall(self._ignored.sub(" ", folded)):
            if part.isascii():
                terms[part] += 1
            else:
                terms.update(part)
                terms.update(first + second for first, second in pairwise(part))
        return terms


class Index:
    """Questions of the pool, by their terms."""

    def __init__(self, texts: Mapping[str, Texts], policy: SearchPolicy) -> None:
        self._policy, self._terms = policy, Terms(policy)
        self._postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._lengths: dict[str, int] = {}
        for identity, (question, answer) in texts.items():
            counts = self._terms.of(answer)
            for term, count in self._terms.of(question).items():
                counts[term] += policy.question_weight * count
            self._lengths[identity] = counts.total()
            for term, count in counts.items():
                self._postings[term].append((identity, count))
        self._mean = sum(self._lengths.values()) / max(len(self._lengths), 1) or 1.0

    def search(self, query: str) -> list[Hit]:
        """The questions that fit best, best first, at most as many as policy shows."""
        k1, b, n = self._policy.k1, self._policy.b, len(self._lengths)
        scores: dict[str, float] = defaultdict(float)
        for term in self._terms.of(query):
            known = self._postings.get(term, ())
            weight = log(1 + (n - len(known) + 0.5) / (len(known) + 0.5))
            for identity, count in known:
                size = 1 - b + b * self._lengths[identity] / self._mean
                scores[identity] += weight * count * (k1 + 1) / (count + k1 * size)
        ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
        return [Hit(*each) for each in ranked[: self._policy.most]]


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Matches any of some words, the longest first; of no words, nothing."""
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
