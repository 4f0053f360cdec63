"""`lianzhi dissemination load` and `export`: lists to and from the record."""

import secrets

from lianzhi.domains.dissemination.desk import Desk
from lianzhi.domains.dissemination.desk.intake import ONCE, UPDATES
from lianzhi.domains.dissemination.importing.files import FILES
from lianzhi.domains.dissemination.sources.lists import LIST_KINDS
from lianzhi.kit.table_commands import export_command, load_command
from lianzhi.kit.terminal import deployment

load = load_command(
    "dissemination",
    """Put the good rows of FOLDER on the record, in one step: all of them, or none.

    FOLDER has outlets, sources, reprints and pushes as .csv (UTF-8), .xlsx or .json. Reprints and
    pushes are judged by the lists of the record. Exit code 1: some rows were left out.
    """,
    FILES,
    (*UPDATES, *ONCE),
    lambda desk: desk.intake,
)


def _record_export(desk: Desk) -> None:
    office, ref = desk.office, f"export:{secrets.token_hex(10)}"
    deployment().record_export(office.ledger, "dissemination export", ref, office.now())


export = export_command(
    "dissemination",
    """Write the lists of the record into FOLDER, in the files that `load` reads.

    The export goes on the record as a look. FOLDER has to be new or empty.
    """,
    LIST_KINDS,
    lambda desk, folder, **more: desk.exports.write(folder, **more),
    _record_export,
)
