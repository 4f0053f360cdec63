"""Actions whose accounts and objects are numbered from 0 on, as groups are looked for in."""

from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa

from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.kernel import Actions, Ints


class Numbered(NamedTuple):
    """Actions, and what the numbers stood for."""

    actions: Actions
    account: Ints
    """The code of each account, by its number."""
    object: Ints

    @classmethod
    def of(cls, actions: Actions) -> Self:
        """Number them."""
        account, who = np.unique(actions.account, return_inverse=True)
        thing, what = np.unique(actions.object, return_inverse=True)
        return cls(actions._replace(account=who, object=what), account, thing)

    def names(self, engine: DuckDB, kind: str, numbers: set[int]) -> dict[int, str]:
        """The names of some accounts or objects, in the file that the engine has read."""
        asked = np.array(sorted(numbers), np.int64)
        codes: Ints = getattr(self, kind)[asked]
        engine.take("asked", pa.table({"number": asked, "code": codes}))
        engine.name(kind, "SELECT code FROM asked")
        found = engine.connection.execute(
            f"SELECT number, name FROM asked JOIN names_{kind} USING (code)"
        )
        return dict(found.fetchall())
