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
from lianzhi.accounts.memory.likeness import TRAITS, Likeness
from lianzhi.accounts.memory.observed import observe
from lianzhi.accounts.memory.posterior import Policy, posterior
from lianzhi.accounts.memory.shares import Shares
from lianzhi.accounts.memory.traces import Traces
from lianzhi.domains.astroturf.commands.common import OUT, Given, reading, refusals
from lianzhi.domains.astroturf.commands.groups import windows
from lianzhi.domains.astroturf.commands.json_lines import JsonLine, moment, write
from lianzhi.domains.astroturf.commands.memory_options import (
    at,
    instant,
    key_files,
    keys,
    memory_file,
    recall,
    trait_columns,
)  # fmt: skip
from lianzhi.domains.astroturf.returning.policy import policy
from lianzhi.domains.astroturf.returning.reading import TraitColumns, traced
from lianzhi.kit.terminal import console

#: Shared values displayed; times at which a link is tested.
_MATCHES, _MOMENTS = 20, 24


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
            links = []
            for observed_ in seen:
                result = posterior(likeness.of(observed_), rules)
                place_ = result.linked(rules)
                if place_ is not None:
                    links.append(_link(likeness, observed_.members, place_, rules))
    links.sort(key=lambda link: -link["posterior"])
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


def _link(likeness: Likeness, members: tuple[int, ...], place: int, rules: Policy) -> JsonLine:
    whole = likeness.traces
    seen = observe(whole, members)
    result = posterior(likeness.of(seen), rules)
    return {
        "remembered": likeness.entries[place].id,
        "posterior": round(float(result.probability[place]), 4),
        "prior": rules.prior,
        "first_said": _first(likeness, members, place, rules),
        "accounts": [whole.accounts[member] for member in members],
        "evidence_nats": {
            trait: round(float(nats), 2)
            for trait, nats in zip(TRAITS, result.contributions[place], strict=True)
        },
        "matches": [
            {"trait": match.trait, "value": likeness.names[match.trait][match.value],
             "members": match.members, "remembered": match.remembered,
             "others": round(match.others, 6)}
            for match in likeness.matches(seen, place)[:_MATCHES]
        ],
        "note": "evidence for a person to weigh, no ground for a measure",
    }  # fmt: skip


def _first(likeness: Likeness, members: tuple[int, ...], place: int, rules: Policy) -> str | None:
    """First time at which the members' actions would have sufficed for the link."""
    whole: Traces = likeness.traces
    times = sorted(
        {int(t) for member in members for t in whole.actions.time[whole.actions.account == member]}
    )
    for time in [*times[:: max(1, len(times) // _MOMENTS)], times[-1]]:
        until = whole.between(0, time + 1)
        here = [member for member in members if whole.first[member] <= time]
        if len(here) < rules.fewest:
            continue
        if posterior(likeness.of(observe(until, here)), rules).linked(rules) == place:
            return moment(time)
    return None


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
