"""What tests share: golden data, lakes of their own, dbt and wikilake as a user calls them."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import pytest
import warm
import warm_spark
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from wikilake.project.dbt import ENABLING

PROJECT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
DEVIATING_ADDRESS = r"^\[.*\]$|^[0-9]+$|^[0-9]+[.][0-9]+([.][0-9]+)?$|(^|[.])0[0-9]"
"""Forms that only Java reads as an address: brackets, one to three numbers, leading zeros."""
HOUR = "year=2026/month=11/day=1/hour="
UNWRITTEN = ("--log-level-file", "none", "--no-write-json")
"""For runs of which nobody reads what dbt writes, a quarter of a small one's time."""


@dataclass
class Lake:
    """A lake in a folder of its own, with the settings that its runs get."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    is_begun: bool = True
    """Whether `wikilake build` finds the lists in it; False for tests of what begins a lake."""

    @property
    def root(self) -> Path:
        return self.folder / "lake"

    @property
    def raw(self) -> Path:
        return Path(self.settings["WIKILAKE_RAW"])

    @property
    def shares_spark(self) -> bool:
        """Whether its runs may share a Java machine: they need no setting of Spark of their own."""
        return warm_spark.SETTINGS.items() <= self.settings.items()

    def environment(self) -> dict[str, str]:
        return {
            **{name: text for name, text in os.environ.items() if not name.startswith("WIKILAKE_")},
            "DBT_PROFILES_DIR": "profiles",
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "WIKILAKE_LAKE": str(self.root),
            "WIKILAKE_FILE": "",
            **self.settings,
        }

    def command(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=PROJECT, env=self.environment(), capture_output=True, text=True
        )

    def dbt(
        self,
        *arguments: str,
        hour: str = "2026-11-01T00",
        record_version: str | None = None,
        variables: dict | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """dbt on one hour, with the settings of this lake; by the newest definition unless told."""
        chosen = {"hour": hour} | (variables or {})
        if record_version is not None:
            chosen["record_version"] = record_version
        told = ["--no-use-colors", *arguments, "--vars", json.dumps(chosen)]
        return self._run("dbt", told)

    def plain_dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """dbt without any variable."""
        return self._run("dbt", ["--no-use-colors", *arguments])

    def run_hour(self, hour: str = "2026-11-01T00", record_version: str | None = None) -> None:
        """Builds the models of an hour, no tests; fails the test when dbt does.

        Models of events are left out where there are none, as `wikilake build` leaves them out.
        """
        self.start_with_lists()
        lists = "from duckdb_tables() where schema_name = 'reference'"
        has_lists = (self.root / "wikilake.duckdb").exists() and self.query(lists)
        has_events = "WIKILAKE_EVENTS" in self.settings or (self.raw / "events").exists()
        run = self.dbt(
            "build", *UNWRITTEN, "--resource-type", "model",
            *([] if has_lists else ["--resource-type", "seed"]),
            "--exclude", "tag:history", "tag:dumps", "tag:rule_test",
            *([] if has_events else ["path:models/*/events"]),
            hour=hour, record_version=record_version,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout

    def start_with_lists(self, engine: str = "duckdb") -> None:
        """Gives a lake that is not there yet what loading the lists would put into it."""
        if not self.root.exists():
            other_files = shutil.ignore_patterns(".lock", ".spill", ".work_tables.*", ".staging")
            shutil.copytree(loaded_lists(engine), self.root, ignore=other_files)

    def wikilake(self, *arguments: str, **limits: float) -> subprocess.CompletedProcess[str]:
        """wikilake, also under limits that bring faults, see warm.run."""
        return self._run("wikilake", [str(argument) for argument in arguments], **limits)

    def _run(
        self, program: str, arguments: list[str], **limits: float
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program as its users do, or in a warm process where that makes no difference."""
        is_on_spark = "spark" in arguments
        if self.is_begun and arguments[0] == "build" and (not is_on_spark or self.shares_spark):
            self.start_with_lists("spark" if is_on_spark else "duckdb")
        if is_on_spark and self.shares_spark and not limits:
            return warm_spark.run(program, arguments, self.environment())
        # The project is parsed with these variables, which no fork can do.
        parses = any(name in argument for name in ENABLING for argument in arguments)
        if is_on_spark or parses or {"TZ", "LC_ALL"} & self.settings.keys():
            return self.command(BIN / program, *arguments)
        return warm.run(program, arguments, self.environment(), **limits)

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


@cache
def loaded_lists(engine: str) -> Path:
    """A lake in which an engine has loaded and tested the lists, and nothing else is built.

    Tests of how a lake begins do not start with it, see Lake.is_begun.
    """
    lake = Lake(Path(tempfile.mkdtemp(prefix="wikilake-lists-")), dict(warm_spark.SETTINGS))
    lake.root.mkdir()
    hour = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
    chosen = ("--select", "stg_media__file_types", "--target", engine)
    built = lake.wikilake("build", *hour, *chosen)
    assert built.returncode == 0, built.stderr
    return lake.root


def compare(expected: Path, lake: Lake, *arguments: str) -> list[dict]:
    """What compare.py finds between expected tables and those of a lake, one record per table."""
    result = lake.folder / "compare.json"
    tool = PROJECT.parent / "shared" / "golden" / "compare.py"
    catalog = lake.root / "wikilake.duckdb"
    schemas = ["--schema", "wmf,wmf_raw"]
    output = subprocess.run(
        [sys.executable, tool, expected, catalog, *schemas, "--json", result, *arguments],
        capture_output=True,
        text=True,
    )
    print(output.stdout)
    return json.loads(result.read_text())


