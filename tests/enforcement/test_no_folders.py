"""A fault in a file of the operator is told to pages and programs by its name, without folders."""

import re

import pytest
from paper_web import House, post


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "some where" / "home")
    yield house
    house.node.close()


FAULTS = ["short = 5", "short = ", 'short = "a/b"', "x" * 200_000]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_agency_file_is_told_by_its_name(house, fault, tmp_path):
    made = house.desk.penalties.file(
        *("fire.exit_blocked", "E0001"), {"harm": "minor"}, house.desk.office.today(),
        ["li", "wang"], "li", "堵塞",
    )  # fmt: skip
    (house.node.home / "enforcement" / "agency.toml").write_text(fault, "utf-8")
    li = house.browser()
    answers = [
        li.get(f"/enforcement/penalties/{made}"),
        post(li, f"/enforcement/penalties/{made}/papers/filing"),
        li.get("/v1/open311/discovery.json"),
    ]
    assert [one.status_code for one in answers] == [200, 409, 409]
    for one in answers:
        assert "agency.toml" in one.text
        assert not re.search(rf"{re.escape(str(tmp_path))}|some where", one.text)
