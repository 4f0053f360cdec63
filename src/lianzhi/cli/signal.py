"""`lianzhi signal`: signals shared between platforms about accounts and content."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.chain import signal_delta, signal_stix
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.signal import VIEWS, Signal, SignalError, View, categories
from lianzhi.cli.common import by, database, deployment, fail, must_exist, when
from lianzhi.cli.exits import NO
from lianzhi.cli.proceedings import opened
from lianzhi.jobs.signals.fetching import FetchError, fetch
from lianzhi.jobs.signals.matching import Matching
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.office import federation
from lianzhi.office.signal_statements import statement
from lianzhi.office.signals import ShareRequest, Signals
from lianzhi.store import signals
from lianzhi.store.ledger import RecordError

#: Explanations of steps refused by the policy.
_REFUSED = {
    "decided_first": "nothing that was decided against them in this case stands",
    "shared_once": "it is shared already; withdraw it first to share it anew",
    "own_signal": "this needs a signal of ours to withdraw, one of another platform to opine on",
    "opinion_given": "we have no opinion on it that could be taken back",
    "content_in_evidence": "there is no text at this place in evidence",
}


@click.group()
def signal() -> None:
    """Signals between platforms: keyed hashes of accounts and content, and opinions on them."""


@signal.command()
@click.option("--name", default="", help="What the others call us; begins keys/signals.toml.")
@deployment
def key(name: str, home: Path, as_json: bool) -> None:
    """Print a new hash key and a new secret, to be put into keys/signals.toml.

    With --name that file is begun, with a first hash key, where there is none.
    """
    must_exist(home)
    if name:
        try:
            federation.Federation(name, (federation.HashKey("x", federation.fresh_key()),))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--name") from None
        if not federation.begin(home, name, wall_clock()):
            fail(f"{home / federation.FILE} is there already; change it by hand")
        click.echo(f"{home / federation.FILE} is begun; add [[peers]] to it.", err=True)
    secrets = {"hash_key": federation.fresh_key(), "secret": federation.fresh_secret()}
    if as_json:
        print_json(secrets)
        return
    for field, value in secrets.items():
        click.echo(f"{field}: {value}")


@signal.command()
@click.argument("case")
@click.option("--account", default="", help="Whom it is about.")
@click.option("--item", default="", help="The act in evidence whose text it is about.")
@click.option(
    "--category", required=True, type=click.Choice(list(categories())), help="What was done."
)
@click.option(
    "--confidence", type=click.IntRange(0, 100), required=True, help="How sure we are, 0 to 100."
)
@click.option("--days", type=click.IntRange(1), help="How long it stands.  [default: the most]")
@click.option("--identifier", default="", help="By what the others know the account.")
@deployment
def share(
    case: str,
    account: str,
    item: str,
    category: str,
    confidence: int,
    days: int | None,
    identifier: str,
    home: Path,
    as_json: bool,
) -> None:
    """Tell the other platforms of an account, or of content, in a decided case.

    What leaves is a keyed hash, never the name or the text. May run beside a node, which sends it.
    """
    if bool(account) == bool(item):
        raise click.UsageError("give --account or --item, and not both")
    request = ShareRequest(
        case=case,
        account=account,
        item=item,
        identifier=identifier,
        category=category,
        confidence=confidence,
        days=days,
    )
    with _desk(home, f"case {case}") as desk:
        identity = desk.share(request, by(), wall_clock())
    _confirm({"signal": identity}, f"{identity} is shared; a running server sends it", as_json)


@signal.command()
@click.argument("signal_id", metavar="SIGNAL")
@click.argument("view", type=click.Choice(VIEWS))
@deployment
def opine(signal_id: str, view: View, home: Path, as_json: bool) -> None:
    """Tell all platforms what we think of another's signal; `withdraw` takes it back."""
    with _desk(home, f"signal {signal_id}") as desk:
        desk.opine(signal_id, view, by(), wall_clock())
    _confirm({"signal": signal_id, "view": view}, f"{signal_id}: {view}", as_json)


@signal.command()
@click.argument("signal_id", metavar="SIGNAL")
@deployment
def withdraw(signal_id: str, home: Path, as_json: bool) -> None:
    """Take back a signal of ours at every platform."""
    with _desk(home, f"signal {signal_id}") as desk:
        desk.withdraw(signal_id, by(), wall_clock())
    _confirm({"signal": signal_id}, f"{signal_id} is withdrawn; a running server says so", as_json)


