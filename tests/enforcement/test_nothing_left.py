"""What people sent for an act that was refused, or never confirmed, is not left on disk."""

import pytest
from requests_web import HOUR, ITEM, Console, Town

from lianzhi.domains.enforcement.desk import Desk
from made_means import bare_means

PHOTO = {"file": ("身份证.jpg", b"\xff\xd8\xff" + b"x" * 1000)}


@pytest.fixture
def town(tmp_path):
    with Town(tmp_path) as town:
        yield town


def kept(town):
    return {path.name for path in (town.node.home / "evidence").glob("*")}


def waiting(town):
    return list((town.node.home / "enforcement" / "uploads").iterdir())


def test_evidence_of_a_step_that_is_refused_is_dropped(town):
    li, case = Console(town, "li"), town.decided()
    before = kept(town)
    path = f"/enforcement/penalties/{case}/evidence"
    assert li.post(path, PHOTO, kind="document", words="x").status_code == 409
    assert kept(town) == before


def test_evidence_of_a_step_that_is_taken_stays(town):
    li, desk = Console(town, "li"), town.desk
    day = desk.office.today()
    case = desk.penalties.file(ITEM, "E0001", {}, day, ["li", "wang"], "li", "堵塞")
    path = f"/enforcement/penalties/{case}/evidence"
    assert li.post(path, PHOTO, kind="document", words="x").status_code == 303
    assert len(kept(town)) == 1


def test_evidence_of_a_spot_decision_that_is_refused_is_dropped(town):
    said = {"item": ITEM, "enterprise": "E0002", "kind": "document", "words": "x",
            "place": "门口", "defence": "无", "receipt": "签收"}  # fmt: skip
    answer = Console(town, "li").post("/enforcement/penalties/spot", PHOTO, **said)
    assert answer.status_code in (409, 422)
    assert kept(town) == set()


@pytest.mark.parametrize("again", [False, True])
def test_an_upload_that_nobody_confirms_goes_by_the_clock_or_with_a_restart(town, again):
    row = "id,name,industry,grid,lon,lat\nE9,李四,shop,G1,120.2,31.8\n"
    town.desk.uploads.keep({"enterprises.csv": row.encode()}, town.now)
    town.desk.tick()
    assert len(waiting(town)) == 1
    town.now += 2 * HOUR
    if again:
        Desk(bare_means(town.node.ledger, town.node.home, lambda: town.now))
    else:
        town.desk.tick()
    assert waiting(town) == []
