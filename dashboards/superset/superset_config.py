"""What the Superset of `make superset` is told: its secret, and the part of the lake it may read.

DuckDB itself refuses every other file: whoever writes SQL here reads the tables of the dashboards
and no address, user agent or file of this machine.
"""

import json
import os
import threading
from contextlib import closing
from pathlib import Path

from duckdb_engine import ConnectionWrapper
from sqlalchemy import event
from sqlalchemy.engine import Engine

HOME = Path(os.environ["SUPERSET_HOME"])
TOLD = json.loads((HOME / "wikilake.json").read_text(encoding="utf-8"))

SECRET_KEY = TOLD["secret_key"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false"
APP_NAME = "wikilake"

ONE_AT_A_TIME = threading.Lock()


def DB_CONNECTION_MUTATOR(uri, params, username, security_manager, source):  # noqa: N802
    """Every DuckDB is the lake's catalog, whatever its address says, and is only read."""
    if uri.get_backend_name() == "duckdb":
        uri = uri.set(database=TOLD["catalog"], query={})
        config = {"memory_limit": TOLD["memory"], "temp_directory": str(HOME / "spill")}
        params["connect_args"] = {"read_only": True, "config": config}
    return uri, params


@event.listens_for(Engine, "connect")
def confine(connection, _):
    """Shuts a connection to DuckDB in; connections of one process share what the first was told."""
    if not isinstance(connection, ConnectionWrapper):
        return
    with ONE_AT_A_TIME, closing(connection.cursor()) as cursor:
        cursor.execute("select current_setting('lock_configuration')")
        [(is_shut,)] = cursor.fetchall()
        if is_shut:
            return
        folders = ", ".join("'" + folder.replace("'", "''") + "'" for folder in TOLD["folders"])
        cursor.execute(f"set allowed_directories = [{folders}]")
        cursor.execute("set enable_external_access = false")
        cursor.execute("set lock_configuration = true")
