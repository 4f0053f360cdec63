"""Filling papers in: which step a paper is about, and what the file says of it. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lianzhi.documents.paper_template import Language
from lianzhi.domains.counsel.nouns.matter import Matter
from lianzhi.domains.counsel.nouns.review import Review
from lianzhi.domains.counsel.papers import PAPERS
from lianzhi.domains.counsel.papers.agency import Agency
from lianzhi.kit.noun_story import Step
from lianzhi.law.words import Words

Word = Callable[[str, str], str]
"""The word of a family for a key, in the paper's language."""

_REVIEW = {
    "accepted": "acceptance",
    "refused": "refusal",
    "completion_asked": "completion",
    "suspended": "stay",
    "ended": "ending",
    "settled": "mediation",
    "decided": "decision",
    "opinion_sent": "opinion",
}
_MATTER = {
    ("petition", "accepted"): "petition_acceptance",
    ("petition", "answered"): "petition_answer",
    ("disclosure", "answered"): "disclosure_answer",
}
#: What the words of a step are in its paper.
_WORDS = {
    "refusal": "reason",
    "completion": "completion",
    "stay": "reason",
    "ending": "reason",
    "mediation": "terms",
    "decision": "decision",
    "opinion": "opinion",
    "petition_answer": "reply",
    "disclosure_answer": "reply",
}


class Due(NamedTuple):
    """A paper that a step of a file calls for."""

    kind: str
    step: Step


def papers_of(file: Review | Matter, steps: Sequence[Step]) -> list[Due]:
    """The papers that the steps of a file call for: one for each kind, about its latest step."""
    latest: dict[str, Due] = {}
    for step in steps:
        name = step.kind.rpartition(".")[2]
        kind = _REVIEW.get(name) if isinstance(file, Review) else _MATTER.get((file.kind, name))
        if kind is not None:
            latest[kind] = Due(kind, step)
    return list(latest.values())


class Case(NamedTuple):
    """All that a paper is filled in from."""

    file: Review | Matter
    name: str | None
    """Of the person; None: it was erased."""
    steps: Sequence[Step]
    due: Due
    agency: Agency
    day: dt.date
    """That the paper bears."""


def fill(case: Case, language: Language, word: Word) -> dict[str, Any]:
    """Fields that are known, by name; what the file or the settings lack is absent."""
    file, agency = case.file, case.agency
    texts = _words(case.steps)
    fields: dict[str, Any] = {
        "day": case.day,
        "received": file.days["received"],
        "done_on": dt.date.fromisoformat(str(case.due.step.payload["day"])),
        "request": texts.get("received"),
        "contact": agency.contact,
        **{
            name: _text(text, language)
            for name, text in (
                ("agency", agency.name), ("court", agency.court), ("review_to", agency.review_to),
            )
        },
    }  # fmt: skip
    if case.name:
        fields["party"] = {"name": case.name}
    if (field := _WORDS.get(case.due.kind)) is not None:
        fields[field] = case.due.step.texts.get("words")
    if isinstance(file, Review):
        fields |= _review(file, texts, language, word)
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _review(
    file: Review, texts: Mapping[str, str], language: Language, word: Word
) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "respondent": file.respondent,
        "contested": word("review_contested", file.contested),
        "opinion_to": file.opinion_to,
        "answered": "answered" in texts,
        "answer": texts.get("answered"),
        "heard": "parties_heard" in texts,
        "views": texts.get("parties_heard"),
    }
    for name, family, value in (
        ("procedure", "review_procedure", file.procedure),
        ("ground", "review_ground", file.ground),
        ("ending", "review_ending", file.ending),
    ):
        if value:
            fields[name] = word(family, value)
    if file.outcome:
        fields["outcome"] = PAPERS.phrase(f"outcome_{file.outcome}", language)
        fields["outcome_basis"] = PAPERS.phrase(f"basis_{file.outcome}", language)
    return fields


def _words(steps: Sequence[Step]) -> dict[str, str]:
    """The latest words of each step."""
    return {
        step.kind.rpartition(".")[2]: step.texts["words"]
        for step in steps
        if step.texts.get("words")
    }


def _text(text: Words | None, language: Language) -> str:
    return "" if text is None else text.say(language)
