"""`lianzhi astroturf returning`: groups of new accounts that act like a remembered one."""

import datetime as dt
from pathlib import Path

import click
import msgspec
from rich.table import Table

from lianzhi.accounts.action import ActionError, duration
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.groups import Settings
from lianzhi.accounts.groups import groups as search
from lianzhi.accounts.memory.candidates import candidates
from lianzhi.accounts.memory.likeness import Likeness
from lianzhi.accounts.memory.observed import observe
from lianzhi.accounts.memory.shares import Shares
from lianzhi.domains.astroturf.commands.common import OUT, Given, reading, refusals
from lianzhi.domains.astroturf.commands.groups import windows
from lianzhi.domains.astroturf.commands.json_lines import JsonLine, write
from lianzhi.domains.astroturf.commands.memory_options import (
    at,
    instant,
    key_files,
    keys,
    memory_file,
    recall,
    trait_columns,
)  # fmt: skip
from lianzhi.domains.astroturf.commands.returning_links import links_of
from lianzhi.domains.astroturf.returning.policy import policy
from lianzhi.domains.astroturf.returning.reading import TraitColumns, traced
from lianzhi.kit.terminal import console


@click.command()
@reading
@memory_file
@key_files
@trait_columns
@at
@click.option(
    "--new", "new", default="14d", show_default=True,
    help="Accounts first seen so long before the end of FILE are new; it must reach further back.",
)  # fmt: skip
@click.option("--out", type=OUT, help="Write links with their evidence, a line of JSON each.")
def returning(
    *,
    given: Given,
    memory_path: Path,
    key_paths: tuple[Path, ...],
    columns: TraitColumns,
    now: dt.datetime | None,
    new: str,
    out: Path | None,
) -> None:
    """Find groups of new accounts in FILE that act like a remembered group.

    A link is evidence for a person to weigh, and no ground for a measure: it is to a group, never
    from one account to another, and tells nothing of who is behind it. Exit code 1: rows are no
    actions.
    """
    with refusals():
        ring, rules = keys(key_paths), policy()
        memory = recall(memory_path).at(instant(now))
        entries = [entry for entry in memory.entries if entry.key in ring]
        given.check(out)
        with given.opened(DuckDB, 4) as (engine, watch):
            watch("reading")
            source = given.source(columns.named)
            counts = given.read(engine, source=source)
            watch("traits")
            whole = traced(engine, source, columns)
            watch("groups")
            since = int(whole.actions.time.max(initial=0)) - duration(new)
            if since <= int(whole.actions.time.min(initial=0)):
                raise ActionError(f"--new {new}: FILE reaches no further back; give a shorter time")
            groups = search(whole.actions, Settings(windows("60s,10m,1h")))
            seen = [
                observe(whole, candidate)
                for candidate in candidates(whole, groups, whole.first, since, rules.fewest)
            ]
            watch("comparing")
            likeness = Likeness(whole, Shares(whole, entries, ring), seen)
            links = links_of(likeness, seen, rules)
    summary = {
        "compared": len(seen), "remembered": len(entries),
        "without_key": len(memory.entries) - len(entries), "links": links,
    }  # fmt: skip
    if out is not None:
        write(links, out)
    if given.as_json:
        click.echo(msgspec.json.encode({**counts._asdict(), **summary}))
    else:
        _show(summary)
    given.leave(counts)


def _show(summary: JsonLine) -> None:
    if summary["without_key"]:
        click.echo(f"{summary['without_key']:,} remembered groups are of a key not given", err=True)
    click.echo(
        f"{summary['compared']:,} groups of new accounts compared with {summary['remembered']:,} "
        f"remembered ones; {len(summary['links']):,} links"
    )
    if not summary["links"]:
        return
    table = Table("remembered", "accounts", "posterior", "first said", "speaks for it (nats)")
    for link in summary["links"]:
        nats = sorted(link["evidence_nats"].items(), key=lambda item: -item[1])
        table.add_row(
            link["remembered"], f"{len(link['accounts'])}", f"{link['posterior']:.3f}",
            (link["first_said"] or "-")[:16].replace("T", " "),
            ", ".join(f"{trait} {value:.1f}" for trait, value in nats if value >= 0.5),
        )  # fmt: skip
    console().print(table)
    click.echo("A link is evidence for a person to weigh, and no ground for a measure.")
