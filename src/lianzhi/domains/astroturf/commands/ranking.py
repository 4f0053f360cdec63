"""`lianzhi astroturf ranking`: items by likes, views or follows, and by their organic part."""

from math import exp
from pathlib import Path

import click
import msgspec
import numpy as np
from rich.table import Table

from lianzhi.accounts.action import Columns
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.groups import Group
from lianzhi.accounts.numbered import Numbered
from lianzhi.domains.astroturf.commands.common import OUT, Given, reading, refusals
from lianzhi.domains.astroturf.commands.json_lines import JsonLine, moment, write
from lianzhi.domains.astroturf.ratings.bursts import Burst
from lianzhi.domains.astroturf.ratings.ranking import Coordinated, Ranked, rank, table
from lianzhi.domains.astroturf.ratings.table import Floats, Ints, Ratings
from lianzhi.kit.terminal import console

#: Columns of a file of likes, views or follows, by default.
ACTIONS = Columns("account", "item", "", "time")
_SHOWN = 20


@click.command()
@reading
@click.option("--out", type=OUT, help="Write all items with the evidence, a line of JSON each.")
def ranking(*, given: Given, out: Path | None) -> None:
    """Rank items in FILE by what they draw, and beside it by what of that is organic.

    FILE has one like, view or follow a row, by default with the columns account, item, time. Throw-
    away accounts that come at once or make up an item, and groups that go from item to item, are
    told with the odds, for a person to weigh. Exit code 1: some rows are no actions.
    """
    with refusals():
        given.check(out)
        with given.opened(DuckDB, 3) as (engine, watch):
            watch("reading")
            counts = given.read(engine, ACTIONS)
            numbered = Numbered.of(engine.actions())
            account, item, _, time = numbered.actions
            raw = np.bincount(item, minlength=numbered.object.size)
            watch("comparing")
            actions = table(account, item, time)
            ranked = rank(actions)
            watch("names")
            object_names = numbered.names(engine, "object", set(range(raw.size)))
            numbers = {
                int(number) for reason in ranked.reasons for number in actions.account[reason.rows]
            }
            account_names = numbered.names(engine, "account", numbers)
            lines = _lines(actions, ranked, raw, object_names, account_names)
            if out is not None:
                write(lines, out)
    if given.as_json:
        click.echo(msgspec.json.encode({**counts._asdict(), "items": lines}))
    else:
        _show(lines)
    given.leave(counts)


def _lines(
    actions: Ratings,
    ranked: Ranked,
    raw: Ints,
    object_names: dict[int, str],
    account_names: dict[int, str],
) -> list[JsonLine]:
    before, after = _places(raw.astype(np.float64)), _places(ranked.organic)
    reasons: dict[int, list[Coordinated]] = {}
    for reason in ranked.reasons:
        reasons.setdefault(reason.item, []).append(reason)
    size = actions.size
    return [
        {
            "item": object_names[item],
            "rank": int(before[item]),
            "organic_rank": int(after[item]),
            "actions": int(raw[item]),
            "accounts": int(size[item]),
            "organic": round(float(ranked.organic[item]), 2),
            "coordinated_share": round(1 - float(ranked.organic[item] / size[item]), 4),
            "flags": list(dict.fromkeys(reason.kind for reason in reasons.get(item, ()))),
            "evidence": [
                _evidence(actions, reason, account_names) for reason in reasons.get(item, ())
            ],
        }
        for item in np.argsort(after, kind="stable").tolist()
    ]


def _places(drawn: Floats) -> Ints:
    """Ranks from 1 on; ties share the first of theirs."""
    ordered = np.sort(-drawn)
    out: Ints = np.searchsorted(ordered, -drawn) + 1
    return out


def _evidence(actions: Ratings, reason: Coordinated, account_names: dict[int, str]) -> JsonLine:
    time = actions.time[reason.rows]
    evidence: JsonLine = {
        "kind": reason.kind,
        "since": moment(int(time.min())),
        "until": moment(int(time.max())),
        "expected_by_chance": exp(reason.log_e),
        "weight": round(float(reason.weight[0]), 4),
        "accounts": [account_names[account] for account in actions.account[reason.rows].tolist()],
    }
    if isinstance(reason.evidence, Burst):
        evidence |= {
            "window_h": reason.evidence.window / 3_600_000,
            "usual": round(reason.evidence.usual, 2),
        }
    elif isinstance(reason.evidence, Group):
        evidence |= {
            "together": len(reason.evidence.joint),
            "members": len(reason.evidence.members),
        }
    return evidence


def _show(lines: list[JsonLine]) -> None:
    flagged = sum(bool(line["flags"]) for line in lines)
    click.echo(
        f"{sum(line['actions'] for line in lines):,} actions on {len(lines):,} items; "
        f"{flagged:,} items have flags"
    )
    if not lines:
        return
    rows = Table("organic rank", "rank", "item", "actions", "organic", "coordinated", "flags")
    for line in lines[:_SHOWN]:
        rows.add_row(
            f"{line['organic_rank']:,}",
            f"{line['rank']:,}",
            line["item"],
            f"{line['actions']:,}",
            f"{line['organic']:,.1f}",
            f"{line['coordinated_share']:.0%}",
            ", ".join(line["flags"]) or "-",
        )
    console().print(rows)
