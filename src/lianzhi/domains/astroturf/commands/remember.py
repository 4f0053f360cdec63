"""`lianzhi astroturf remember` and `forget`: behaviour of dissolved groups, as keyed hashes."""

import datetime as dt
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.memory.entries import Entry, Memory, entry
from lianzhi.accounts.memory.observed import observe
from lianzhi.domains.astroturf.commands.common import Given, reading, refusals
from lianzhi.domains.astroturf.commands.json_lines import moment
from lianzhi.domains.astroturf.commands.memory_options import (
    at,
    instant,
    keep,
    key_files,
    keys,
    memory_file,
    recall,
    trait_columns,
)  # fmt: skip
from lianzhi.domains.astroturf.returning.policy import policy
from lianzhi.domains.astroturf.returning.reading import TraitColumns, traced

#: Members with a lower membership probability are not remembered.
_LIKELY = 0.5


@click.command()
@click.argument(
    "groups_path", metavar="GROUPS", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@reading
@memory_file
@key_files
@trait_columns
@at
def remember(
    *,
    groups_path: Path,
    given: Given,
    memory_path: Path,
    key_paths: tuple[Path, ...],
    columns: TraitColumns,
    now: dt.datetime | None,
) -> None:
    """Remember the dissolved GROUPS (.ndjson) by what their accounts did in FILE.

    GROUPS is what `groups --out` wrote, or lines {"members": ["account", ...]}. No name, object or
    phrase is kept, only hashes with the key, histograms and counts. Entries expire. Exit code 1:
    rows are no actions, or a group has too few accounts in FILE.
    """
    with refusals():
        groups = _groups(groups_path)
        ring = keys(key_paths)
        key, when, rules = next(iter(ring.values())), instant(now), policy()
        memory = (recall(memory_path) if memory_path.exists() else Memory()).at(when)
        given.check()
        with given.opened(DuckDB, 3) as (engine, watch):
            watch("reading")
            source = given.source(columns.named)
            counts = given.read(engine, source=source)
            watch("traits")
            whole = traced(engine, source, columns)
            watch("remembering")
            number = {name: n for n, name in enumerate(whole.accounts)}
            entries: list[Entry | None] = []
            for members in groups:
                here = [number[name] for name in members if name in number]
                enough = len(here) >= rules.fewest
                entries.append(
                    entry(whole, observe(whole, here), key, now=when, days=rules.days)
                    if enough
                    else None
                )
            keep(memory.put(filter(None, entries)), memory_path)
    rows = [
        {"group": n, "id": entry and entry.id, "accounts": entry and entry.accounts,
         "expires": entry and moment(entry.expires)}
        for n, entry in enumerate(entries, 1)
    ]  # fmt: skip
    if given.as_json:
        click.echo(msgspec.json.encode(rows))
    else:
        for row in rows:
            if row["id"]:
                click.echo(
                    "group {group}: {id}, {accounts} accounts, until {expires}".format(**row)
                )
            else:
                click.echo(
                    f"group {row['group']}: fewer than {rules.fewest} accounts in FILE", err=True
                )
    given.leave(counts)
    if None in entries:
        raise SystemExit(1)


@click.command()
@click.argument("ids", nargs=-1, required=True)
@memory_file
def forget(*, ids: tuple[str, ...], memory_path: Path) -> None:
    """Forget remembered groups by their ids, for good."""
    with refusals():
        keep(recall(memory_path).forget(ids), memory_path)
    click.echo(f"{len(set(ids))} forgotten")


def _groups(path: Path) -> list[list[str]]:
    groups = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                groups.append(_members(msgspec.json.decode(line)))
            except (msgspec.MsgspecError, TypeError, KeyError, ValueError):
                raise ActionError(
                    f'{path}, line {number}: no group; write {{"members": ["account", ...]}}'
                ) from None
    return groups


def _members(group: dict[str, Any]) -> list[str]:
    names = [
        member if isinstance(member, str) else member["account"]
        for member in group["members"]
        if isinstance(member, str) or member.get("probability", 1.0) >= _LIKELY
    ]
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError("a name is no text")
    return names
