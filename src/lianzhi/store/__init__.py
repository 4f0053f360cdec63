"""The I/O behind the ports of record, chain and flow: SQL, segments, Parquet, DuckDB."""
