"""What DuckDB and Spark need of Python: sessions, and the functions that SQL calls."""
