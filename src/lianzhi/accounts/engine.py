"""Engines: what runs the queries of co-action. DuckDB is embedded; Spark is the operator's own.

A name is 63 bits of a hash until the end, so that ten million actions fit into a gigabyte. Two
names of a result that share one would be an error and no mistake; among a million accounts that
happens once in some twenty million files.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa

from lianzhi.accounts import coaction, kernel
from lianzhi.accounts.action import ActionError, Counts, Rejected
from lianzhi.accounts.coaction import Settings
from lianzhi.accounts.reading import load
from lianzhi.accounts.source import Source, code

#: Told each step before it is taken.
Watch = Callable[[str], None]


class DuckDB:
    """The embedded engine, and where all results are in the end.

    After `compare` it has the tables `kept` (pairs), `edges` and `viral`, names as their hashes.
    What is more than its memory is spilled to its folder.
    """

    def __init__(self, folder: Path, memory: str = "2GB", threads: int | None = None) -> None:
        """Open it in a folder of its own. Raises ActionError."""
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": str(folder / "spilled"),
        }
        if threads is not None:
            config["threads"] = threads
        self.folder = folder
        try:
            self.connection = duckdb.connect(config=config)
            self.connection.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")
        except duckdb.Error as error:
            raise ActionError(f"memory {memory!r}: {error}; write it as 2GB") from None
        self.source: Source | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self.connection.close()

    def read(self, source: Source) -> tuple[Counts, list[Rejected]]:
        """Read a file's actions, and what in it is none. Raises ActionError."""
        self.source = source
        return load(self.connection, source)

    def compare(self, settings: Settings, watch: Watch = lambda step: None) -> None:
        """Find pairs, edges and bursts. Raises ActionError."""
        coaction.run(self, settings, watch)

    def settings(self, values: Settings) -> None:
        """Make them a table."""
        self.connection.execute(
            "CREATE OR REPLACE TABLE settings AS SELECT "
            "$period::BIGINT AS period, $least::BIGINT AS least, $viral::BIGINT AS viral",
            {"period": values.period, "least": values.least, "viral": values.most},
        )

    def keep(self, name: str, query: str, *, stored: bool) -> None:
        """Name what a query gives."""
        kind = "TABLE" if stored else "VIEW"
        try:
            self.connection.execute(f"CREATE OR REPLACE {kind} {name} AS {query}")
        except duckdb.OutOfMemoryException as error:
            raise ActionError(
                f"{name}: {error}; give more memory, or more room on the disk of {self.folder}"
            ) from None

    def actions(self) -> kernel.Actions:
        """What was read, in memory."""
        read = self.connection.table("actions").fetchnumpy()
        return kernel.Actions(*(np.asarray(read[name]) for name in kernel.Actions._fields))

    def name(self, kind: str, codes: str) -> None:
        """Make a table of the names behind some codes, `names_account` or the like.

        `codes` is a query for the codes of accounts, objects or contents. Raises ActionError.
        """
        if self.source is None:
            raise RuntimeError("there are no names before a file is read")
        self.keep(
            f"names_{kind}",
            f"SELECT DISTINCT {code(kind)} AS code, {kind} AS name FROM {self.source.rows()} "
            f"WHERE {code(kind)} IN ({codes})",
            stored=True,
        )
        twice = self.connection.execute(
            f"SELECT MIN(name), MAX(name) FROM names_{kind} GROUP BY code HAVING COUNT(*) > 1"
        ).fetchall()
        for one, other in twice:
            raise ActionError(f"{kind}s {one!r} and {other!r} share a hash; rename one of them")

    def take(self, name: str, table: pa.Table) -> None:
        """Make an arrow table a table here."""
        self.connection.register("taken", table)
        self.keep(name, "SELECT * FROM taken", stored=True)
        self.connection.unregister("taken")


class Kernel(DuckDB):
    """The same by the kernel: what is read is compared in memory, by NumPy."""

    def compare(self, settings: Settings, watch: Watch = lambda step: None) -> None:
        """Find pairs, edges and bursts."""
        watch("pairs")
        pairs, viral = kernel.pairs(self.actions(), settings)
        watch("edges")
        for name, found in (("kept", pairs), ("edges", kernel.edges(pairs)), ("viral", viral)):
            self.take(name, pa.table(found._asdict()))
