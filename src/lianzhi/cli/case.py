"""`lianzhi case`: cases as shown by the record."""

from pathlib import Path

import click

from lianzhi.cli.case_chain import chain_page
from lianzhi.cli.case_page import LINE, PAGE, page_of, table_of
from lianzhi.cli.case_words import Words, language
from lianzhi.cli.case_words import show as show_text
from lianzhi.cli.common import database, deployment, fail
from lianzhi.cli.proceedings import policies_of
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.store import harm_chains, views
from lianzhi.store.db import snapshot


@click.group()
def case() -> None:
    """Cases: list them, show one."""


@case.command("list")
@click.option("--status", type=click.Choice(["open", "protected", "closed"]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@deployment
def list_(status: str | None, limit: int, home: Path, as_json: bool) -> None:
    """List cases, the latest step first; those that wait (--status) the most urgent first."""
    with database(home) as engine:
        page = views.cases(engine, status=status, limit=limit)
    if as_json:
        for row in page.rows:
            print_json(row)
    else:
        show_text(table_of(page.rows, Words(language(), wall_clock())), LINE)


@case.command()
@click.argument("case_id")
@deployment
def show(case_id: str, home: Path, as_json: bool) -> None:
    """Show one case: what happened, who, on what evidence, what was done."""
    with database(home) as engine:
        view = views.case(engine, case_id)
    if view is None:
        fail(f"there is no case {case_id}; see `lianzhi case list`")
    if as_json:
        print_json(view)
    else:
        show_text(page_of(view, Words(language(), wall_clock())), PAGE)


@case.command()
@click.argument("case_id")
@deployment
def chain(case_id: str, home: Path, as_json: bool) -> None:
    """Show the whole chain of a harm that a case belongs to, tier by tier."""
    now = wall_clock()
    with database(home) as engine, snapshot(engine) as connection:
        whole = harm_chains.chain_of(connection, case_id, policies_of(home).case(now))
    if whole is None:
        fail(f"case {case_id} is in no chain of harm; see `lianzhi case list`")
    if as_json:
        print_json(whole)
    else:
        show_text(chain_page(whole, Words(language(), now), language()), PAGE)
