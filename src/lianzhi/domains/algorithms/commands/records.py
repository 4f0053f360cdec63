"""`lianzhi algorithms load`, `export` and `file-audit`: files to and from the record."""

import secrets
from pathlib import Path

import click

from lianzhi.domains.algorithms.desk import Desk
from lianzhi.domains.algorithms.importing.files import KIND
from lianzhi.domains.algorithms.nouns.audit import KINDS
from lianzhi.domains.algorithms.queries import tables
from lianzhi.domains.algorithms.rules.refusals import explain
from lianzhi.kit.options import deployment_options
from lianzhi.kit.table_commands import export_command, load_command
from lianzhi.kit.terminal import deployment, print_json
from lianzhi.office.refusal import Refusal

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

load = load_command(
    "algorithms",
    """Put the good rows of FOLDER on the record, in one step.

    FOLDER has algorithms as .csv (UTF-8), .xlsx or .json. Exit code 1: some rows were left out.
    """,
    (KIND,),
    (KIND,),
    lambda desk: desk.intake,
)


def _record_export(desk: Desk) -> None:
    office, ref = desk.office, f"export:{secrets.token_hex(10)}"
    deployment().record_export(office.ledger, "algorithms export", ref, office.now())


export = export_command(
    "algorithms",
    """Write the registry into FOLDER, in the file that `load` reads.

    The export goes on the record as a look. FOLDER has to be new or empty.
    """,
    (KIND,),
    lambda desk, folder, **more: desk.intake.write(folder, **more),
    _record_export,
)


@click.command("file-audit")
@click.argument("file", type=_FILE)
@click.option("--map", "map_path", required=True, type=_FILE, help="YAML map of the columns.")
@click.option("--algorithm", required=True, help="Id in the registry.")
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What is audited.")
@click.option("--time", default="", help="Column of days: tells from when the data are.")
@click.option("--rectification", default="", help="Files it as re-audit of this order.")
@deployment_options
def file_audit(
    file: Path,
    map_path: Path,
    algorithm: str,
    kind: str,
    time: str,
    rectification: str,
    home: Path,
    as_json: bool,
) -> None:
    """Audit FILE (CSV, Parquet, DuckDB) and put the audit on the record.

    A confirmed or suspected gap opens a case. The same file, map and policy are audited once.
    """
    by = deployment().by()
    with deployment().desk(home, "algorithms") as desk:
        try:
            margin = None
            if rectification:
                with desk.office.reading() as connection:
                    margin = tables.rectification.load(connection, rectification).margin
            filed = desk.audits.file(
                algorithm, kind, file, map_path, time, by,
                margin=margin, rectification=rectification,
            )  # fmt: skip
            if rectification:
                desk.rectifications.add_reaudit(rectification, filed.id, by)
            with desk.office.reading() as connection:
                audit = tables.audit.load(connection, filed.id)
        except KeyError as error:
            raise click.ClickException(f"{error.args[0]}: there is none of this id") from None
        except Refusal as error:
            refusal = explain(error, "en")
            raise click.ClickException(refusal["detail"] if refusal else str(error)) from None
    if as_json:
        print_json(
            {"audit": audit.id, "new": filed.is_new, "verdict": audit.verdict, "case": audit.case}
        )
        return
    state = "on the record" if filed.is_new else "was on the record before"
    click.echo(f"{audit.id}: {audit.verdict}, {state}")
    if audit.case:
        click.echo(f"case {audit.case}")
