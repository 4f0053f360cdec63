"""Questions: drafts, reviews and publishes them. Whoever wrote at a draft does not review it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lianzhi.domains.counsel.desk.guidance_checks import (
    at_most,
    filled,
    in_order,
    known_key,
    past_or_today,
)
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.guidance import question_row
from lianzhi.domains.counsel.guidance.question_row import QuestionRow
from lianzhi.domains.counsel.nouns.question import Question, Version
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import RefusedError
from lianzhi.office.ports import Batch
from lianzhi.office.written_lists import split_list
from lianzhi.record.entry import Draft, Text


class Questions:
    """All acts on questions. KeyError: there is no such question; IllegalStepError: not now."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def get(self, identity: str) -> Question:
        """A question by id."""
        with self._office.reading() as connection:
            return tables.question.load(connection, identity)

    def texts(self, version: Version) -> dict[str, str]:
        """`question`, `answer` and `sources` of a version, as far as they are left."""
        return self._office.ledger.vault.texts(version.index)

    def check(self, given: Mapping[str, Any]) -> None:
        """Raises RefusedError where this can't be the content of a version."""
        self._content(given)

    def draft(
        self, by: str, asker: str = "", day_asked: dt.date | None = None, **given: Any
    ) -> str:
        """Take a question in, with or without an answer; returns its id."""
        with self._office.ledger.batch() as batch:
            number = tables.question.count(batch.connection) + 1
            while tables.question.get(batch.connection, identity := f"Q{number:04}"):
                number += 1
            batch.append([self._drafted(batch, identity, by, asker.strip(), day_asked, given)])
        return identity

    def take_rows(self, rows: tuple[QuestionRow, ...], by: str) -> int:
        """Take the rows of a file in as drafts, all or none; returns how many were new."""
        with self._office.ledger.batch() as batch:
            drafts = [
                self._drafted(batch, row.id, by, "", None, as_given(row))
                for row in rows
                if tables.question.get(batch.connection, row.id) is None
            ]
            batch.append(drafts)
        return len(drafts)

    def revise(self, identity: str, by: str, **given: Any) -> None:
        """Write a new draft; what is in the pool stays there until the draft is published."""
        self._put("revised", identity, by, *self._content(given))

    def review(self, identity: str, by: str) -> None:
        """Pass a draft that somebody else wrote."""
        self._put("reviewed", identity, by, {})

    def send_back(self, identity: str, by: str, *, words: str) -> None:
        """Ask for another draft, with the reason."""
        self._put("sent_back", identity, by, {}, {"words": filled("words", words, 20_000)})

    def publish(self, identity: str, by: str) -> None:
        """Put the reviewed draft into the pool, in place of the version that is there."""
        self._put("published", identity, by, {})

    def discard(self, identity: str, by: str) -> None:
        """Drop the draft of a revision; the version in the pool stays."""
        self._put("discarded", identity, by, {})

    def withdraw(self, identity: str, by: str, *, words: str) -> None:
        """Take a question out of the pool for good, with the reason."""
        self._put("withdrawn", identity, by, {}, {"words": filled("words", words, 20_000)})

    def ask(self, identity: str, by: str, *, day_asked: dt.date | None, asker: str = "") -> None:
        """Note that somebody asked it again: what comes back is what lessons are held about."""
        day = past_or_today("day_asked", day_asked, self._office.today())
        with self._office.ledger.batch() as batch:
            tables.question.load(batch.connection, identity)
            payload = {"question": identity, "by": by, "day_asked": day}
            payload["asker"] = _token(batch, asker.strip())
            batch.append([self._office.draft("question.asked", identity, payload)])

    def _drafted(
        self,
        batch: Batch,
        identity: str,
        by: str,
        asker: str,
        day_asked: dt.date | None,
        given: Mapping[str, Any],
    ) -> Draft:
        content, texts = self._content(given)
        token = _token(batch, asker)
        day = (
            past_or_today("day_asked", day_asked, self._office.today())
            if token or day_asked
            else None
        )
        payload = {"question": identity, **content, "by": by, "asker": token, "day_asked": day}
        return self._office.draft("question.drafted", identity, payload, _of_nobody(texts))

    def _put(
        self,
        step: str,
        identity: str,
        by: str,
        payload: Mapping[str, Any],
        texts: Mapping[str, str] | None = None,
    ) -> None:
        with self._office.ledger.batch() as batch:
            question = tables.question.load(batch.connection, identity)
            _check_step(step, question, by, self._office.today())
            fields = {"question": identity, **payload, "by": by}
            of_entry = _of_nobody(texts or {})
            batch.append([self._office.draft(f"question.{step}", identity, fields, of_entry)])

    def _content(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Payload and texts of a version. Raises RefusedError."""
        policy = self._office.rules.guidance(self._office.today())
        since = given.get("since") or self._office.today()
        in_order(since, until := given.get("until"))
        texts = {
            "question": filled("question", given["question"], question_row.QUESTION_LENGTH),
            "answer": at_most("answer", given.get("answer", ""), question_row.ANSWER_LENGTH),
            "sources": at_most("sources", given.get("sources", ""), question_row.SOURCES_LENGTH),
        }
        payload = {
            "field": known_key("field", given["field"], policy.fields),
            "causes": [
                known_key("causes", cause, policy.causes)
                for cause in split_list(given.get("causes", ""))
            ],
            "since": since,
            "until": until,
            "is_answered": bool(texts["answer"] and texts["sources"]),
        }
        return payload, texts


def as_given(row: QuestionRow) -> dict[str, Any]:
    """A row as the form gives it."""
    return {
        "question": row.question,
        "answer": row.answer,
        "sources": "\n".join(row.sources),
        "field": row.field,
        "causes": ";".join(row.causes),
        "since": row.since,
        "until": row.until,
    }


def _check_step(step: str, question: Question, by: str, today: dt.date) -> None:
    """Raises RefusedError for a step that the draft does not allow to this person on this day."""
    identity, draft = question.id, question.draft
    if step == "discarded" and question.live is None:
        raise RefusedError("question_first", f"{identity} was never published; withdraw it")
    if draft is None:
        return
    if step == "reviewed" and not draft.is_answered:
        raise RefusedError("question_unanswered", f"{identity} lacks an answer or a source")
    if step == "reviewed" and by in draft.authors:
        raise RefusedError("question_own", f"{by} wrote {identity}; let another person review")
    if step == "published" and draft.until and draft.until < today:
        raise RefusedError("question_over", f"until is {draft.until}; revise it", field="until")


def _of_nobody(texts: Mapping[str, str]) -> dict[str, Text]:
    """Texts of the office about rules: who asked stands beside them, as a token."""
    return {name: (text, ()) for name, text in texts.items()}


def _token(batch: Batch, asker: str) -> str:
    return batch.tokens([asker])[asker] if asker else ""
