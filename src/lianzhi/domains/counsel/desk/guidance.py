"""Guidance of the legal office: its services, built on one office."""

from pathlib import Path

from lianzhi.domains.counsel.desk.lessons import Lessons
from lianzhi.domains.counsel.desk.manuals import Manuals
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.question_import import QuestionImport
from lianzhi.domains.counsel.desk.question_search import QuestionSearch
from lianzhi.domains.counsel.desk.questions import Questions
from lianzhi.domains.counsel.importing.questions import stored_name
from lianzhi.office.uploads import Uploads


class Guidance:
    """Questions, post manuals and lessons. Thread-safe: the record serialises writes."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.questions = Questions(office)
        self.search = QuestionSearch(office)
        self.question_import = QuestionImport(office, self.questions)
        self.manuals = Manuals(office)
        self.lessons = Lessons(office)
        self.uploads = Uploads(folder / "uploads", stored_name)
