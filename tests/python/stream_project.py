"""A copy of the project with streams of events of its own, as a user declares them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import yaml
from conftest import BIN, Lake, copy_project

from wikilake import settings
from wikilake.streams import model_files

PARSED = """
import sys
from wikilake.project.dbt import Project

where, arguments = sys.argv[1:5], sys.argv[5:]
result = Project(where).invoke(["--no-use-colors", "build", *where, *arguments])
sys.exit(not result.success)
"""
"""dbt as `wikilake build` calls it: variables of a run have nothing parsed anew."""

LOOK_UPS = ("resource_type:seed,path:seeds/reference", "path:models/intermediate/events")


class StreamProject:
    """The copy, its streams, and a lake that it builds."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.project, self.streams = lake.folder / "project", lake.folder / "streams"
        lake.settings["WIKILAKE_STREAMS"] = str(self.streams)
        copy_project(self.project)
        (lake.folder / "target").mkdir()
        shutil.copy(kept_of_the_parse(), lake.folder / "target")

    def declare(
        self, entries: list[dict], schemas: dict[str, dict[str, dict]], allowlist: str | None
    ) -> None:
        """Writes streams, the versions of each table's schema, an allowlist; then their models."""
        shutil.rmtree(self.streams, ignore_errors=True)
        for table, versions in schemas.items():
            (self.streams / table).mkdir(parents=True)
            for version, schema in versions.items():
                (self.streams / table / f"{version}.json").write_text(json.dumps(schema))
        declared = yaml.safe_dump({"keep_all": True, "streams": entries})
        (self.streams / "streams.yml").write_text(declared)
        if allowlist is not None:
            (self.streams / "allowlist.yaml").write_text(allowlist)
        self.sync()

    def sync(self) -> None:
        with settings.changed(streams=self.streams):
            model_files.sync(self.project)

    def build(self, *select: str, target: str = "duckdb", **variables: str) -> None:
        run = self.try_build(*select, target=target, **variables)
        assert run.returncode == 0, run.stdout[-5000:]

    def try_build(
        self, *select: str, target: str = "duckdb", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return self.lake.command(
            sys.executable, "-c", PARSED, "--project-dir", self.project, "--target", target,
            "--select", *select, "--exclude", "test_type:data", "test_type:unit",
            "--vars", json.dumps(variables),
        )  # fmt: skip

    def show(self) -> None:
        """Makes the views of the lake's tables anew, as for a lost catalog."""
        run = self.lake.command(
            BIN / "dbt", "run-operation", "show_partitions_of_the_lake", "--project-dir",
            self.project,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout[-5000:]

    def everything_written(self) -> list[Path]:
        """Every file that its runs have left: lake, logs, compiled SQL."""
        return [path for path in self.lake.folder.rglob("*") if path.is_file()]


@cache
def kept_of_the_parse() -> Path:
    """What dbt keeps of the parsed project, so that of a copy it parses only what is added."""
    lake = Lake(Path(tempfile.mkdtemp(prefix="wikilake-parsed-")))
    done = lake.command(BIN / "dbt", "parse", "--quiet")
    assert done.returncode == 0, done.stdout
    return lake.folder / "target" / "partial_parse.msgpack"