LONGEST = ("spark", "test_spark_processes", "test_project", "test_spark_cluster", "test_aqs")
"""Groups of tests that take longest; they come first, so that two workers end at about one time."""

ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.txt")


@pytest.hookimpl(tryfirst=True)  # before those that are not asked for are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps a file's tests on one worker, and with them those that share a Java machine."""
    places = {group: place for place, group in enumerate(LONGEST)}
    for item in items:
        tier, file = item.path.parent.name, item.path.stem
        if tier in ("faults", "superset"):
            item.add_marker(tier)
        shares_spark = file == "test_spark" or (tier in ("dbt", "golden") and "spark" in item.name)
        item.add_marker(pytest.mark.xdist_group("spark" if shares_spark else file))
    items.sort(key=lambda item: places.get(group_of(item), len(LONGEST)))


def group_of(item: pytest.Item) -> str:
    return item.get_closest_marker("xdist_group").args[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Stops a run that would split groups: pytest-xdist reads them from the names of tests."""
    if session.items and getattr(session.config.option, "loadgroup", False):
        item = session.items[0]
        if not item.nodeid.endswith(f"@{group_of(item)}"):
            raise pytest.UsageError("pytest-xdist does not see the groups of tests: make setup")


def forbidden_skips(config: pytest.Config) -> list[str]:
    """In CI, the skipped tests that ALLOWED_SKIPS does not name."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or hasattr(config, "workerinput") or reporter is None:
        return []
    lines = ALLOWED_SKIPS.read_text().splitlines()
    allowed = {line for line in lines if line and not line.startswith("#")}
    skipped = {re.split(r"[[@]", report.nodeid)[0] for report in reporter.stats.get("skipped", [])}
    return sorted(test for test in skipped if test.rsplit("::")[-1] not in allowed)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if forbidden_skips(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for test in forbidden_skips(config):
        terminalreporter.write_line(f"FAILED {test}: skipped, and not in {ALLOWED_SKIPS.name}")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake and an empty root of raw partitions."""
    return Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})


@pytest.fixture
def small_disk(tmp_path):
    """A small disk of its own that can be filled and locked; skipped without the right to mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m,mode=755", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no mount command")
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Both hours and the snapshot of the shipped sample, with made-up countries; read-only."""
    lake = Lake(tmp_path_factory.mktemp("built"))
    lake.settings["WIKILAKE_GEOIP_CITY"] = str(write_countries(lake.folder / "countries.mmdb"))
    for period in (("--from", "2026-11-01T00", "--to", "2026-11-01T02"), ("--snapshot", "2026-10")):
        built = lake.wikilake("build", *period, "--exclude", "test_type:data")
        assert built.returncode == 0, built.stderr
    return lake


def copy_project(folder: Path) -> None:
    """Copies what dbt reads of the project, for a test that changes it."""
    for part in ("models", "macros", "seeds", "tests", "analyses", "profiles"):
        shutil.copytree(PROJECT / part, folder / part)
    for part in ("dbt_project.yml", "selectors.yml"):
        shutil.copy(PROJECT / part, folder / part)


def write_countries(path: Path) -> Path:
    """An address database that puts half of all addresses into Japan and half into Peru."""
    writer = MMDBWriter(6, "test", languages=["en"], ipv4_compatible=True)
    for network, code in (("0.0.0.0/1", "JP"), ("128.0.0.0/1", "PE")):
        writer.insert_network(IPSet([network]), {"country_code": code, "city": f"City of {code}"})
    writer.to_db_file(str(path))
    return path


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A target folder of its own, with what dbt writes of the parsed project."""
    from dbt.cli.main import dbtRunner

    target = tmp_path_factory.mktemp("target")
    options = {
        "--project-dir": PROJECT,
        "--profiles-dir": PROJECT / "profiles",
        "--target-path": target,
        "--log-path": target,
    }
    arguments = [str(word) for option in options.items() for word in option]
    parsed = dbtRunner().invoke(["--quiet", "parse", "--no-partial-parse", *arguments])
    assert parsed.success, parsed.exception
    return target


@pytest.fixture(scope="session")
def manifest(parsed: Path) -> dict:
    """The parsed project as dbt writes it."""
    return json.loads((parsed / "manifest.json").read_text(encoding="utf-8"))


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


READ_ON = """
import json, sys, duckdb
files, last = sys.argv[1], int(sys.argv[2])
counts, torn = [], 0
print("reading", flush=True)
while last not in counts:
    try:
        query = f"select count(*), max(hash(columns(*))) from read_parquet('{files}')"
        counts.append(duckdb.connect().execute(query).fetchone()[0])
    except duckdb.Error as error:
        if "No files found" in str(error) or "No such file" in str(error):
            raise
        torn += 1
print(json.dumps({"counts": sorted(set(counts)), "torn": torn}))
"""


def start_readers(files: str, *, last: int) -> list[subprocess.Popen[str]]:
    """Two processes that count the rows of files again and again, until they see `last`."""
    command = [sys.executable, "-c", READ_ON, files, str(last)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    readers = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for reader in readers:
        reader.stdout.readline()
    return readers


def counts_seen(readers: list[subprocess.Popen[str]]) -> set[int]:
    """Every count that the readers saw. No file may have been missing.

    Of the first file DuckDB keeps the footer from when it plans a query. When that was replaced
    just then, the query fails; that may happen once in a while, not more, and to no view of the
    lake.
    """
    counts: set[int] = set()
    for reader in readers:
        said, errors = reader.communicate(timeout=60)
        assert reader.returncode == 0, errors
        seen = json.loads(said)
        assert seen["torn"] <= 5, seen
        counts |= set(seen["counts"])
    return counts