@signal.command("list")
@click.option("--ours/--theirs", default=None, help="Ours alone, or others' alone.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option(
    "--shape",
    type=click.Choice(["stix", "threatexchange"]),
    help="Print what we tell others, as STIX 2.1 or as python-threatexchange has it.",
)
@deployment
def list_(ours: bool | None, limit: int, shape: str | None, home: Path, as_json: bool) -> None:
    """List signals, the latest first: ours and others', opinions, reviews, who knows."""
    now = wall_clock()
    with _desk(home, "") as desk, desk.office.ledger.engine.connect() as connection:
        if shape is not None:
            known, vault = desk.federation(), desk.office.ledger.vault
            rows = signals.told_since(connection, 0, limit)
            statements = [
                statement(signals, connection, vault, known, signal_, now) for _, signal_ in rows
            ]
            stated = [statement_ for statement_ in statements if statement_ is not None]
            stix = shape == "stix"
            print_json(
                signal_stix.bundle(stated) if stix else signal_delta.delta(known.name, stated, now)
            )
            return
        for signal_ in signals.signals(connection, ours=ours, limit=limit):
            if as_json:
                print_json(signal_)
            else:
                click.echo(_line(signal_, now))


@signal.command("fetch")
@click.argument("peer")
@deployment
def fetch_(peer: str, home: Path, as_json: bool) -> None:
    """Ask a platform for what it has said since it was asked last. Exit code 1: some was refused.

    For who was away for longer than messages wait. May run beside a node.
    """
    with _desk(home, f"platform {peer} in keys/signals.toml") as desk:
        done = fetch(desk, peer, wall_clock())
    for refusal in done.refused:
        click.echo(refusal, err=True)
    _confirm(
        done, f"{done.new:,} new, {done.known:,} known, {len(done.refused):,} refused", as_json
    )
    if done.refused:
        raise SystemExit(NO)


@signal.command("match")
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@deployment
def match_(path: Path, home: Path, as_json: bool) -> None:
    """Compare accounts with others' signals; whom one fits is reviewed. Exit code 1: none does.

    FILE is a CSV without heading: an account a line, and by what others know it, if by another
    name. People in findings are compared by a running server anyway. May run beside a node.
    """
    with _desk(home, "") as desk, path.open(encoding="utf-8-sig", newline="") as file:
        matches = Matching(desk).compare(_rows(file, path), wall_clock())
    for account, fit in matches:
        if as_json:
            print_json({"account": account, "signal": fit.id, "platform": fit.owner})
        else:
            click.echo(f"{account}  {fit.id}  {fit.category}  {fit.owner}")
    if not matches:
        raise SystemExit(NO)


def _rows(file: Any, path: Path) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(csv.reader(file), 1):
        if not row:
            continue
        if len(row) > 2 or not row[0].strip() or not row[-1].strip():
            fail(f"{path}, line {number}: write an account, or account,identifier; mend the line")
        yield row[0].strip(), row[-1].strip()


@contextmanager
def _desk(home: Path, sought: str) -> Iterator[Signals]:
    with database(home) as engine:
        try:
            yield Signals(opened(engine, home)[1].office, home)
        except KeyError:
            fail(f"there is no {sought}")
        except IllegalStepError as error:
            fail(_REFUSED.get(error.rule, str(error)))
        except (SignalError, FetchError, RecordError, OSError, UnicodeError) as error:
            fail(str(error))


def _confirm(value: Any, words: str, as_json: bool) -> None:
    if as_json:
        print_json(msgspec.to_builtins(value))
    else:
        click.echo(words)


def _line(signal: Signal, now: int) -> str:
    stands = (
        "withdrawn" if signal.status == "withdrawn" else "stands" if signal.stands(now) else "over"
    )
    parts = [
        signal.id,
        signal.owner or "(ours)",
        signal.kind,
        signal.category,
        f"{signal.confidence} %",
        stands,
    ]
    parts.append(f"until {when(signal.expires_at)}")
    verbs: dict[View, str] = {"confirm": "confirmed", "dispute": "disputed"}
    for view, words in verbs.items():
        names = [name or "us" for name in signal.views(view)]
        parts += [f"{words} by {', '.join(names)}"] if names else []
    parts += [f"case {case}" for case in (signal.case, *signal.reviews) if case]
    if signal.delivered:
        parts.append(f"known to {', '.join(sorted(signal.delivered))}")
    return "  ".join(parts)
