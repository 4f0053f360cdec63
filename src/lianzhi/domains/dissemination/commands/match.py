"""`lianzhi dissemination match`: which articles are copies of which, and in what lineage."""

from pathlib import Path

import click
import msgspec

from lianzhi.domains.dissemination.line_files import FileError, read_rows
from lianzhi.domains.dissemination.matching import Article, lineage
from lianzhi.domains.dissemination.words import words
from lianzhi.kit.terminal import NO, plain, print_json

_SHOWN = 40
#: What one run keeps in memory: texts and sketches.
_MOST = 1_000_000


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="Lineage, one article a line: .jsonl.",
)  # fmt: skip
@click.option(
    "--least", type=click.FloatRange(0.2, 1), default=0.5, show_default=True,
    help="Share of one article that has to stand in the other.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def match(file: Path, out: Path, least: float, language: str, as_json: bool) -> None:
    """Find copies among the articles of FILE (CSV or JSON lines), and whence each was taken.

    Columns: id, text, and time (Unix milliseconds), outlet, title if known. Exit code 1: rows were
    left out.
    """
    articles: dict[str, Article] = {}
    problems: list[tuple[int, str]] = []
    try:
        for line, article, problem in read_rows(file, Article):
            if article is None:
                problems.append((line, problem))
            elif article.id in articles:
                problems.append((line, f"id {article.id!r} was given before; give another"))
            elif len(articles) == _MOST:
                raise FileError(f"{file}: more than {_MOST:,} articles; split it by day")
            else:
                articles[article.id] = article
        links = lineage([*articles.values()], least)
        with out.open("wb") as target:
            for link in links:
                fields = link._asdict() | {"outlet": articles[link.id].outlet}
                target.write(msgspec.json.encode(fields) + b"\n")
    except FileError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}; make it writable") from None
    counts = {"articles": len(links), "copies": sum(bool(link.parent) for link in links)}
    if as_json:
        errors = [{"line": line, "problem": problem} for line, problem in problems]
        print_json({**counts, "errors": errors})
    else:
        click.echo(words(language).gettext("dissemination.matched") % counts)
        for line, problem in problems[:_SHOWN]:
            click.echo(plain(f"{file}:{line}: {problem}"))
    if problems:
        raise click.exceptions.Exit(NO)
