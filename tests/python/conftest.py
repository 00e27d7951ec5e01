"""What tests share: the golden data, a lake of one's own, dbt and wikilake as a user calls them."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

PROJECT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
HOUR = "year=2026/month=11/day=1/hour="


@dataclass
class Lake:
    """A lake in a folder of its own, with the settings that its runs get."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.folder / "lake"

    @property
    def raw(self) -> Path:
        return Path(self.settings["WIKILAKE_RAW"])

    def environment(self) -> dict[str, str]:
        return {
            **{name: text for name, text in os.environ.items() if not name.startswith("WIKILAKE_")},
            "DBT_PROFILES_DIR": "profiles",
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "WIKILAKE_LAKE": str(self.root),
            **self.settings,
        }

    def command(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment(), capture_output=True, text=True
        )

    def dbt(self, *arguments: str, hour: str = "2026-11-01T00") -> subprocess.CompletedProcess[str]:
        """dbt on one hour, with the settings of this lake."""
        variables = ["--vars", f"{{hour: {hour}}}"]
        return self.command(BIN / "dbt", "--no-use-colors", *arguments, *variables)

    def run_hour(self, hour: str = "2026-11-01T00") -> None:
        """Builds the seeds and models of an hour, no tests; fails the test when dbt does."""
        only = ("--resource-type", "seed", "--resource-type", "model")
        run = self.dbt("build", *only, "--exclude", "tag:history", "tag:rule_test", hour=hour)
        assert run.returncode == 0, run.stdout

    def wikilake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.command(BIN / "wikilake", *arguments)

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.root / "wikilake.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def write_raw(
        self,
        lines: Iterable[bytes],
        *,
        hour: int = 0,
        source: str = "text",
        name: str = "part-0.jsonl",
    ) -> Path:
        """Writes a raw file of an hour; `.gz` names are compressed."""
        path = self.raw / f"webrequest_source={source}" / f"{HOUR}{hour}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = b"".join(line + b"\n" for line in lines)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake and an empty root of raw partitions."""
    return Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})


@pytest.fixture(scope="session")
def golden() -> Path:
    folder = PROJECT.parent / "shared" / "golden"
    if not (folder / "webrequest").is_dir():
        pytest.skip("golden data not found")
    return folder


@pytest.fixture(scope="session")
def golden_settings(golden: Path) -> dict[str, str]:
    """The look-up files that the golden rows were made with."""
    folder = golden / "webrequest"
    return {
        "WIKILAKE_UA_REGEXES": str(folder / "regexes.yaml"),
        "WIKILAKE_GEOIP_CITY": str(folder / "GeoIP2-City-Test.mmdb"),
        "WIKILAKE_GEOIP_ISP": str(folder / "GeoIP2-ISP-Test.mmdb"),
    }
