"""Engines that run the co-action queries: embedded DuckDB, or the operator's Spark.

Names are 63-bit hashes until the end, so that ten million actions fit into a gigabyte. Two names of
a result with the same hash raise an error; among a million accounts that happens in about one of
twenty million files.
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

#: Called with the name of each step before it starts.
Watch = Callable[[str], None]


class DuckDB:
    """The embedded engine, which finally holds all results.

    After `compare` it has the tables `kept` (pairs), `edges` and `viral`, with names as hashes.
    Data beyond its memory is spilled to its folder.
    """

    def __init__(self, folder: Path, memory: str = "2GB", threads: int | None = None) -> None:
        """Open the engine in a folder of its own. Raises ActionError."""
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
        """Close the connection."""
        self.connection.close()

    def read(self, source: Source) -> tuple[Counts, list[Rejected]]:
        """Read a file's actions; returns counts and rejected rows. Raises ActionError."""
        self.source = source
        return load(self.connection, source)

    def compare(self, settings: Settings, watch: Watch = lambda step: None) -> None:
        """Create the tables of pairs, edges and bursts. Raises ActionError."""
        coaction.run(self, settings, watch)

    def settings(self, values: Settings) -> None:
        """Store the settings as a table."""
        self.connection.execute(
            "CREATE OR REPLACE TABLE settings AS SELECT "
            "$period::BIGINT AS period, $least::BIGINT AS least, $viral::BIGINT AS viral",
            {"period": values.period, "least": values.least, "viral": values.most},
        )

    def keep(self, name: str, query: str, *, stored: bool) -> None:
        """Name the result of a query, as `Engine.keep`."""
        kind = "TABLE" if stored else "VIEW"
        try:
            self.connection.execute(f"CREATE OR REPLACE {kind} {name} AS {query}")
        except duckdb.OutOfMemoryException as error:
            raise ActionError(
                f"{name}: {error}; give more memory, or more room on the disk of {self.folder}"
            ) from None

    def actions(self) -> kernel.Actions:
        """The actions read, in memory."""
        read = self.connection.table("actions").fetchnumpy()
        return kernel.Actions(*(np.asarray(read[name]) for name in kernel.Actions._fields))

    def name(self, kind: str, codes: str) -> None:
        """Create a table of the names behind some hashes, such as `names_account`.

        `codes` is a query for the hashes of accounts, objects or contents. Raises ActionError.
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
        for name, other in twice:
            raise ActionError(f"{kind}s {name!r} and {other!r} share a hash; rename one of them")

    def take(self, name: str, table: pa.Table) -> None:
        """Register an Arrow table as a stored table."""
        self.connection.register("taken", table)
        self.keep(name, "SELECT * FROM taken", stored=True)
        self.connection.unregister("taken")


class Kernel(DuckDB):
    """The embedded engine with the comparison in memory, by NumPy."""

    def compare(self, settings: Settings, watch: Watch = lambda step: None) -> None:
        """Find pairs, edges and bursts."""
        watch("pairs")
        pairs, viral = kernel.pairs(self.actions(), settings)
        watch("edges")
        for name, relation in (("kept", pairs), ("edges", kernel.edges(pairs)), ("viral", viral)):
            self.take(name, pa.table(relation._asdict()))
