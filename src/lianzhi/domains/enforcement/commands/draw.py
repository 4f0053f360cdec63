"""`lianzhi enforcement draw`: plan, reveal and verify a draw of enterprises and officers."""

import datetime as dt
import secrets
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from lianzhi.domains.enforcement.commands.inspecting import (
    FILE,
    WIDE,
    Faults,
    encoded,
    refusals,
    write,
)
from lianzhi.domains.enforcement.commands.inspecting import day as as_day
from lianzhi.domains.enforcement.inspection import draw as drawing
from lianzhi.domains.enforcement.inspection import published, rows
from lianzhi.domains.enforcement.inspection.policy import DrawPolicy, on
from lianzhi.domains.enforcement.inspection.roster import (
    eligible,
    from_town,
)
from lianzhi.domains.enforcement.inspection.words import term
from lianzhi.kit.terminal import console
from lianzhi.record.lots import DrawError, Public, Reveal, allot

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_SHOWN = 20
_MARKS = {True: Text("✓", "green"), False: Text("✗", "bold red"), None: Text("?", "yellow")}


@click.group()
def draw() -> None:
    """双随机一公开: draw enterprises and officers so that anybody can draw again.

    `plan` before the seed is known, `reveal` after, `verify` by anybody.
    """


def part(value: str) -> tuple[str, Fraction]:
    """A name with a number, like high=3; ends the command where it is none."""
    key, _, number = value.partition("=")
    try:
        return key, Fraction(number)
    except (ValueError, ZeroDivisionError):
        raise click.BadParameter(f"{value!r}: give one like high=3") from None


@draw.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--id", "name", required=True, help="Name of the draw; one plan a name.")
@click.option("--enterprises", required=True, type=FILE, help="enterprises.csv of the town.")
@click.option("--officers", required=True, type=FILE, help="officers.csv of the town.")
@click.option("--inspections", type=FILE, help="inspections.csv: for caps and last pairs.")
@click.option("--tiers", type=FILE, help="CSV of enterprise,stratum.  [default: all alike]")
@click.option("--conflicts", type=FILE, help="CSV of officer,enterprise: who may not go where.")
@click.option("--total", required=True, type=click.IntRange(1), help="Enterprises to draw.")
@click.option(
    "--share", "shares", multiple=True, type=part, metavar="STRATUM=PART",
    help="Parts of the total by stratum.  [default: all=1]",
)  # fmt: skip
@click.option(
    "--lots", multiple=True, type=part, metavar="STRATUM=LOTS",
    help="Lots of each enterprise of a stratum.  [default: 1]",
)  # fmt: skip
@click.option("--cap", required=True, type=click.IntRange(1), help="Most inspections a year.")
@click.option("--day", required=True, type=as_day, help="Day of the rosters.")
@click.option("--until", required=True, type=as_day, help="Last day of the inspections.")
@click.option("--public", "source", required=True, help="Which public value will be taken.")
@click.option("--public-on", required=True, type=as_day, help="Day on which it becomes known.")
@click.option("--reveal-until", required=True, type=as_day, help="Last day to reveal.")
@click.option(
    "--secret", "secret_out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="Where the secret is kept, outside FOLDER; made if it is not there.",
)  # fmt: skip
def plan(
    *,
    folder: Path,
    name: str,
    enterprises: Path,
    officers: Path,
    inspections: Path | None,
    tiers: Path | None,
    conflicts: Path | None,
    total: int,
    shares: tuple[tuple[str, Fraction], ...],
    lots: tuple[tuple[str, Fraction], ...],
    cap: int,
    day: dt.date,
    until: dt.date,
    source: str,
    public_on: dt.date,
    reveal_until: dt.date,
    secret_out: Path,
) -> None:
    """Make the plan in FOLDER, to be published and put on the record before the seed is known.

    Rows that are wrong are refused, not left out: who is missing cannot be drawn.
    """
    faults = Faults()
    with refusals():
        if folder.resolve() in secret_out.resolve().parents:
            raise DrawError(f"{secret_out} is in {folder}, which is published; keep it elsewhere")
        rosters = from_town(
            faults.read(enterprises, rows.enterprise),
            faults.read(officers, rows.officer),
            faults.read(inspections, rows.inspection),
            day,
            cap=cap,
            tiers=dict(faults.read(tiers, _tier)),
            lots={key: int(value) for key, value in lots},
            conflicts=_by_officer(faults.read(conflicts, _conflict)),
        )
        if faults.left_out:
            fault = faults.left_out[0]
            raise DrawError(f"{fault['file']} line {fault['line']}: {fault['reason']}")
        strata = allot(total, dict(shares) or {"all": Fraction(1)})
        policy = on(public_on).draw
        secret = _secret(secret_out, policy)
        public = Public(source=source, on=public_on)
        plan_ = drawing.plan(name, rosters, strata, secret, public, until, reveal_until, policy)
        folder.mkdir(parents=True, exist_ok=True)
        _publish(published.planned(plan_, rosters), folder)
    able = eligible(rosters, until)
    click.echo(
        f"{len(able.enterprises):,} of {len(rosters.enterprises):,} enterprises and "
        f"{len(able.officers):,} of {len(rosters.officers):,} officers can be drawn\n"
        f"put this digest on the record before {public_on}: {plan_.digest()}"
    )


