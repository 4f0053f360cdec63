"""`lianzhi counsel find`, `question import`, and the recall of the search."""

import csv
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import click
from rich.table import Table

from lianzhi.domains.counsel.guidance.search import Index, Texts
from lianzhi.domains.counsel.importing.questions import KIND, schema
from lianzhi.domains.counsel.rules import Rules
from lianzhi.kit.options import deployment_options
from lianzhi.kit.table_commands import load_command
from lianzhi.kit.terminal import console, deployment, plain, print_json
from lianzhi.stats.intervals import wilson
from lianzhi.tabular.reading import read

_SHIPPED = files("lianzhi.domains.counsel.guidance")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

load_questions = load_command(
    "counsel",
    "Take the good rows of questions.csv in FOLDER in as drafts; they are reviewed as any other.",
    (KIND,),
    (KIND,),
    lambda desk: desk.guidance.question_import,
)


@click.command()
@click.argument("query")
@deployment_options
def find(query: str, home: Path, as_json: bool) -> None:
    """Print the answers that hold today and fit QUERY, the best first."""
    with deployment().desk(home, "counsel") as desk:
        answers = desk.guidance.search.search(query)
    if as_json:
        print_json([{"id": question.id, **texts} for question, texts in answers])
        return
    for question, texts in answers:
        click.echo(f"{question.id}  {plain(texts['question'])}")
        for line in (texts.get("answer", ""), texts.get("sources", "").replace("\n", "; ")):
            click.echo(f"    {plain(line)}")


class Recall(NamedTuple):
    """How many queries of a part find their answer among the first few."""

    part: str
    first: int
    hits: int
    queries: int
    lo: float
    hi: float


@click.command("question-recall")
@click.option("--questions", type=_FILE, help="A pool as questions.csv. [default: the shipped one]")
@click.option("--queries", type=_FILE, help="Columns id, part, query. [default: the shipped ones]")
@deployment_options
def question_recall(
    questions: Path | None, queries: Path | None, home: Path, as_json: bool
) -> None:
    """Print how often the search finds the answer that belongs to a query, with 95 % intervals."""
    shares = list(_recall(questions, queries, home))
    if as_json:
        print_json([share._asdict() for share in shares])
        return
    table = Table("queries", "among the first", "found", "of", "recall (Wilson, 95 %)")
    for part, first, hits, count, lo, hi in shares:
        share = f"{hits / count:.1%} ({lo:.1%} - {hi:.1%})"
        table.add_row(part, str(first), str(hits), str(count), share)
    console().print(table)


def _recall(questions: Path | None, queries: Path | None, home: Path) -> Iterator[Recall]:
    pool = questions or Path(str(_SHIPPED / "questions.csv"))
    rows = read(pool, schema()).rows
    policy = Rules(home / "counsel").guidance(max(row.since for row in rows)).search
    index = Index({row.id: Texts(row.question, row.answer) for row in rows}, policy)
    text = (queries or Path(str(_SHIPPED / "queries.csv"))).read_text("utf-8-sig")
    ranks: dict[str, list[int]] = {}
    for row in csv.DictReader(text.splitlines()):
        ids = [hit.id for hit in index.search(row["query"])]
        rank = ids.index(row["id"]) if row["id"] in ids else len(rows)
        ranks.setdefault(row["part"], []).append(rank)
    for part, known in ranks.items():
        for first in (1, 5):
            hits = sum(rank < first for rank in known)
            lo, hi = wilson(hits, len(known))
            yield Recall(part, first, hits, len(known), lo, hi)
