"""`lianzhi algorithms self-assessment`: the newest evidence pack of an algorithm as files."""

from pathlib import Path

import click

from lianzhi.domains.algorithms.queries import tables
from lianzhi.domains.algorithms.rules.refusals import explain
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import deployment, print_json
from lianzhi.office.refusal import Refusal


@click.command("self-assessment")
@click.argument("identity", metavar="ID")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@deployment_options
def self_assessment(identity: str, folder: Path, home: Path, as_json: bool) -> None:
    """Write the newest evidence pack of an algorithm into FOLDER, as DOCX and PDF.

    Each file is held against its SHA-256 on the record. `algorithm self-assess` issues a pack.
    """
    with deployment().desk(home, "algorithms") as desk:
        try:
            with desk.office.reading() as connection:
                algorithm = tables.algorithm.load(connection, identity)
            if not algorithm.packs:
                raise click.ClickException(f"{identity} has no pack; issue one by self-assess")
            pack = algorithm.packs[-1]
            bodies = {
                form: desk.self_assessments.read(identity, pack.number, form) for form in pack.files
            }
        except KeyError as error:
            raise click.ClickException(f"{error.args[0]}: there is none of this id") from None
        except Refusal as error:
            refusal = explain(error, "en")
            raise click.ClickException(refusal["detail"] if refusal else str(error)) from None
    folder.mkdir(parents=True, exist_ok=True)
    for form, body in bodies.items():
        (folder / f"{pack.number}.{form}").write_bytes(body)
    if as_json:
        print_json({"number": pack.number, "digests": pack.digests, "missing": pack.missing})
        return
    for form, digest in pack.digests.items():
        click.echo(f"{digest}  {pack.number}.{form}")
    click.echo(f"missing: {', '.join(pack.missing)}")
