"""`lianzhi astroturf reviews`: text families on one target, and adverts of the trade."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
import numpy as np
from rich.table import Table

from lianzhi.accounts.action import Columns
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.posts import Posts, read
from lianzhi.accounts.source import Source
from lianzhi.domains.astroturf.adverts import Offer, offers, policy
from lianzhi.domains.astroturf.commands.common import OUT, Given, reading, refusals
from lianzhi.domains.astroturf.commands.json_lines import JsonLine, moment, write
from lianzhi.domains.astroturf.families import Judged, judge
from lianzhi.domains.astroturf.families import Posts as Compared
from lianzhi.kit.terminal import console

_SHOWN = 10
#: Texts displayed of one family, and characters displayed of one text.
_EXAMPLES, _WIDE = 5, 40


@click.command()
@reading
@click.option("--text-column", "text", required=True, help="Which column holds what was said.")
@click.option("--out", type=OUT, help="Write the families with their evidence, as .ndjson.")
@click.option(
    "--adverts", "adverts_out", type=OUT, help="Write which texts are adverts, as .ndjson."
)
def reviews(*, given: Given, text: str, out: Path | None, adverts_out: Path | None) -> None:
    """Find texts in FILE that are made alike for one target, and offers of the trade.

    Tells by whom, when, by what template, what else it may be, and which texts hire for reviews to
    order, sell them, or offer bad ones or their removal. All of it is evidence for a person to
    weigh. Exit code 1: some rows can't be read.
    """
    with refusals():
        given.check(out, adverts_out)
        columns = Columns.parse(given.mapping)._replace(content=text)
        with given.opened(DuckDB, 4) as (engine, watch):
            watch("reading")
            source = Source(given.path, columns, given.unit)
            posts, counts, rejected = read(engine.connection, source)
            given.set_aside(rejected)
            watch("families")
            judged = judge(Compared(posts.text, posts.account, posts.object, posts.time))
            watch("adverts")
            adverts = _adverts(posts.text)
            watch("names")
            all_lines = [
                _family(place, result, posts, adverts) for place, result in enumerate(judged, 1)
            ]
            lines = list(_lines(posts, adverts))
        for path, rows in ((out, all_lines), (adverts_out, lines)):
            if path is not None:
                write(rows, path)
    if given.as_json:
        summary = {**counts._asdict(), "families": all_lines, "adverts": len(lines)}
        click.echo(msgspec.json.encode(summary))
    else:
        _show(counts.actions, all_lines, lines)
    given.leave(counts)


def _adverts(texts: Sequence[str]) -> dict[str, Offer]:
    different = sorted(set(texts))
    clear = policy().clear
    pairs = zip(different, offers(different), strict=True)
    return {text: offer for text, offer in pairs if offer.strength >= clear}


def _family(place: int, judged: Judged, posts: Posts, adverts: dict[str, Offer]) -> JsonLine:
    texts = [posts.text[row] for row in judged.rows.tolist()]
    times = posts.time[judged.rows]
    hired = [adverts[text].kind for text in texts if text in adverts]
    return {
        "family": place,
        "target": posts.objects[judged.target],
        "template": str(judged.template),
        "example": judged.template.example,
        "parts": [part._asdict() for part in judged.template.parts],
        "posts": len(texts),
        "different": len(set(texts)),
        "accounts": [posts.accounts[number] for number in judged.accounts.tolist()],
        "expected_by_chance": None if np.isnan(judged.by_chance) else judged.by_chance,
        "accounts_elsewhere": judged.elsewhere,
        "targets_elsewhere": judged.targets,
        "since": moment(int(times.min())),
        "until": moment(int(times.max())),
        "burst": {
            "since": moment(judged.burst.since),
            "until": moment(judged.burst.until),
            "accounts": judged.burst.accounts,
        },
        "explanations": list(judged.explanations),
        "adverts": {kind: hired.count(kind) for kind in sorted(set(hired))},
        "rows": posts.row[judged.rows].tolist(),
        "texts": list(dict.fromkeys(texts))[:_EXAMPLES],
    }


def _lines(posts: Posts, adverts: dict[str, Offer]) -> Iterator[JsonLine]:
    for row, text, account, target in zip(
        posts.row.tolist(), posts.text, posts.account.tolist(), posts.object.tolist(), strict=True
    ):
        if offer := adverts.get(text):
            yield {
                "row": row,
                "account": posts.accounts[account],
                "target": posts.objects[target],
                "kind": offer.kind,
                "strength": round(offer.strength, 4),
                "text": text,
                "spans": [span._asdict() for span in offer.spans],
            }


def _show(posts: int, lines: Sequence[JsonLine], adverts: Sequence[JsonLine]) -> None:
    click.echo(
        f"{posts:,} texts; {len(lines):,} families on one target each, {len(adverts):,} adverts"
    )
    if not lines:
        click.echo("No target has texts made alike by many accounts beyond chance.")
        return
    table = Table("family", "target", "accounts", "template", "by chance", "what else it may be")
    for line in lines[:_SHOWN]:
        chance = line["expected_by_chance"]
        template = line["template"]
        table.add_row(
            str(line["family"]),
            line["target"],
            f"{len(line['accounts']):,}",
            template if len(template) <= _WIDE else f"{template[:_WIDE]}...",
            "?" if chance is None else f"{chance:.0e}",
            ", ".join(line["explanations"]) or "-",
        )
    console().print(table)
