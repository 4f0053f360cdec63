"""The published folder of a draw: rosters as CSV, plan, reveal and outcome as JSON.

`lianzhi enforcement draw verify` takes it, whoever made it.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from lianzhi.domains.enforcement.inspection.draw import Draw, Plan
from lianzhi.domains.enforcement.inspection.roster import (
    Candidate,
    Certified,
    Rosters,
    candidate,
    certified,
)
from lianzhi.domains.enforcement.inspection.rows import RowsError, read
from lianzhi.record.lots import DrawError, Reveal

T = TypeVar("T")
PLAN, REVEAL, DRAW = "plan.json", "reveal.json", "draw.json"
ENTERPRISES, OFFICERS = "enterprises.csv", "officers.csv"
_MOST_JSON = 64 << 20


def planned(plan: Plan, rosters: Rosters) -> dict[str, bytes]:
    """Files published before the seed is known, content by name."""
    return {
        ENTERPRISES: _sheet(rosters.enterprises, Candidate),
        OFFICERS: _sheet(rosters.officers, Certified),
        PLAN: _json(plan),
    }


def revealed(opened: Reveal, draw: Draw) -> dict[str, bytes]:
    """Files published after the seed is known, content by name."""
    return {REVEAL: _json(opened), DRAW: _json(draw)}


def rosters(folder: Path) -> Rosters:
    """The published rosters. Raises DrawError for a bad row, RowsError for a missing file."""
    enterprises, first = read(folder / ENTERPRISES, candidate)
    officers, second = read(folder / OFFICERS, certified)
    for name, faults in ((ENTERPRISES, first), (OFFICERS, second)):
        if faults:
            raise DrawError(f"{name} line {faults[0].line}: {faults[0].reason}")
    return Rosters.of(enterprises, officers)


def load(path: Path, form: type[T]) -> T:
    """A plan, reveal or outcome. Raises RowsError for an unreadable or invalid file."""
    try:
        if path.stat().st_size > _MOST_JSON:
            raise RowsError(f"{path}: more than {_MOST_JSON >> 20} MiB; this is no draw")
        return msgspec.json.decode(path.read_bytes(), type=form)
    except OSError as error:
        raise RowsError(f"{path}: {error.strerror}; give the folder as it was published") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RowsError(f"{path}: {error}; give the file as it was published") from None


def _json(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def _sheet(rows: Sequence[msgspec.Struct], form: type[msgspec.Struct]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(form.__struct_fields__)
    for row in rows:
        values = msgspec.structs.astuple(row)
        sheet.writerow(";".join(value) if isinstance(value, tuple) else value for value in values)
    return out.getvalue().encode()
