"""`lianzhi astroturf groups`: accounts that act together beyond chance, with the evidence."""

from collections.abc import Iterator, Sequence
from math import exp
from pathlib import Path

import click
import msgspec
from rich.table import Table

from lianzhi.accounts.action import duration
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.explanations import Explained, Explainer
from lianzhi.accounts.groups import FALSE, Group, Settings
from lianzhi.accounts.groups import groups as search
from lianzhi.accounts.numbered import Numbered
from lianzhi.domains.astroturf.commands.common import OUT, Given, reading, refusals
from lianzhi.domains.astroturf.commands.json_lines import JsonLine, moment, write
from lianzhi.kit.terminal import console

_SHOWN = 10


def windows(given: str) -> tuple[int, ...]:
    """Windows in milliseconds from text such as `60s,10m,1h`. Raises ActionError."""
    return tuple(sorted({duration(part) for part in given.split(",")}))


searching = (
    click.option(
        "--windows", "spans", default="60s,10m,1h", show_default=True,
        help="Within what time to look for joint action, several by comma.",
    ),
    click.option(
        "--false", "false", default=FALSE, show_default=True, type=click.FloatRange(0.001, 0.5),
        help="Share of the groups told that chance may have made, at most.",
    ),
)  # fmt: skip


@click.command()
@reading
@searching[0]
@searching[1]
@click.option("--out", type=OUT, help="Write the groups with their evidence, a line of JSON each.")
def groups(*, given: Given, spans: str, false: float, out: Path | None) -> None:
    """Find groups in FILE that act together more often than chance would have it.

    Tells who belongs to each, how surely, what they did together, and what else may explain it.
    A group is evidence for a person to weigh. Run `calibrate` on your data first. Exit code 1: some
    rows are no actions.
    """
    with refusals():
        settings = Settings(windows(spans), false)
        given.check(out)
        with given.opened(DuckDB, len(settings.windows) + 3) as (engine, watch):
            watch("reading")
            counts = given.read(engine)
            numbered = Numbered.of(engine.actions())
            groups_ = search(
                numbered.actions, settings, lambda window: watch(f"{window / 1000:g} s")
            )
            watch("explaining")
            explainer = Explainer(numbered.actions)
            explained = [explainer.explain(group) for group in groups_]
            watch("names")
            lines = list(_lines(groups_, explained, numbered, engine))
            if out is not None:
                write(lines, out)
    if given.as_json:
        click.echo(msgspec.json.encode({**counts._asdict(), "groups": lines}))
    else:
        _show(counts.actions, lines)
    given.leave(counts)


def _lines(
    groups: Sequence[Group], explained: Sequence[Explained], numbered: Numbered, engine: DuckDB
) -> Iterator[JsonLine]:
    account = numbered.names(
        engine, "account", {member.account for group in groups for member in group.members}
        | {member for group in groups for joint in group.joint for member in joint.members},
    )  # fmt: skip
    objects = numbered.names(
        engine, "object", {joint.object for group in groups for joint in group.joint}
    )
    for place, (group, why) in enumerate(zip(groups, explained, strict=True), 1):
        yield {
            "group": place,
            "expected_by_chance": exp(group.log_e),
            "windows_s": [window / 1000 for window in group.windows],
            "explanations": list(why.reasons),
            "met_again": why.returns,
            "met_again_by_interest": round(why.by_interest, 3),
            "members": [
                {
                    "account": account[member.account],
                    "probability": round(member.probability, 6),
                    "times": member.times,
                }
                for member in group.members
            ],
            "joint": [
                {
                    "object": objects[joint.object],
                    "since": moment(since),
                    "until": moment(until),
                    "window_s": joint.window / 1000,
                    "accounts": joint.size,
                    "members": sorted(account[member] for member in joint.members),
                }
                for joint, since, until in zip(group.joint, why.since, why.until, strict=True)
            ],
        }


def _show(actions: int, lines: list[JsonLine]) -> None:
    members = len({member["account"] for group in lines for member in group["members"]})
    click.echo(f"{actions:,} actions; {len(lines):,} groups of {members:,} accounts")
    if not lines:
        click.echo("Nobody acts together beyond chance, or too seldom to tell.")
        return
    table = Table(
        "group", "accounts", "objects", "first", "last", "by chance", "what else it may be"
    )
    for group in lines[:_SHOWN]:
        table.add_row(
            str(group["group"]),
            f"{len(group['members']):,}",
            f"{len(group['joint']):,}",
            min(joint["since"] for joint in group["joint"])[:16].replace("T", " "),
            max(joint["until"] for joint in group["joint"])[:16].replace("T", " "),
            f"{group['expected_by_chance']:.0e}",
            ", ".join(group["explanations"]) or "-",
        )
    console().print(table)
