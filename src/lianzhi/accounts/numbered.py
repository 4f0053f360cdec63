"""Actions with accounts and objects numbered from 0, as the group search needs them."""

from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa

from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.kernel import Actions, Ints


class Numbered(NamedTuple):
    """Actions, with the hashes behind their numbers."""

    actions: Actions
    account: Ints
    """Hash of each account, by its number."""
    object: Ints

    @classmethod
    def of(cls, actions: Actions) -> Self:
        """Number the accounts and objects of actions."""
        account, accounts = np.unique(actions.account, return_inverse=True)
        objects, contents = np.unique(actions.object, return_inverse=True)
        return cls(actions._replace(account=accounts, object=contents), account, objects)

    def names(self, engine: DuckDB, kind: str, numbers: set[int]) -> dict[int, str]:
        """Number -> name of some accounts or objects, in the file that the engine has read."""
        wanted = np.array(sorted(numbers), np.int64)
        codes: Ints = getattr(self, kind)[wanted]
        engine.take("asked", pa.table({"number": wanted, "code": codes}))
        engine.name(kind, "SELECT code FROM asked")
        relation = engine.connection.execute(
            f"SELECT number, name FROM asked JOIN names_{kind} USING (code)"
        )
        return dict(relation.fetchall())
