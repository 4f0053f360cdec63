"""Files that a crash left behind: what the record names stays, what nobody named goes."""

import os
import time

from enforcement_house import Bureau

from lianzhi.domains.enforcement.desk import Desk
from made_means import bare_means

BODY = "现场".encode()


def later(bureau):
    """The same deployment started anew, two hours later by the clock of its files."""
    for path in [*bureau.home.glob("evidence*/*")]:
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    bureau.desk = Desk(bare_means(bureau.ledger, bureau.home, lambda: bureau.now))
    bureau.desk.tick()


def lying(bureau):
    return {path.name for path in (bureau.home / "evidence").iterdir()}


def markers(bureau):
    return {path.name for path in (bureau.home / "evidence-unnamed").iterdir()}


def test_a_file_without_its_entry_goes(tmp_path):
    bureau = Bureau(tmp_path)
    lost = bureau.desk.files.keep("photo.txt", BODY)  # killed before the entry
    (tmp_path / "evidence" / ".half.1").write_bytes(b"x")
    # Whoever else opens the deployment, a command for instance, takes nothing from under an act.
    Desk(bare_means(bureau.ledger, bureau.home, lambda: bureau.now)).tick()
    assert lying(bureau) == {lost.id, ".half.1"}
    later(bureau)
    assert lying(bureau) == set()
    assert markers(bureau) == set()


def test_a_file_that_an_entry_names_stays(tmp_path):
    bureau = Bureau(tmp_path)
    case = bureau.filed()  # keeps the file itself and never says that it is named
    (identity,) = lying(bureau)
    assert markers(bureau) == {identity}
    later(bureau)
    assert lying(bureau) == {identity}
    assert markers(bureau) == set()
    assert bureau.penalty(case).evidence == 1
