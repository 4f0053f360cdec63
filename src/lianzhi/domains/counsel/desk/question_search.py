"""Search among the questions whose answer holds today. The index lies in memory for a minute."""

import datetime as dt
from threading import Lock
from typing import NamedTuple

from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.guidance.search import Index, Texts
from lianzhi.domains.counsel.nouns.question import Question
from lianzhi.domains.counsel.queries import questions as queries

#: An index that is older is made anew, so that what was erased is not kept in it for longer.
_AGE_MS = 60_000


class Answer(NamedTuple):
    """A question that fits, with its texts as the vault has them now."""

    question: Question
    texts: dict[str, str]


class _Built(NamedTuple):
    """An index, and of what it was made."""

    versions: tuple[tuple[str, int], ...]
    day: dt.date
    at: int
    terms: Index


class QuestionSearch:
    """Finds answers by the meaning of terms. Thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = Lock()
        self._built: _Built | None = None

    def search(self, query: str) -> list[Answer]:
        """Answers that hold today, the best first; none for a query without terms."""
        today = self._office.today()
        with self._office.reading() as connection:
            valid = {question.id: question for question in queries.valid(connection, today)}
        hits = self._index(valid, today).search(query)
        answers = [Answer(valid[hit.id], self._texts(valid[hit.id])) for hit in hits]
        return [answer for answer in answers if "question" in answer.texts]

    def _texts(self, question: Question) -> dict[str, str]:
        return self._office.ledger.vault.texts(question.live.index) if question.live else {}

    def _index(self, valid: dict[str, Question], today: dt.date) -> Index:
        versions = tuple((key, each.live.index) for key, each in valid.items() if each.live)
        now = self._office.now()
        with self._lock:
            built = self._built
            if built is None or (built.versions, built.day) != (versions, today):
                built = None
            if built is None or not 0 <= now - built.at < _AGE_MS:
                texts = {key: self._texts(each) for key, each in valid.items()}
                searched = {
                    key: Texts(each["question"], each.get("answer", ""))
                    for key, each in texts.items()
                    if "question" in each
                }
                policy = self._office.rules.guidance(today).search
                built = self._built = _Built(versions, today, now, Index(searched, policy))
            return built.terms
