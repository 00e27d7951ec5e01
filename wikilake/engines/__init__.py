"""What DuckDB and Spark need from Python: sessions, and the functions that SQL calls."""
