"""Results: pairs, edges, clusters and bursts with their names, as tables or files.

Pairs and edges have the columns of CooRTweet; times are in seconds.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.engine import DuckDB
from lianzhi.files import whole_file

#: Tables and columns that hold codes, by the kind of name encoded.
_CODES: dict[str, dict[str, tuple[str, ...]]] = {
    "account": {"edges": ("source", "sink")},
    "object": {"kept": ("object",), "viral": ("object",)},
    "content": {"kept": ("content", "content_y")},
}
_FORMS = {".csv": "CSV, HEADER", ".parquet": "PARQUET", ".ndjson": "JSON", ".jsonl": "JSON"}
#: Milliseconds as seconds, integers where all are whole.
_SECONDS = "{0} // 1000", "{0} / 1000.0"

_PAIRS = """
SELECT o.name AS object_id, c.name AS content_id, d.name AS content_id_y,
  {time_delta} AS time_delta, a.name AS account_id, b.name AS account_id_y
FROM (
  SELECT object, time_delta,
    CASE WHEN turned THEN content_y ELSE content END AS content,
    CASE WHEN turned THEN content ELSE content_y END AS content_y,
    CASE WHEN turned THEN account_y ELSE account END AS account,
    CASE WHEN turned THEN account ELSE account_y END AS account_y
  FROM (
    SELECT kept.*, time_delta = 0 AND c.name > d.name AS turned FROM kept
    JOIN names_content AS c ON c.code = content JOIN names_content AS d ON d.code = content_y
  ) AS named
) AS pairs
JOIN names_object AS o ON o.code = object
JOIN names_content AS c ON c.code = content JOIN names_content AS d ON d.code = content_y
JOIN names_account AS a ON a.code = account JOIN names_account AS b ON b.code = account_y
ORDER BY object_id, content_id, content_id_y
"""
_EDGES = """
SELECT
  CASE WHEN turned THEN t ELSE s END AS "from", CASE WHEN turned THEN s ELSE t END AS "to", weight,
  total_delta / 1000.0 / weight AS avg_time_delta,
  CASE WHEN turned THEN contents_y ELSE contents END AS n_content_id,
  CASE WHEN turned THEN contents ELSE contents_y END AS n_content_id_y,
  LEAST(contents, contents_y) / GREATEST(contents, contents_y) AS edge_symmetry_score
FROM (
  SELECT edges.*, a.name AS s, b.name AS t, a.name > b.name AS turned FROM edges
  JOIN names_account AS a ON a.code = source JOIN names_account AS b ON b.code = sink
) AS named
ORDER BY weight DESC, "from", "to"
"""
_VIRAL = """
SELECT o.name AS object_id, {since} AS timestamp_first, {until} AS timestamp_last, actions,
  most AS accounts_in_a_window
FROM viral JOIN names_object AS o ON o.code = object
ORDER BY actions DESC, object_id, timestamp_first
"""
_CLUSTERS = """
SELECT a.name AS account_id, place AS cluster, size, links
FROM clusters JOIN names_account AS a USING (code)
JOIN (
  SELECT cluster, COUNT(*) AS size,
    ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, MIN(name)) AS place
  FROM clusters JOIN names_account USING (code) GROUP BY cluster
) AS sizes USING (cluster)
ORDER BY place, account_id
"""


class Results:
    """Result tables of an engine, with names."""

    def __init__(self, engine: DuckDB) -> None:
        self._engine, self._connection = engine, engine.connection
        self._named: set[str] = set()

    def count(self, table: str) -> int:
        """Number of pairs (`kept`), `edges`, bursts (`viral`) or accounts in `clusters`."""
        return len(self._connection.table(table))

    def pairs(self) -> duckdb.DuckDBPyRelation:
        """Columns object_id, content_id (the older), content_id_y, time_delta, account_id,
        account_id_y.
        """
        self._name("account", "object", "content")
        return self._relation(_PAIRS, "kept", "time_delta")

    def edges(self) -> duckdb.DuckDBPyRelation:
        """Columns from, to, weight, avg_time_delta, n_content_id, n_content_id_y,
        edge_symmetry_score.

        `n_content_id` counts the contents of `from`, `n_content_id_y` those of `to`.
        """
        self._name("account")
        return self._relation(_EDGES, "edges")

    def viral(self) -> duckdb.DuckDBPyRelation:
        """Columns object_id, timestamp_first, timestamp_last, actions, accounts_in_a_window."""
        self._name("object")
        return self._relation(_VIRAL, "viral", "since", "until")

    def clusters(self, weight: int = 1) -> duckdb.DuckDBPyRelation:
        """Columns account_id, cluster (1 is the largest), its size, and the account's links in it.

        Clusters are the components of the graph of edges of at least a weight.
        """
        self._name("account")
        edges = self._connection.execute(
            "SELECT source, sink FROM edges WHERE weight >= ?", [weight]
        ).fetchnumpy()
        ends = np.concatenate([np.asarray(edges["source"]), np.asarray(edges["sink"])])
        account, place = np.unique(ends, return_inverse=True)
        first, two = np.split(place, 2)
        graph = coo_matrix(
            (np.ones(first.size, np.int8), (first, two)), (account.size, account.size)
        )
        _, cluster = connected_components(graph, directed=False)
        links = np.bincount(place, minlength=account.size)
        table = pa.table({"code": account, "cluster": cluster, "links": links})
        self._engine.take("clusters", table)
        return self._relation(_CLUSTERS, "clusters")

    def write(self, relation: duckdb.DuckDBPyRelation, path: Path) -> None:
        """Write a result to CSV, Parquet or NDJSON atomically. Raises ActionError."""
        form = form_of(path)
        try:
            with whole_file(path) as part:
                target = str(part).replace("'", "''")
                query = f"COPY ({relation.sql_query()}) TO '{target}' (FORMAT {form})"
                self._connection.execute(query)
        except (duckdb.IOException, OSError) as error:
            raise ActionError(f"{path}: {error}; give a place that can be written to") from None

    def _relation(self, query: str, table: str, *times: str) -> duckdb.DuckDBPyRelation:
        whole = all(
            self._connection.execute(
                f"SELECT COUNT(*) = 0 FROM (SELECT 1 FROM {table} WHERE {time} % 1000 <> 0 LIMIT 1)"
            ).fetchall()[0][0]
            for time in times
        )
        form = _SECONDS[0 if whole else 1]
        return self._connection.sql(query.format(**{time: form.format(time) for time in times}))

    def _name(self, *kinds: str) -> None:
        """Create tables of the names behind the hashes of results."""
        for kind in kinds:
            if kind not in self._named:
                self._named.add(kind)
                codes = (
                    f"SELECT {column} FROM {table}"
                    for table, columns in _CODES[kind].items()
                    for column in columns
                )
                self._engine.name(kind, " UNION ".join(codes))


def form_of(path: Path) -> str:
    """DuckDB's name of the format of a file name. Raises ActionError."""
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise ActionError(f"{path}: {path.suffix or 'no ending'}; give one of {', '.join(_FORMS)}")
    return form
