"""`lianzhi algorithms attention`: how long are people held, and by what?"""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from lianzhi.domains.algorithms.commands.shared import audit_options, mended, policy_on
from lianzhi.domains.domain import lazily

#: Imported when it is needed: `--help` need not wait for DuckDB and SciPy.
_measure_file = lazily("lianzhi.domains.algorithms.attention.run:measure_file")
_fields = lazily("lianzhi.domains.algorithms.attention.run:attention_fields")
_write = lazily("lianzhi.domains.algorithms.attention.run:write_fields")
_words = lazily("lianzhi.domains.algorithms.words:words")
_print_json = lazily("lianzhi.kit.terminal:print_json")


@click.command()
@audit_options
def attention(
    file: Path,
    map_path: Path,
    out: Path | None,
    on: dt.datetime | None,
    language: str,
    as_json: bool,
) -> None:
    """Print sessions, autoplay, minors' nights and breaks in FILE (CSV, Parquet, DuckDB).

    Every figure has an interval with people as the units of chance. There is no verdict: no figure
    alone shows that people are kept from leaving.
    """
    version, policy = policy_on(on)
    with mended():
        measured: Any = _measure_file(file, map_path, policy.attention)
        fields = _fields(measured, version, policy.attention)
        if out is not None:
            _write(fields, out)
    if as_json:
        _print_json(fields)
        return
    gettext = _words(language).gettext
    for name, ratio in measured.figures.items():
        if not ratio.people:
            continue
        places = 3 if ratio.value < 1 else 1
        named = {
            "value": f"{ratio.value:.{places}f}",
            "lo": f"{ratio.interval.lo:.{places}f}",
            "hi": f"{ratio.interval.hi:.{places}f}",
            "people": f"{ratio.people:,}",
            "figure": gettext(f"algorithms_attention.{name}"),
        }
        click.echo(gettext("algorithms_attention.line") % named)
    if measured.left_out:
        click.echo(gettext("algorithms_attention.left_out") % {"rows": f"{measured.left_out:,}"})
    click.echo(gettext("algorithms_attention.how"))
