"""The co-action queries on Apache Spark: the operator's cluster, or a local one.

Actions go to the cluster and results come back as Parquet, through the engine's folder, which
driver and workers must share. A lost worker costs only time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lianzhi.accounts import coaction
from lianzhi.accounts.action import ActionError
from lianzhi.accounts.coaction import Settings
from lianzhi.accounts.engine import DuckDB, Watch

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Prefix of a Spark master's address.
SCHEMES = ("spark://", "local", "yarn", "k8s://")
_RESULTS = ("kept", "edges", "viral")
#: Fewest partitions of a sort.
_PARTS = 8


class Spark(DuckDB):
    """Reads and names like DuckDB; compares on Spark."""

    def __init__(
        self,
        folder: Path,
        memory: str = "2GB",
        threads: int | None = None,
        master: str = "local[*]",
    ) -> None:
        """Connect to a master's address. Raises ActionError."""
        super().__init__(folder, memory, threads)
        self._session = _session(master, folder)

    def compare(self, settings: Settings, watch: Watch = lambda step: None) -> None:
        """Create the tables of pairs, edges and bursts."""
        watch("sending")
        actions = self._path("actions")
        self.connection.execute(f"COPY actions TO '{actions}' (FORMAT PARQUET)")
        with _cluster_errors("Spark", "see its log, or use the engine duckdb"):
            self._session.read.parquet(actions).createOrReplaceTempView("actions")
            coaction.run(_Cluster(self._session), settings, lambda step: None)
        for name in _RESULTS:  # nothing was computed yet
            watch(name)
            with _cluster_errors("Spark", "see its log, or use the engine duckdb"):
                self._session.table(name).write.mode("overwrite").parquet(self._path(name))
        for name in _RESULTS:
            files = f"{self._path(name)}/*.parquet"
            self.keep(name, f"SELECT * FROM read_parquet('{files}')", stored=True)

    def close(self) -> None:
        """Disconnect from the cluster."""
        self._session.stop()
        super().close()

    def _path(self, name: str) -> str:
        path = str(self.folder / f"{name}.parquet")
        if "'" in path:
            raise ActionError(f"{self.folder}: a quote in the name; give another --scratch")
        return path


class _Cluster:
    def __init__(self, session: "SparkSession") -> None:
        self._session = session

    def settings(self, values: Settings) -> None:
        """Store the settings as a table."""
        row = [(values.period, values.least, values.most)]
        names = "period BIGINT, least BIGINT, viral BIGINT"
        self._session.createDataFrame(row, names).createOrReplaceTempView("settings")

    def keep(self, name: str, query: str, *, stored: bool) -> None:
        """Name the result of a query."""
        frame = self._session.sql(query)
        if stored:
            frame = frame.persist()
        frame.createOrReplaceTempView(name)


@contextmanager
def _cluster_errors(address: str, mend: str) -> Iterator[None]:
    """Turns Spark's errors into a single line. Raises ActionError."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield
    except (Py4JError, PySparkException) as error:
        why = str(error).strip().partition("\n")[0]
        raise ActionError(f"{address}: {why}; {mend}") from error


def _session(master: str, folder: Path) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise ActionError("Spark: pyspark is missing; pip install 'lianzhi[spark]'") from None
    builder = SparkSession.builder.appName("lianzhi").master(master)
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    with _cluster_errors(f"Spark at {master}", "is Java 17 there, and the master?"):
        session: SparkSession = builder.getOrCreate()
        # Spark's default of 200 suits hundreds of cores: most of the time would go into starting
        # tasks.
        parts = max(_PARTS, 4 * session.sparkContext.defaultParallelism)
        session.conf.set("spark.sql.shuffle.partitions", str(parts))
    return session
