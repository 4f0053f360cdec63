"""`lianzhi enforcement strictness`: whether like cases are treated alike."""

import datetime as dt
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table

from lianzhi.domains.enforcement.commands.inspecting import (
    FILE,
    OUT,
    WIDE,
    Faults,
    day,
    deliver,
    refusals,
    strip,
    today,
)
from lianzhi.domains.enforcement.inspection import rows
from lianzhi.domains.enforcement.inspection.fines import LEVELS
from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.inspection.officer_odds import Odds
from lianzhi.domains.enforcement.inspection.penalties import Compared, compare
from lianzhi.domains.enforcement.inspection.policy import Policy, on
from lianzhi.domains.enforcement.inspection.strictness import Drift, Inspectors, drift, inspectors
from lianzhi.domains.enforcement.inspection.words import term
from lianzhi.kit.terminal import console

_SHOWN = 12


@click.command()
@click.option("--inspections", required=True, type=FILE, help="inspections.csv of the town.")
@click.option("--enterprises", required=True, type=FILE, help="enterprises.csv of the town.")
@click.option("--penalties", type=FILE, help="penalties.csv of the town.")
@click.option("--officers", type=FILE, help="officers.csv: squads are compared too.")
@click.option("--requests", type=FILE, help="requests.csv: requests against an enterprise count.")
@click.option("--since", type=day, help="Tell who has changed since this day.")
@click.option(
    "--false", "false", type=click.FloatRange(0.001, 0.5),
    help="Share of those told that may be false, at most.  [default: the policy's]",
)  # fmt: skip
@click.option(
    "--policy-day", type=day, help="Day whose policy of inspection applies.  [default: today]"
)
@click.option("--out", type=OUT, help="Write everything as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def strictness(
    *,
    inspections: Path,
    enterprises: Path,
    penalties: Path | None,
    officers: Path | None,
    requests: Path | None,
    since: dt.date | None,
    false: float | None,
    policy_day: dt.date | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Tell inspectors who find far more or fewer violations than the enterprises explain, and like
    cases that were fined unlike.

    Each is a reason for a person to read files, and nothing more. Exit code 1: rows were left out.
    """
    faults = Faults()
    with refusals():
        policy = _policy(policy_day or today(), false)
        history = History.of(
            faults.read(enterprises, rows.enterprise),
            faults.read(inspections, rows.inspection),
            faults.read(requests, rows.request),
        )
        known = {officer.id: officer for officer in faults.read(officers, rows.officer)}
        inspectors_ = inspectors(history, policy)
        changed = drift(history, since, policy) if since else None
        cases = faults.read(penalties, rows.penalty)
        compared = compare(cases, policy, known) if penalties else None
        result: dict[str, Any] = {
            "false": policy.strictness.false,
            "inspectors": inspectors_,
            "drift": changed,
            "penalties": compared,
            "left_out": faults.left_out,
        }
        deliver(result, as_json, out, lambda: _show(inspectors_, changed, compared))
    faults.leave()


def _policy(day: dt.date, false: float | None) -> Policy:
    policy = on(day)
    if false is None:
        return policy
    strict = msgspec.structs.replace(policy.strictness, false=false)
    return msgspec.structs.replace(policy, strictness=strict)


def _show(inspectors: Inspectors, changed: Drift | None, compared: Compared | None) -> None:
    _show_inspectors(inspectors)
    if changed is not None:
        _show_drift(changed)
    if compared is not None:
        _show_levels(compared)
        _show_pairs(compared)
    click.echo("看卷宗，不下结论。 Read the files; this says nothing about anybody's conduct.")


def _show_inspectors(inspectors: Inspectors) -> None:
    most = max(2.0, *(inspector.observed / inspector.expected for inspector in inspectors.compared))
    table = Table(
        "", "人员 officer", "检查 inspections", "有违法 / 预期 found / expected",
        f"0{'·' * 20}常态 ordinary{'·' * 10}{most:.1f}", "胜算比 odds ratio",
        "收缩后 drawn to 1", "q",
    )  # fmt: skip
    for inspector in inspectors.compared[:_SHOWN]:
        rate = inspector.observed / inspector.expected
        table.add_row(
            *("◆" if inspector.look else "", inspector.officer, str(inspector.inspections)),
            f"{inspector.observed} / {inspector.expected:.1f}",
            strip(rate, *inspector.limits, most),
            *(_odds(inspector.unshrunken), _odds(inspector.shrunken), f"{inspector.q:.2g}"),
        )
    console(WIDE).print(table)
    look = sum(inspector.look for inspector in inspectors.compared)
    click.echo(
        f"◆ {look} of {len(inspectors.compared)} inspectors to look at; "
        f"{len(inspectors.too_few)} have too few inspections to tell"
    )


def _odds(odds: Odds) -> str:
    return f"{odds.ratio:.1f} ({odds.lo:.1f}-{odds.hi:.1f})"


def _show_drift(changed: Drift) -> None:
    odds, lo, hi = changed.town
    click.echo(
        f"since {changed.day}: odds of a finding, whole town, {odds:.2f} ({lo:.2f}-{hi:.2f})"
    )
    table = Table("", "人员 officer", "有违法 / 预期 found / expected", "q")
    for officer in changed.officers[:_SHOWN]:
        if officer.look:
            table.add_row(
                "◆",
                officer.officer,
                f"{officer.observed} / {officer.expected:.1f}",
                f"{officer.q:.2g}",
            )
    if table.row_count:
        console(WIDE).print(table)
    else:
        click.echo("nobody changed beyond that")


def _show_levels(compared: Compared) -> None:
    click.echo(
        f"{compared.comparable:,} of {compared.cases:,} cases are fined and can be compared"
        + ("" if compared.settled else "; the fit did not come to rest, take figures as rough")
    )
    if compared.shares is not None:
        parts = compared.shares
        click.echo(
            f"variance of fines: item and facts {parts.facts:.0%}, officers {parts.officers:.1%} "
            f"(by chance {parts.by_chance:.2g}), rest {parts.rest:.0%}"
        )
    table = Table("", "", "", "案件 cases", "为同类的倍数 times the usual", "", "q")
    for level in LEVELS:
        for group in compared.levels[level][:_SHOWN]:
            if group.look:
                table.add_row(
                    *("◆", term("level", level), group.name, str(group.cases)),
                    f"{group.times:.2f} ({group.lo:.2f}-{group.hi:.2f})",
                    *(strip(group.times, group.lo, group.hi, 4, 25), f"{group.q:.2g}"),
                )
    if table.row_count:
        console(WIDE).print(table)
    _show_favours(compared)


def _show_favours(compared: Compared) -> None:
    table = Table(
        "", "人员 officer", "最低罚款件数 / 预期 lowest / expected", "件 case", "企业 enterprise",
        "元 yuan", "通常 usual", "q",
    )  # fmt: skip
    for sparing in compared.sparing:
        if not sparing.look:
            continue
        for k, low in enumerate(sparing.low):
            table.add_row(
                *(
                    "" if k else "◆",
                    "" if k else f"{sparing.officer} {term('role', _ROLES[sparing.lead])}",
                ),
                "" if k else f"{len(sparing.low)} / {sparing.expected:.1f}",
                *(low.case, low.enterprise, f"{low.fine:,.0f}", f"{low.usual:,.0f}"),
                *("" if k else f"{sparing.q:.2g}",),
            )
    if table.row_count:
        console(WIDE).print(table)
    for two in compared.friends:
        if two.look:
            click.echo(
                f"◆ {two.officer} → {two.enterprise}: {two.times:.2f} × ({', '.join(two.cases)})"
            )


_ROLES = {True: "lead", False: "any"}


def _show_pairs(compared: Compared) -> None:
    if not compared.pairs:
        return
    table = Table("较低 lower", "元 yuan", "较高 higher", "元 yuan", "倍 times", "同类 alike in")
    for pair in compared.pairs[:_SHOWN]:
        table.add_row(
            *(pair.lower.id, f"{pair.lower.fine:,.0f}", pair.higher.id, f"{pair.higher.fine:,.0f}"),
            *(f"{pair.ratio:.1f}", pair.kind),
        )
    console(WIDE).print(table)
