"""`lianzhi webhook` and `lianzhi outbox`: the webhook's secret, and messages waiting to be sent."""

import sys
from pathlib import Path

import click
from sqlalchemy import Engine
from urllib3.exceptions import HTTPError

from lianzhi.chain.life import IllegalStepError
from lianzhi.cli.common import by, database, deployment, fail, must_exist, when
from lianzhi.cli.exits import NO
from lianzhi.cli.proceedings import opened
from lianzhi.domains.configuration import load
from lianzhi.jobs.post.deadline import DeadlineError
from lianzhi.jobs.post.webhook import WebhookChannel, ping, why
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.office.messages import State
from lianzhi.store.ledger import RecordError
from lianzhi.store.letters import Letter, counts, letters
from lianzhi.webhooks.keys import WebhookKeys

CHUNK = 500
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@click.group()
def webhook() -> None:
    """Signed messages to the platform, as `[webhook]` of config.toml says."""


@webhook.command()
@deployment
def secret(home: Path, as_json: bool) -> None:
    """Print the secret that receivers verify signatures with; made when there is none yet."""
    must_exist(home)
    try:
        secrets = WebhookKeys(home).current(wall_clock())
    except (OSError, ValueError) as error:
        fail(str(error))
    if as_json:
        print_json([{"secret": secret_.text, "until": secret_.until} for secret_ in secrets])
        return
    for secret_ in secrets:
        click.echo(secret_.text)
        if secret_.until is not None:
            click.echo(f"The one above signs as well until {when(secret_.until)} UTC.", err=True)


@webhook.command()
@click.option(
    "--overlap",
    type=click.IntRange(0, 24 * 90),
    default=24,
    show_default=True,
    help="Hours for which the secret before goes on signing beside the new one.",
)
@deployment
def rotate(overlap: int, home: Path, as_json: bool) -> None:
    """Make a new secret and print it; a running server signs with it at once."""
    must_exist(home)
    now = wall_clock()
    try:
        fresh = WebhookKeys(home).rotate(now, overlap * HOUR_MS)
    except (OSError, ValueError) as error:
        fail(str(error))
    if as_json:
        print_json({"secret": fresh.text, "until": now + overlap * HOUR_MS})
        return
    click.echo(fresh.text)
    click.echo(f"Messages carry both signatures for {overlap} hours.", err=True)


@webhook.command()
@deployment
def test(home: Path, as_json: bool) -> None:
    """Send a signed ping, and say what came back. Exit code 1 when it was not accepted."""
    must_exist(home)
    config = load(home)
    if config.webhook is None:
        fail("config.toml has no [webhook]: give its url there")
    channel = WebhookChannel(config.webhook, WebhookKeys(home), lambda message: message.body)
    now = wall_clock()
    try:
        answer = channel.post(ping(now), now)
    except DeadlineError as error:
        outcome, ok, status, duration = error.reason, False, None, None
    except (HTTPError, OSError) as error:
        outcome, ok, status, duration = why(error), False, None, None
    else:
        status, duration = answer.status, answer.took_ms
        ok, outcome = 200 <= status < 300, f"HTTP {status} after {duration} ms"
    if as_json:
        print_json({"ok": ok, "status": status, "took_ms": duration, "detail": outcome})
    else:
        click.echo(f"{'Accepted' if ok else 'NOT accepted'}: {outcome}")
    sys.exit(0 if ok else NO)


@click.group()
def outbox() -> None:
    """Messages to the platform and to people: what waits, what was given up."""


@outbox.command("list")
@click.option(
    "--state",
    type=click.Choice(["dead", "waiting", "cancelled", "sent"]),
    default="dead",
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@deployment
def list_(state: State, limit: int, home: Path, as_json: bool) -> None:
    """List messages: by default those that were given up, the latest first."""
    with database(home) as engine:
        rows = letters(engine, state, limit=limit).rows
        stand = counts(engine, wall_clock() - DAY_MS)
    if as_json:
        for row in rows:
            print_json(row)
        return
    for row in rows:
        click.echo(_line(row))
    click.echo(
        f"{stand.waiting:,} waiting ({stand.retrying:,} of them failed before), "
        f"{stand.dead:,} given up, {stand.sent:,} sent in the last 24 hours.",
        err=True,
    )


@outbox.command()
@click.argument("message_id")
@deployment
def retry(message_id: str, home: Path, as_json: bool) -> None:
    """Send a message that was given up again; `all` stands for every one of them.

    For measures that goes on the record, with who did it. May run beside a node.
    """
    with database(home) as engine:
        ids = _dead(engine) if message_id == "all" else [message_id]
        again = 0
        try:
            _, proceedings = opened(engine, home)
            for start in range(0, len(ids), CHUNK):
                chunk = ids[start : start + CHUNK]
                again += proceedings.measures.resend(chunk, by(), wall_clock())
        except (IllegalStepError, RecordError, OSError) as error:
            fail(str(error))
    if message_id != "all" and not again:
        fail(f"message {message_id!r} is none that was given up; see `lianzhi outbox list`")
    if as_json:
        print_json({"retried": again})
    else:
        click.echo(f"Sent again: {again:,}. A running server takes them up within a second.")


def _dead(engine: Engine) -> list[str]:
    ids: list[str] = []
    cursor = None
    while True:
        page = letters(engine, "dead", cursor=cursor, limit=CHUNK)
        ids += [row.id for row in page.rows]
        if page.next is None:
            return ids
        cursor = page.next


def _line(row: Letter) -> str:
    at = row.due_at if row.state == "waiting" else row.done_at
    line = f"{when(at)}  {row.id}  {row.channel}  {row.topic}  attempts: {row.attempts}"
    return f"{line}  {row.last_error}" if row.last_error else line
