"""Makes a Superset of one's own on the lake, with its dashboards, ready to be started."""

from __future__ import annotations

import fcntl
import glob
import hashlib
import json
import os
import secrets
import socket
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.partitions import closed_folder
from wikilake.lake.reader import open_catalog
from wikilake.superset import bundle

ADMIN = "admin"
MOST_LINES_OF_ERROR = 15


class SupersetFailed(WikilakeError):
    """A Superset that cannot be started; the message says why."""


@dataclass(frozen=True)
class Server:
    """A Superset that `command` starts, and who may look at it where."""

    command: list[str]
    environment: dict[str, str]
    address: str
    user: str
    password: str


def prepare(home: Path, programs: Path, *, port: int, is_public_only: bool) -> Server:
    """Makes Superset's own database, and brings the dashboards into it.

    `home` holds what Superset keeps, closed to others: users, charts, its secret. `programs` are
    those of its environment. Raises SupersetFailed.
    """
    declared = bundle.declaration()
    present = _tables_of_lake()
    shown = {
        name: {chart.of: declared.tables_of(chart) for _, chart in dashboard.charts()}
        for name, dashboard in declared.dashboards.items()
        if dashboard.tables == "public" or not is_public_only
    }
    names = [n for n, read in shown.items() if any(tables <= present for tables in read.values())]
    if not names:
        raise SupersetFailed("The lake has no table of the dashboards: wikilake build first.")
    read = set().union(*(tables for n in names for tables in shown[n].values())) & present
    _require_free(port)
    closed_folder(home)
    with _alone(home):
        return _prepare(
            home, programs, port, {n: bundle.files(n, declared, read) for n in names}, read
        )


def _prepare(
    home: Path,
    programs: Path,
    port: int,
    bundles: dict[str, dict[str, dict[str, Any]]],
    read: set[str],
) -> Server:
    told = _told(home)
    told |= {
        "catalog": str(settings.catalog_path()),
        "folders": list(_folders(read)),
        "memory": settings.value("WIKILAKE_MEMORY"),
    }
    _write(home / "wikilake.json", told)
    environment = os.environ | {
        "FLASK_APP": "superset",
        "SUPERSET_CONFIG_PATH": str(bundle.FOLDER / "superset_config.py"),
        "SUPERSET_HOME": str(home),
        "SCARF_ANALYTICS": "false",
    }

    # As an option other users of the machine would see it for a moment.
    secret = {"FLASK_FAB_CREATE_ADMIN_PASSWORD": told["password"]}

    def superset(*arguments: str) -> None:
        _run([str(programs / "superset"), *arguments], environment | secret)

    _make_database(home, superset)
    with tempfile.TemporaryDirectory(prefix="wikilake-") as folder:
        for name, files in bundles.items():
            path = Path(folder) / f"{name}.zip"
            _zip(path, name, files)
            superset("import-dashboards", "--path", str(path), "--username", ADMIN)
    command = [
        str(programs / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", "1", "--threads", "8", "--timeout", "300", "--log-level", "warning",
        "superset.app:create_app()",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}/superset/dashboard/{next(iter(bundles))}/"
    return Server(command, environment, address, ADMIN, told["password"])


def _require_free(port: int) -> None:
    try:
        with closing(socket.create_server(("127.0.0.1", port))):
            pass
    except OSError as error:
        raise SupersetFailed(
            f"Port {port} cannot be had ({error.strerror}): name another one with --port, "
            "or make superset PORT=…"
        ) from None


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Keeps others from preparing the same Superset meanwhile."""
    with open(home / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupersetFailed(f"Another command prepares the Superset of {home}.") from None
        yield


def _tables_of_lake() -> set[str]:
    """`schema.name` of each table that the catalog shows."""
    with tempfile.TemporaryDirectory(prefix="wikilake-") as spill, open_catalog(spill) as lake:
        return {
            name
            for (name,) in lake.execute(
                "select table_schema || '.' || table_name from information_schema.tables"
            ).fetchall()
        }


def _folders(tables: Iterable[str]) -> Iterable[str]:
    """The folders of tables, as patterns of files name them; each view also reads `.columns`."""
    root = settings.lake_root()
    for table in sorted(tables):
        for folder in (root / table.replace(".", "/"), root / ".columns" / table.replace(".", "/")):
            yield from sorted({str(folder), glob.escape(str(folder))})


def _told(home: Path) -> dict[str, Any]:
    """The secret and the password of this Superset, made when there are none."""
    try:
        known = json.loads((home / "wikilake.json").read_text(encoding="utf-8"))
        return {name: known[name] for name in ("secret_key", "password")}
    except (FileNotFoundError, ValueError, KeyError):
        (home / "prepared").unlink(missing_ok=True)  # what another secret closed cannot be opened
        return {"secret_key": secrets.token_urlsafe(42), "password": secrets.token_urlsafe(12)}


def _write(path: Path, content: dict[str, Any]) -> None:
    """Writes a file that only its owner may read, at once or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)
    new.replace(path)


def _make_database(home: Path, superset: Callable[..., None]) -> None:
    """Makes Superset's own database, once, and again where another version is installed."""
    stamp = home / "prepared"
    version = hashlib.sha256((bundle.FOLDER / "requirements.txt").read_bytes()).hexdigest()
    known = stamp.read_text() if stamp.exists() else None
    if known == version:
        return
    if known is None:  # nothing was finished here
        (home / "superset.db").unlink(missing_ok=True)
    superset("db", "upgrade")
    if known is None:
        superset(
            "fab", "create-admin", "--username", ADMIN, "--firstname", "wikilake", "--lastname",
            ADMIN, "--email", "admin@wikilake.invalid",
        )  # fmt: skip
    superset("init")
    stamp.write_text(version)


def _zip(path: Path, name: str, files: dict[str, dict[str, Any]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in files.items():
            archive.writestr(f"{name}/{place}", bundle.as_yaml(content))


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SupersetFailed(f"There is no {command[0]}: make superset installs it.") from None
    if done.returncode:
        said = (done.stdout + done.stderr).splitlines()[-MOST_LINES_OF_ERROR:]
        raise SupersetFailed("\n".join([f"superset {command[1]} failed:", *said]))
