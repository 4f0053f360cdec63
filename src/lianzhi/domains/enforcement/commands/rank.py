"""`lianzhi enforcement rank`: enterprises by risk, and the gain of that order."""

import datetime as dt
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from lianzhi.domains.enforcement.commands.inspecting import (
    FILE,
    OUT,
    WIDE,
    Faults,
    bar,
    day,
    deliver,
    refusals,
    today,
)
from lianzhi.domains.enforcement.inspection import rows
from lianzhi.domains.enforcement.inspection.gains import SCORES, WITHIN, Gains, gains
from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.inspection.policy import on
from lianzhi.domains.enforcement.inspection.risk import Ranked
from lianzhi.domains.enforcement.inspection.risk import rank as ranking
from lianzhi.domains.enforcement.inspection.words import term
from lianzhi.kit.terminal import console, stderr

_SHOWN = 15


@click.command()
@click.option("--inspections", required=True, type=FILE, help="inspections.csv of the town.")
@click.option("--enterprises", required=True, type=FILE, help="enterprises.csv of the town.")
@click.option("--requests", type=FILE, help="requests.csv: requests against an enterprise count.")
@click.option("--until", required=True, type=day, help="Rank as things are known on this day.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of intervals.")
@click.option(
    "--policy-day", type=day, help="Day whose policy of inspection applies.  [default: today]"
)
@click.option("--out", type=OUT, help="Write everything, every enterprise too, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rank(
    *,
    inspections: Path,
    enterprises: Path,
    requests: Path | None,
    until: dt.date,
    seed: int,
    policy_day: dt.date | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Rank enterprises for inspection, the inspectors' strictness fitted and put to zero.

    Tells how many days earlier violations of the last part of the time would have been found, with
    strictness left in the score and without, across all and within inspectors' own lists. Exit
    code 1: rows were left out.
    """
    faults = Faults()
    with refusals():
        history = History.of(
            faults.read(enterprises, rows.enterprise),
            faults.read(inspections, rows.inspection),
            faults.read(requests, rows.request),
        ).before(until + dt.timedelta(days=1))
        policy = on(policy_day or today()).model
        with stderr().status("fitting, then shuffling"):
            ranked, _ = ranking(history, until, policy)
            gained = gains(history, policy, seed)
        result: dict[str, Any] = {
            "until": until.isoformat(),
            "gains": gained,
            "ranked": ranked,
            "left_out": faults.left_out,
        }
        deliver(result, as_json, out, lambda: _show(ranked, gained))
    faults.leave()


def _show(ranked: list[Ranked], gained: Gains) -> None:
    table = Table("", "企业 enterprise", "风险 risk", "", "分 points", "原因 why")
    for enterprise in ranked[:_SHOWN]:
        why = ", ".join(
            f"{term('feature', part.name)} {part.points:+.0f}" for part in enterprise.why[:3]
        )
        table.add_row(
            *(str(enterprise.place), enterprise.enterprise, f"{enterprise.probability:.0%}"),
            *(bar(enterprise.probability, 1.0, 12), f"{enterprise.points:+.0f}", why),
        )
    console(WIDE).print(table)
    most = max(gain.days for by_within in gained.gains.values() for gain in by_within.values())
    table = Table(
        "提前天数 days earlier", "", "", "95 %", "",
        title=f"{gained.violated:,} / {gained.inspections:,} > {gained.trained_until}",
    )  # fmt: skip
    for within in WITHIN:
        for score in SCORES:
            gain = gained.gains[score][within]
            table.add_row(
                *(term("within", within), term("score", score), f"{gain.days:+.1f}"),
                *(f"{gain.lo:+.1f} … {gain.hi:+.1f}", bar(gain.days, most)),
                end_section=score == SCORES[-1],
            )
    console(WIDE).print(table)
    first, drawn = gained.strictest.unshrunken, gained.strictest.shrunken
    click.echo(
        f"{gained.strictest.officer}: odds of a finding {first.ratio:.1f} times "
        f"({first.lo:.1f} to {first.hi:.1f}) those with the median officer at the same enterprise; "
        f"drawn to 1, {drawn.ratio:.1f} ({drawn.lo:.1f} to {drawn.hi:.1f})"
    )
    spread = gained.assignment
    if spread.by_sector:
        click.echo(
            f"Inspectors are sent by sector (Cramér's V {spread.cramers_v:.2f}): "
            "a strict inspector and a bad sector can look alike."
        )
    else:
        click.echo(f"Inspectors are mixed over sectors (Cramér's V {spread.cramers_v:.2f}).")
