"""docs/people.md says what the roles really allow."""

import re
from pathlib import Path

from lianzhi.chain.roles import GRANTS, PERMISSIONS
from lianzhi.store.keys import KEY_KINDS
from lianzhi.store.looks import LOOKED
from lianzhi.store.users import USER_KINDS
from lianzhi.web.core.settings import Oidc

PAGE = (Path(__file__).parents[1] / "docs" / "people.md").read_text("utf-8")


def test_the_table_of_roles_is_the_one_in_force():
    head = re.search(r"^\| role \|(.*)\|$", PAGE, re.M)[1].split("|")
    assert tuple(cell.strip() for cell in head) == tuple(PERMISSIONS)
    rows = re.findall(r"^\| `(\w+)` \|((?:(?: yes)? \|)+)$", PAGE, re.M)
    told = {
        role: {p for p, cell in zip(PERMISSIONS, cells.split("|"), strict=False) if cell.strip()}
        for role, cells in rows
    }
    assert told == {role: set(granted) for role, granted in GRANTS.items()}


def test_every_permission_entry_and_setting_is_named():
    for name in (*PERMISSIONS, *USER_KINDS, *KEY_KINDS, LOOKED):
        assert f"`{name}`" in PAGE, name
    for field in set(Oidc.__struct_fields__) - {"client_secret", "roles"}:
        assert re.search(rf"^{field} = ", PAGE, re.M), field
