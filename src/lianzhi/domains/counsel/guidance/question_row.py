"""A row of questions.csv, and what a person fills into the form of a question."""

import datetime as dt
from typing import Annotated

import msgspec

from lianzhi.tabular.field_types import Id

QUESTION_LENGTH, ANSWER_LENGTH, SOURCES_LENGTH = 2_000, 20_000, 4_000


class QuestionRow(msgspec.Struct, frozen=True):
    """疑难问题: a question with its answer, and on what it rests."""

    id: Id
    question: Annotated[str, msgspec.Meta(max_length=QUESTION_LENGTH)]
    field: Id
    since: dt.date
    answer: Annotated[str, msgspec.Meta(max_length=ANSWER_LENGTH)] = ""
    sources: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    until: dt.date | None = None
