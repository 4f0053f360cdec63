"""`lianzhi enforcement import load` and `export`: files of a bureau to and from the record."""

from lianzhi.domains.enforcement.desk import Desk
from lianzhi.domains.enforcement.desk.exports import FILES as EXPORTED
from lianzhi.domains.enforcement.desk.history import NOUNS, REGISTERS
from lianzhi.domains.enforcement.desk.office import new_id
from lianzhi.domains.enforcement.importing.town_files import FILES
from lianzhi.kit.table_commands import export_command, load_command
from lianzhi.kit.terminal import deployment

load = load_command(
    "enforcement",
    """Put the good rows of FOLDER on the record, in one step: all of them, or none.

    FOLDER is as `import check` reads it. What is on the record already is told and left out;
    enterprises and officers say anew how they stand. Exit code 1: some rows were left out.
    """,
    FILES,
    (*REGISTERS, *NOUNS),
    lambda desk: desk.history,
)


def _record_export(desk: Desk) -> None:
    office = desk.office
    ref = f"export:{new_id()}"
    deployment().record_export(office.ledger, "enforcement export", ref, office.now())


export = export_command(
    "enforcement",
    """Write everything on the record into FOLDER, in the files that `import` reads.

    And `steps`: every entry of every noun, with what it says. Names come from the vault; who was
    erased is a blank. The export goes on the record as a look. FOLDER has to be new or empty.
    """,
    EXPORTED,
    lambda desk, folder, **more: desk.exports.write(folder, **more),
    _record_export,
)
