"""`lianzhi algorithms diversity`: are feeds narrower than what there is to see?"""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from lianzhi.domains.algorithms.commands.shared import audit_options, mended, policy_on
from lianzhi.domains.domain import lazily

#: Imported when it is needed: `--help` need not wait for DuckDB and SciPy.
_measure_file = lazily("lianzhi.domains.algorithms.diversity.run:measure_file")
_fields = lazily("lianzhi.domains.algorithms.diversity.run:diversity_fields")
_write = lazily("lianzhi.domains.algorithms.diversity.run:write_fields")
_words = lazily("lianzhi.domains.algorithms.words:words")
_print_json = lazily("lianzhi.kit.terminal:print_json")


@click.command()
@audit_options
def diversity(
    file: Path,
    map_path: Path,
    out: Path | None,
    on: dt.datetime | None,
    language: str,
    as_json: bool,
) -> None:
    """Compare personal feeds in FILE (CSV, Parquet, DuckDB) with unfiltered ones.

    Both are feeds of the same people. Measures are means over people.

    Differences are within people and have intervals. There is no verdict: no measure alone shows
    that a feed is closed.
    """
    version, policy = policy_on(on)
    with mended():
        measured: Any = _measure_file(file, map_path, policy.diversity)
        fields = _fields(measured, version, policy.diversity)
        if out is not None:
            _write(fields, out)
    if as_json:
        _print_json(fields)
        return
    gettext = _words(language).gettext
    for name, each in measured.measures.items():
        named = {
            "measure": gettext(f"algorithms_diversity.{name}"),
            "personal": f"{each.personal:.3f}",
            "unfiltered": f"{each.unfiltered:.3f}",
            "lo": f"{each.difference.lo:.3f}",
            "hi": f"{each.difference.hi:.3f}",
            "people": f"{each.people:,}",
        }
        click.echo(gettext("algorithms_diversity.line") % named)
    if measured.left_out:
        click.echo(gettext("algorithms_diversity.left_out") % {"rows": f"{measured.left_out:,}"})
    key = "how" if measured.measures else "nobody"
    named = {"least": str(policy.diversity.least_items)}
    click.echo(gettext(f"algorithms_diversity.{key}") % named)