@draw.command()
@click.argument("folder", type=FOLDER)
@click.option("--secret", "secret_path", required=True, type=FILE, help="The secret of the plan.")
@click.option("--public", required=True, help="The public value, as the plan says it is written.")
def reveal(*, folder: Path, secret_path: Path, public: str) -> None:
    """Publish the secret and draw: reveal.json and draw.json in FOLDER."""
    with refusals():
        plan = published.load(folder / published.PLAN, drawing.Plan)
        policy = on(plan.public.on).draw
        opened = drawing.reveal(plan, _secret(secret_path, policy), public)
        drawn = drawing.draw(plan, opened, published.rosters(folder), policy)
        _publish(published.revealed(opened, drawn), folder)
    _show(drawn)


@draw.command()
@click.argument("folder", type=FOLDER)
@click.option("--digest", default="", help="The plan's digest, as the record has it.")
@click.option("--recorded", type=as_day, help="Day of that entry in the record.")
@click.option("--public", default="", help="The public value, as you looked it up yourself.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(
    *, folder: Path, digest: str, recorded: dt.date | None, public: str, as_json: bool
) -> None:
    """Draw again from what was published in FOLDER and check it.

    Exit code 1: something does not hold. What you give no value for is not checked, and says so.
    """
    with refusals():
        plan = published.load(folder / published.PLAN, drawing.Plan)
        checks = drawing.verify(
            plan,
            published.load(folder / published.REVEAL, Reveal),
            published.rosters(folder),
            published.load(folder / published.DRAW, drawing.Draw),
            on(plan.public.on).draw,
            digest=digest,
            recorded=recorded,
            public=public,
        )
    if as_json:
        click.echo(encoded(checks), nl=False)
    else:
        table = Table("", "检查 check", "", box=None)
        for check in checks:
            table.add_row(_MARKS[check.holds], term("check", check.key), check.detail)
        console(WIDE).print(table)
        if any(check.holds is None for check in checks):
            click.echo("? not checked: give --digest, --recorded and --public from elsewhere")
    if any(check.holds is False for check in checks):
        raise SystemExit(1)


def _show(drawn: drawing.Draw) -> None:
    table = Table("", "企业 enterprise", "层 stratum", "人员 officers")
    for place, inspection in enumerate(drawn.inspections[:_SHOWN], 1):
        table.add_row(
            str(place), inspection.enterprise, inspection.stratum, " + ".join(inspection.officers)
        )
    console(WIDE).print(table)
    reasons = sorted(set(drawn.excluded.values()))
    for reason in reasons:
        count = sum(why == reason for why in drawn.excluded.values())
        click.echo(f"{count:,} {term('excluded', reason)}")
    click.echo(f"{len(drawn.inspections):,} inspections, seed {drawn.seed}")


def _tier(row: rows.Row) -> tuple[str, str]:
    enterprise, stratum = row.get("enterprise"), row.get("stratum")
    if not (enterprise and stratum):
        raise ValueError("enterprise or stratum is empty; give both")
    return enterprise, stratum


def _conflict(row: rows.Row) -> tuple[str, str]:
    officer, enterprise = row.get("officer"), row.get("enterprise")
    if not (officer and enterprise):
        raise ValueError("officer or enterprise is empty; give both")
    return officer, enterprise


def _by_officer(conflicts: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    by_officer: dict[str, tuple[str, ...]] = {}
    for officer, enterprise in conflicts:
        by_officer[officer] = (*by_officer.get(officer, ()), enterprise)
    return by_officer


def _secret(path: Path, policy: DrawPolicy) -> bytes:
    """The secret in a file; a new one where there is none. Raises DrawError."""
    if not path.exists():
        write(f"{secrets.token_hex(policy.least_secret)}\n".encode(), path, 0o600)
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        raise DrawError(f"{path}: no hexadecimal number; give the file that `plan` made") from None


def _publish(content: dict[str, bytes], folder: Path) -> None:
    for name, body in content.items():
        write(body, folder / name)
