"""`lianzhi bullying`: what an operator or a developer asks of this domain."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.bullying import policy as policies
from lianzhi.domains.bullying.evaluation import plots, tables
from lianzhi.domains.bullying.evaluation.baselines import BASELINES
from lianzhi.domains.bullying.evaluation.figures import Report
from lianzhi.domains.bullying.evaluation.ours import Ours
from lianzhi.domains.bullying.evaluation.run import Watcher, evaluate
from lianzhi.domains.bullying.evaluation.scenario import EvaluationError
from lianzhi.domains.bullying.evaluation.scoring import Candidate


@click.group()
def bullying() -> None:
    """网络暴力: early warning."""


@bullying.command("evaluate")
@click.option(
    "--arrivals",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Real arrivals as a further background: a CSV of object_id, account_id, timestamp_share, "
    "or your own events as .ndjson. May be given more than once.",
)
@click.option(
    "--texts",
    "--cold",
    "texts",
    type=click.Path(exists=True, path_type=Path),
    help="Labelled comments: a CSV of pool (harmful, benign, praise, ...) and text, or the folder "
    "of COLD; without them sentences of our own are used.",
)
@click.option("--quick", is_flag=True, help="A small run, to see that it works; figures are rough.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same figures.")
@click.option("--baselines/--no-baselines", default=True, help="Try the plain detectors as well.")
@click.option(
    "--policy",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of policy versions to try in place of the shipped ones.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write report.json and the curves as pictures there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate_command(
    *,
    arrivals: tuple[Path, ...],
    texts: Path | None,
    quick: bool,
    seed: int,
    baselines: bool,
    policy: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Measure early warning: recall, delay and share landed against false alarms."""
    plan = "quick" if quick else "full"
    try:
        candidates: Sequence[Candidate] = [Ours(policies.load(policy))]
        if baselines:
            candidates = [*candidates, *BASELINES]
        with _progress() as watch:
            report = evaluate(
                candidates, arrivals=arrivals, texts=texts, plan=plan, seed=seed, watch=watch
            )
    except (EvaluationError, PolicyError) as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(msgspec.json.encode(report))
    else:
        Console(width=None if Console().is_terminal else 180).print(tables.render(report))
    if out is not None:
        _write(report, out)


@contextmanager
def _progress() -> Iterator[Watcher]:
    """A bar on standard error, so that standard output stays clean."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def watch(label: str, done: int, total: int) -> None:
            bar.update(task, description=label, completed=done, total=total)

        yield watch


def _write(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_bytes(msgspec.json.encode(report))
    try:
        paths = plots.draw(report, folder)
    except ImportError:
        click.echo("No pictures: matplotlib is missing (pip install matplotlib).", err=True)
        return
    click.echo(f"Wrote report.json and {len(paths)} pictures to {folder}.", err=True)
