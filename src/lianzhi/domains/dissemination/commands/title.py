"""`lianzhi dissemination title`: reprints' titles held against their own sources."""

from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.dissemination.commands.title_rows import (
    ChangeRow,
    TitlePair,
    change_rows,
    write_changes,
)
from lianzhi.domains.dissemination.line_files import FileError, read_rows
from lianzhi.domains.dissemination.titles import Detector
from lianzhi.domains.dissemination.titles.lexicon import load
from lianzhi.domains.dissemination.words import words
from lianzhi.kit.terminal import NO, console, plain, print_json

_SHOWN = 40


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Findings: .csv or .jsonl."
)
@click.option(
    "--lexicon", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a lexicon of your own, in dated files.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def title(file: Path, out: Path | None, lexicon: Path | None, language: str, as_json: bool) -> None:
    """Find titles in FILE (CSV or JSON lines) that say something else than their source.

    Columns: source_title, source_body, reprint_title, and id if you like. Exit code 1: rows were
    left out.
    """
    gettext = words(language).gettext
    problems: list[tuple[int, str]] = []
    counts: Counter[str] = Counter()
    shown: list[ChangeRow] = []
    try:
        detector = Detector(load(lexicon).latest()[1])

        def findings() -> Iterator[ChangeRow]:
            for line, pair, problem in read_rows(file, TitlePair):
                if pair is None:
                    problems.append((line, problem))
                    continue
                counts["pairs"] += 1
                rows = list(change_rows(detector, line, pair))
                counts["changes"] += len(rows)
                counts["distorted"] += bool(rows)
                counts.update({row.rule for row in rows})
                shown.extend(rows[: _SHOWN - len(shown)])
                yield from rows

        if out is None:
            deque(findings(), maxlen=0)
        else:
            write_changes(out, findings())
    except (FileError, PolicyError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        errors = [{"line": line, "problem": problem} for line, problem in problems]
        print_json({**counts, "errors": errors})
    else:
        if out is None and shown:
            heads = ("line", "rule", "in_source", "in_reprint")
            table = Table(*(gettext(f"dissemination.{head}") for head in heads))
            for row in shown:
                rule = gettext(f"dissemination_rule.{row.rule}")
                cells = (str(row.line), rule, plain(row.source_text), plain(row.reprint_text))
                table.add_row(*map(Text, cells))
            console().print(table)
        click.echo(
            gettext("dissemination.counted") % {k: counts[k] for k in ("pairs", "distorted")}
        )
        for line, problem in problems[:_SHOWN]:
            click.echo(plain(f"{file}:{line}: {problem}"))
    if problems:
        raise click.exceptions.Exit(NO)
