"""`lianzhi biosecurity change`: what a change from year to year says."""

from pathlib import Path
from typing import Any

import click

from lianzhi.domains.domain import lazily

_read_rows = lazily("lianzhi.domains.biosecurity.figure_tables:read_rows")
_changes = lazily("lianzhi.domains.biosecurity.change:changes")
_last_two_years = lazily("lianzhi.domains.biosecurity.change:last_two_years")
_rate_change = lazily("lianzhi.stats.rate_change:rate_change")
_words = lazily("lianzhi.domains.biosecurity.words:words")
_change_sentence = lazily("lianzhi.kit.figure_sentences:change_sentence")
_print_json = lazily("lianzhi.kit.terminal:print_json")


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--counts", nargs=2, type=click.IntRange(0), help="In place of FILE: before, after.")
@click.option("--effort", nargs=2, type=float, help="With --counts: effort before, after.")
@click.option("--before", help="Period to compare with, such as 2024.")
@click.option("--after", help="Period that is judged.  [default: the last two years]")
@click.option(
    "--level", type=click.FloatRange(0, 1, True, True), default=0.95, show_default=True,
    help="Coverage of the intervals.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def change(
    file: Path | None,
    counts: tuple[int, int] | None,
    effort: tuple[float, float] | None,
    before: str | None,
    after: str | None,
    level: float,
    language: str,
    as_json: bool,
) -> None:
    """Print growth, its exact interval, and whether it differs from no change.

    FILE has the columns period and count, and may have effort and group: one row for each period
    and group. The change is that of the counts and, where effort is given, per unit of effort.
    """
    if (file is None) == (counts is None):
        raise click.UsageError("give FILE, or --counts BEFORE AFTER")
    if (before is None) != (after is None) or (counts and before) or (file and effort):
        raise click.UsageError("--before goes with --after and FILE, --effort with --counts")
    try:
        if counts is not None:
            results = [("", _rate_change(*counts, effort, level), None)]
        else:
            rows = _read_rows(file, "counts")
            first, second = (before, after) if before and after else _last_two_years(rows)
            results = _changes(rows, first, second, level)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    catalogue = _words(language)
    texts = [_text(result, len(results) - 1, catalogue) for result in results]
    if as_json:
        _print_json([_fields(*each) for each in zip(results, texts, strict=True)])
        return
    for (group, *_), text in zip(results, texts, strict=True):
        name = group or (catalogue.gettext("biosecurity.all_groups") if len(results) > 1 else "")
        click.echo(f"{name}: {text}" if name else text)


def _text(result: tuple[str, Any, float | None], groups: int, catalogue: Any) -> str:
    _, of_group, p = result
    text: str = _change_sentence(of_group, catalogue)
    if p is None:
        return text
    named = {"n": groups, "p": f"{p:.2g}"}
    return f"{text} {catalogue.gettext('figure_sentence.of_many') % named}"


def _fields(result: tuple[str, Any, float | None], text: str) -> dict[str, Any]:
    group, of_group, p = result
    ratios = {"ratio": of_group.ratio, "ratio_per_effort": of_group.per_effort}
    return {
        "group": group,
        "before": of_group.before,
        "after": of_group.after,
        **{name: None if each is None else each._asdict() for name, each in ratios.items()},
        "adjusted_p": p,
        "distinct": of_group.judged.distinct,
        "text": text,
    }
