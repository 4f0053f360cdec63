"""Questions to and from people's tables. What comes in is a draft: it is reviewed as any other."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.questions import Questions, as_given
from lianzhi.domains.counsel.guidance.question_row import QuestionRow
from lianzhi.domains.counsel.importing.questions import KIND, read_folder
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import RefusedError
from lianzhi.domains.counsel.words import words
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.problem import Fault, Problem
from lianzhi.tabular.reading import ReadTable


class QuestionImport:
    """Reads and takes in a folder with questions. Implements `kit.table_commands.Import`."""

    def __init__(self, office: Office, questions: Questions) -> None:
        self._office, self._questions = office, questions

    def read(self, path: Path, watch: Callable[[str], None] = lambda kind: None) -> Folder:
        """What of a folder may come in; each other row has its problem."""
        return read_folder(path, self._new, watch)

    def take(
        self, folder: Folder, by: str, watch: Callable[[int, int], None] = lambda done, whole: None
    ) -> dict[str, int]:
        """Put the good rows on the record as drafts, all or none; returns how many."""
        rows: tuple[QuestionRow, ...] = folder.reads[KIND].rows if KIND in folder.reads else ()
        count = self._questions.take_rows(rows, by)
        watch(len(rows), len(rows))
        return {KIND: count}

    def rows(self) -> Iterator[QuestionRow]:
        """The newest version of each question whose text is left."""
        with self._office.reading() as connection:
            every = tables.question.every(connection)
        for question in every:
            version = question.newest
            texts = self._questions.texts(version)
            sources = tuple(filter(None, texts.get("sources", "").split("\n")))
            if "question" in texts:
                yield QuestionRow(
                    question.id, texts["question"], version.field, version.since,
                    texts.get("answer", ""), sources, version.causes, version.until,
                )  # fmt: skip

    def _new(self, table: ReadTable[QuestionRow]) -> ReadTable[QuestionRow]:
        """The rows that may come in; those that the record has already are left out."""
        known = {row.id: row for row in self.rows()}
        good, wrong, same = [], list(table.errors), 0
        for row, line in zip(table.rows, table.lines, strict=True):
            problem = partial(Problem, table.file, line)
            if "/" in row.id:
                wrong.append(problem("id", row.id, Fault("counsel_id", catalogue=words)))
            elif known.get(row.id) == row:
                same += 1
            elif row.id in known:
                wrong.append(problem("id", row.id, Fault("question_known", catalogue=words)))
            else:
                try:
                    self._questions.check(as_given(row))
                    good.append((row, line))
                except RefusedError as error:
                    fault = Fault(error.rule, error.params, words)
                    wrong.append(problem(error.field, str(error.value or "")[:60], fault))
        wrong.sort(key=lambda each: each.line)
        rows, lines = tuple(row for row, _ in good), tuple(line for _, line in good)
        return msgspec.structs.replace(
            table, rows=rows, lines=lines, errors=tuple(wrong), same=same
        )
