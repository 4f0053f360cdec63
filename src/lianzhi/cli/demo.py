"""`lianzhi demo`: a simulated platform to watch, in a home of its own."""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from lianzhi.chain.finding import Finding
from lianzhi.cli.common import fail, when
from lianzhi.cli.demo_campaign import open_campaign
from lianzhi.cli.demo_home import BY, create_accounts, prepare
from lianzhi.cli.failures import REFUSALS
from lianzhi.cli.logs import log_to_stderr
from lianzhi.cli.serve import listening, url_of
from lianzhi.cli.serving import serve_node
from lianzhi.domains.registry import DOMAINS
from lianzhi.domains.scenario import Scenario
from lianzhi.jobs.demo import DemoEvent, Platform
from lianzhi.jobs.demo_receiver import Receiver, receiving
from lianzhi.jobs.node import Node
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.web.core.settings import load_settings

_STAGE_LABELS: dict[str, Callable[[DemoEvent], str]] = {
    "round": lambda t: f"round {t.count} begins",
    "finding": lambda t: f"{t.stage}: {t.kind} about {t.about} ({t.count} accounts)",
    "accepted": lambda t: f"{t.about} accepts protection against strangers",
    "held_back": lambda t: f"held back before {t.about}: {t.count}",
    "applied": lambda t: f"the platform applies {t.kind} to {t.about}",
    "undone": lambda t: f"the platform undoes {t.kind} of {t.about}",
}


@click.command()
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".lianzhi-demo"),
    show_default=True,
    help="Folder of the demo, made anew at each start; LIANZHI_HOME is left alone.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
def demo(home: Path, host: str, port: int, as_json: bool) -> None:
    """Show Lianzhi at work on a made-up platform, in real time.

    Within a minute a pile-on forms against one person: warning, case, protection. All people,
    accounts and texts are invented. Prints the address and fresh logins.
    """
    log_to_stderr(logging.WARNING)
    print_finding = _print_json if as_json else _print_lines
    receiver = Receiver(home, wall_clock, print_finding)
    with listening(host, port) as listener, receiving(receiver) as hook:
        try:
            findings: queue.SimpleQueue[Finding] = queue.SimpleQueue()
            with Node(home, prepare(home, hook), on_finding=findings.put) as node:
                logins, token = create_accounts(node)
                platform = Platform(node, _scenario(), findings, print_finding)
                platform.prefill(node.now())
                for domain in node.domains:
                    desk = node.desks.get(domain.name)
                    domain.demo.fill(desk, BY, lambda line: _note(node.now(), line, as_json))
                open_campaign(node.campaigns, BY)
                _announce(url_of(listener), logins, token, as_json)
                with _playing(platform):
                    serve_node(node, load_settings(home), listener)
        except (*REFUSALS, OSError) as error:
            fail(str(error))


def _scenario() -> Scenario:
    scenario: Scenario = next(
        domain.demo.scenario() for domain in DOMAINS.values() if domain.demo.scenario is not None
    )
    return scenario


@contextmanager
def _playing(platform: Platform) -> Iterator[None]:
    """Run the platform in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(
        target=platform.run, args=(wall_clock, stop), name="demo", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _announce(url: str, logins: dict[str, str], token: str, as_json: bool) -> None:
    if as_json:
        print_json({"url": url, "logins": logins, "key": token})
        return
    click.echo(f"\n  Lianzhi 链治   {url}\n")
    for name, password in logins.items():
        click.echo(f"  user {name:9} password {password}")
    click.echo(f"  API key        {token}")
    click.echo("\n  Within a minute a pile-on forms. Stop with Ctrl-C.\n")


def _note(at: int, line: str, as_json: bool) -> None:
    if not as_json:
        click.echo(f"  {when(at)[11:]} UTC  {line}")


def _print_lines(findings: DemoEvent) -> None:
    click.echo(f"  {when(findings.at)[11:]} UTC  {_STAGE_LABELS[findings.topic](findings)}")


def _print_json(findings: DemoEvent) -> None:
    print_json(findings)
