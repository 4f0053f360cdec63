"""`lianzhi transfer`: hand a suspected offence to another authority, and record its response."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import number, read
from lianzhi.cli.common import database, deployment, fail
from lianzhi.cli.evidence import offset_minutes, written
from lianzhi.cli.proceedings import opened
from lianzhi.documents.forms import LANGUAGES
from lianzhi.documents.pack import PackTooLargeError
from lianzhi.domains.configuration import load
from lianzhi.jobs import transfer as transfers
from lianzhi.jobs.post.post import sender_of
from lianzhi.jobs.transfer import Sending
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.store.ledger import RecordError

#: Longest receipt or answer, as in the web interface.
_MOST = 2000


@click.group()
def transfer() -> None:
    """Transfers to another authority: the file to hand over, its receipt, its answer.

    MEASURE is the id of the measure or the number in its letter.
    """


@transfer.command()
@click.argument("measure", metavar="MEASURE")
@click.option(
    "-o",
    "--out",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The ZIP file to write; it must not be there yet.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="zh",
    show_default=True,
    help="Language of the letter and the summary.",
)
@deployment
def export(measure: str, target: Path, lang: str, home: Path, as_json: bool) -> None:
    """Write what a transfer hands over into one file.

    A cover letter with a receipt slip to be sent back, and the evidence pack of the case. The
    export goes on the record. May run beside a node.
    """
    identity = read(measure)
    with database(home) as engine, _errors(identity):
        ledger, proceedings = opened(engine, home)
        sending = Sending(
            measure=identity,
            lang="zh" if lang == "zh" else "en",
            made_at=wall_clock(),
            by="cli",
            sender=sender_of(load(home)),
            utc_offset_minutes=offset_minutes(),
            without_victim=proceedings.office.policy(wall_clock()).without_victim,
        )
        grounds = proceedings.published
        try:
            done = written(
                target, lambda file: transfers.export(ledger, home, grounds, sending, file)
            )
        except FileExistsError:
            fail(f"{target} is there already; give another name with -o")
    if as_json:
        print_json(done)
    else:
        click.echo(
            f"{target}: {number(done.measure)} to {done.authority}; on the record as entry "
            f"{done.entry}"
        )
        click.echo(f"SHA-256: {done.sha256}")


@transfer.command()
@click.argument("measure", metavar="MEASURE")
@click.argument("text")
@deployment
def receipt(measure: str, text: str, home: Path, as_json: bool) -> None:
    """Note that it was handed over, and what the authority gave for it.

    Such as the number on the receipt slip. May run beside a node.
    """
    identity, answer_ = read(measure), _checked(text)
    with database(home) as engine, _errors(identity):
        _, proceedings = opened(engine, home)
        proceedings.measures.applied(identity, "cli", wall_clock(), answer_)
    _noted(identity, "the receipt is on the record", as_json)


@transfer.command()
@click.argument("measure", metavar="MEASURE")
@click.argument("text")
@deployment
def answer(measure: str, text: str, home: Path, as_json: bool) -> None:
    """Note what the authority answered. May run beside a node."""
    identity, answer_ = read(measure), _checked(text)
    with database(home) as engine, _errors(identity):
        _, proceedings = opened(engine, home)
        proceedings.measures.answered(identity, answer_, "cli", wall_clock())
    _noted(identity, "the answer is on the record", as_json)


@contextmanager
def _errors(identity: str) -> Iterator[None]:
    try:
        yield
    except KeyError:
        fail(f"there is no measure {identity}; see the console's page Measures")
    except (IllegalStepError, RecordError, PackTooLargeError, OSError) as error:
        fail(str(error))


def _checked(text: str) -> str:
    if not text.strip():
        raise click.BadParameter("it is empty; say what the authority said", param_hint="TEXT")
    if len(text) > _MOST:
        raise click.BadParameter(
            f"it has {len(text):,} characters; at most {_MOST:,}", param_hint="TEXT"
        )
    return text.strip()


def _noted(identity: str, text: str, as_json: bool) -> None:
    if as_json:
        print_json({"measure": identity})
    else:
        click.echo(f"{number(identity)}: {text}")
