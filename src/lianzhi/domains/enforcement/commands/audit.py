"""`lianzhi enforcement audit`: alerts of the monitors on a folder of town files."""

import datetime as dt
import os
from functools import partial
from pathlib import Path

import click

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.commands.audit_report import print_report, report_json
from lianzhi.domains.enforcement.commands.inspecting import (
    OUT,
    Refused,
    day,
    deliver,
    refusals,
)
from lianzhi.domains.enforcement.importing.town_files import FILES, read_folder
from lianzhi.domains.enforcement.law import power
from lianzhi.domains.enforcement.law.statutes import own_part
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.domains.enforcement.supervision import policy as supervision
from lianzhi.domains.enforcement.supervision.look import Look
from lianzhi.domains.enforcement.supervision.monitors import MONITORS, report
from lianzhi.domains.enforcement.supervision.rows import Rows
from lianzhi.kit.terminal import progress
from lianzhi.law.words import LANGUAGES
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.known_ids import KnownIds


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--on", "on", type=day,
    help="Until when the files tell.  [default: the last day in them]",
)  # fmt: skip
@click.option(
    "--policy", "own", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The bureau's own rules: power_list/, procedure/, discretion/, visits/, supervision/, "
    "departments.toml and holidays.toml take the place of the shipped ones; bases/, periods/ and "
    "gates/ go over them.",
)  # fmt: skip
@click.option(
    "--lang", type=click.Choice(LANGUAGES),
    default=lambda: "zh" if os.environ.get("LANG", "").startswith("zh") else "en",
    help="Language of the questions.  [default: that of the terminal]",
)  # fmt: skip
@click.option("--out", type=OUT, help="Write everything as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def audit(
    *,
    folder: Path,
    on: dt.date | None,
    own: Path | None,
    lang: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Ask what a supervisor would ask of the files in FOLDER, article by article.

    FOLDER is as `lianzhi enforcement import check` takes it; rows that it refuses are left out.
    With an items.csv of its own the folder is judged by that list. Each alert is a question with
    the files to read, and no verdict about anybody. Exit code 1: there are alerts.
    """
    with refusals():
        try:
            read, look = _look(folder, own, on)
            with progress() as bar:
                task = bar.add_task("", total=len(MONITORS))
                report_ = report(
                    look, watch=lambda name: bar.update(task, description=name, advance=1)
                )
        except PolicyError as error:
            raise Refused(str(error)) from None
        result = report_json(report_, look.policy, read)
        deliver(result, as_json, out, lambda: print_report(report_, look.policy, read, lang))
    if report_.alerts:
        raise SystemExit(1)


def _look(folder: Path, own: Path | None, on: dt.date | None) -> tuple[Folder, Look]:
    part = partial(own_part, own)
    departments = {each.key for each in power.departments(part("departments.toml"))}
    known = KnownIds({"items": power.keys(part("power_list")), "departments": departments})
    with progress() as bar:
        task = bar.add_task("", total=len(FILES))
        read = read_folder(
            folder, known, lambda kind: bar.update(task, description=kind, advance=1)
        )
    rows = Rows.of(read)
    last = on or rows.last_day
    if last is None:
        raise Refused(f"{folder}: no row could be read; `import check` tells what is wrong")
    terms = supervision.on(last, part("supervision"))
    return read, Look(rows, Rulebook(own), terms, last, part("visits"))
