"""What is secret in this domain lies with the keys of the deployment."""

import tarfile

import pytest
from enforcement_house import START
from requests_web import Town

from lianzhi.jobs.backup import backup
from lianzhi.record.lots import Public


@pytest.mark.parametrize("keys", [True, False])
def test_a_backup_without_keys_has_no_secret_of_the_domain(tmp_path, keys):
    home, file = tmp_path / "home", tmp_path / "x.tar.gz"
    home.mkdir()
    (home / "config.toml").write_text('domains = ["enforcement"]\n', "utf-8")
    with Town(home) as town:
        town.desk.visits.code("E0001", START)
        later = [town.desk.office.today().replace(month=month) for month in (4, 5, 6)]
        town.desk.draws.plan(
            "2026-Q2", 1, later[2], Public(source="lottery", on=later[0]), later[1], "chief"
        )
        backup(home, file, town.now, keys=keys)
        secrets = {path.name: path.read_bytes() for path in (home / "keys").rglob("*")
                   if path.is_file() and "enforcement" in path.parts}  # fmt: skip
    assert set(secrets) == {"scan.key", "2026-Q2"}
    with tarfile.open(file) as tar:
        kept = [tar.extractfile(one).read() for one in tar.getmembers() if one.isfile()]
    for secret in secrets.values():
        assert any(secret in body for body in kept) is keys
