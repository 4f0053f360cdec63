"""`lianzhi biosecurity import` and `export`: files of a border to and from the record."""

import secrets

from lianzhi.domains.biosecurity.desk import Desk
from lianzhi.domains.biosecurity.desk.intake import ONCE, REGISTERS
from lianzhi.domains.biosecurity.importing.files import FILES
from lianzhi.kit.table_commands import export_command, load_command
from lianzhi.kit.terminal import deployment

load = load_command(
    "biosecurity",
    """Put the good rows of FOLDER on the record, in one step: all of them, or none.

    FOLDER has taxa, ports, effort and interceptions as .csv (UTF-8), .xlsx or .json. Exit code 1:
    some rows were left out.
    """,
    FILES,
    (*REGISTERS, *ONCE),
    lambda desk: desk.intake,
)


def _record_export(desk: Desk) -> None:
    office, ref = desk.office, f"export:{secrets.token_hex(10)}"
    deployment().record_export(office.ledger, "biosecurity export", ref, office.now())


export = export_command(
    "biosecurity",
    """Write everything on the record into FOLDER, in the files that `load` reads.

    The export goes on the record as a look. FOLDER has to be new or empty.
    """,
    FILES,
    lambda desk, folder, **more: desk.exports.write(folder, **more),
    _record_export,
)
