"""`lianzhi astroturf ranking`: a list by likes, views or follows, and by their organic part."""

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
from lianzhi.domains.astroturf.commands.lines import Told, moment, write
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
            found = rank(actions)
            watch("names")
            thing = numbered.names(engine, "object", set(range(raw.size)))
            some = {int(one) for reason in found.reasons for one in actions.account[reason.rows]}
            who = numbered.names(engine, "account", some)
            told = _told(actions, found, raw, thing, who)
            if out is not None:
                write(told, out)
    if given.as_json:
        click.echo(msgspec.json.encode({**counts._asdict(), "items": told}))
    else:
        _show(told)
    given.leave(counts)


def _told(
    actions: Ratings, found: Ranked, raw: Ints, thing: dict[int, str], who: dict[int, str]
) -> list[Told]:
    """All items, the most organic first."""
    before, after = _places(raw.astype(np.float64)), _places(found.organic)
    reasons: dict[int, list[Coordinated]] = {}
    for reason in found.reasons:
        reasons.setdefault(reason.item, []).append(reason)
    size = actions.size
    return [
        {
            "item": thing[item],
            "rank": int(before[item]),
            "organic_rank": int(after[item]),
            "actions": int(raw[item]),
            "accounts": int(size[item]),
            "organic": round(float(found.organic[item]), 2),
            "coordinated_share": round(1 - float(found.organic[item] / size[item]), 4),
            "flags": list(dict.fromkeys(one.kind for one in reasons.get(item, ()))),
            "evidence": [_evidence(actions, one, who) for one in reasons.get(item, ())],
        }
        for item in np.argsort(after, kind="stable").tolist()
    ]


def _places(drawn: Floats) -> Ints:
    """Places from 1 on; who draws the same shares the first of them."""
    ordered = np.sort(-drawn)
    out: Ints = np.searchsorted(ordered, -drawn) + 1
    return out


def _evidence(actions: Ratings, reason: Coordinated, who: dict[int, str]) -> Told:
    time = actions.time[reason.rows]
    told: Told = {
        "kind": reason.kind,
        "since": moment(int(time.min())),
        "until": moment(int(time.max())),
        "expected_by_chance": exp(reason.log_e),
        "weight": round(float(reason.weight[0]), 4),
        "accounts": [who[one] for one in actions.account[reason.rows].tolist()],
    }
    if isinstance(reason.found, Burst):
        told |= {"window_h": reason.found.window / 3_600_000, "usual": round(reason.found.usual, 2)}
    elif isinstance(reason.found, Group):
        told |= {"together": len(reason.found.joint), "members": len(reason.found.members)}
    return told


def _show(told: list[Told]) -> None:
    flagged = sum(bool(one["flags"]) for one in told)
    click.echo(
        f"{sum(one['actions'] for one in told):,} actions on {len(told):,} items; "
        f"{flagged:,} items have flags"
    )
    if not told:
        return
    rows = Table("organic rank", "rank", "item", "actions", "organic", "coordinated", "flags")
    for one in told[:_SHOWN]:
        rows.add_row(
            f"{one['organic_rank']:,}",
            f"{one['rank']:,}",
            one["item"],
            f"{one['actions']:,}",
            f"{one['organic']:,.1f}",
            f"{one['coordinated_share']:.0%}",
            ", ".join(one["flags"]) or "-",
        )
    console().print(rows)
