"""The demo's pool of questions: the shipped answers, most of them published."""

import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from lianzhi.domains.counsel.desk.guidance import Guidance

#: Of so many questions the last one stays a draft that waits for its review.
_EACH = 8


def fill(guidance: Guidance, by: str, echo: Callable[[str], None]) -> None:
    """Take the shipped questions in, reviewed by an invented colleague."""
    text = files("lianzhi.domains.counsel.guidance").joinpath("questions.csv").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "questions.csv").write_text(text, "utf-8")
        read = guidance.question_import.read(Path(folder))
    count = guidance.question_import.take(read, by)["questions"]
    for number, row in enumerate(read.reads["questions"].rows, 1):
        if number % _EACH:
            guidance.questions.review(row.id, "wei")
            guidance.questions.publish(row.id, "wei")
    echo(f"{count} questions")
