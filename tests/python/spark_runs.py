"""What tests of the Spark target share: cheap runs, and the rows of two lakes compared."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from glob import escape
from pathlib import Path

import duckdb
import warm_spark
from conftest import UNWRITTEN, Lake

from wikilake.lake.paths import quoted

NO_TESTS = (*UNWRITTEN, "--resource-type", "model")
"""For lakes that have their lists, see Lake.start_with_lists."""

REQUESTS_ALONE = ("--exclude", "tag:history", "tag:dumps", "path:models/*/events")
"""Leaves out what `wikilake build` leaves out of hours without events."""

JAVA_DOUBLE = re.compile(r"\d\.\d+E-?\d+|\d+\.\d{9,}")
"""A double as Java writes it into a text, where it has an exponent or many digits."""

STEPS = """
import json, os, sys
from pathlib import Path
from dbt.cli.main import dbtRunner
from wikilake.project.dbt import failures

manifest = globals().get("manifest")  # the one of a process that has parsed the project

def run(hour, *arguments, record_version=None):
    chosen = {"hour": hour} | ({"record_version": record_version} if record_version else {})
    result = dbtRunner(manifest=manifest).invoke([
        "--quiet", "build", "--log-level-file", "none", "--no-write-json", "--target", "spark",
        "--vars", json.dumps(chosen), "--exclude", "tag:history", "tag:dumps", "tag:rule_test",
        "--resource-type", "model", *loading, *arguments])
    return "" if result.success else failures(result)

def spark():
    from wikilake.engines import spark_session
    return spark_session.session()

raw = Path(os.environ["WIKILAKE_RAW"])
lake = Path(os.environ["WIKILAKE_LAKE"])
loading = () if (lake / ".lists.spark.json").exists() else ("--resource-type", "seed")
answer = {}
"""


def on_spark(lake: Lake, conf: str = "", **settings: str) -> Lake:
    """The same lake with what its runs on Spark need."""
    lake.settings |= warm_spark.SETTINGS
    if conf:
        lake.settings["PYSPARK_SUBMIT_ARGS"] = f"{warm_spark.CHEAP} {conf} pyspark-shell"
    lake.settings |= settings
    return lake


def steps(lake: Lake, code: str, alone: bool = False) -> dict:
    """Runs code in one session: `run(hour)` builds, `answer` is given back.

    `alone` starts a Java machine for it even where the lake could share one.
    """
    script = STEPS + code + "\nprint('ANSWER' + json.dumps(answer))\n"
    if lake.shares_spark and not alone:
        lake.start_with_lists("spark")
        ran = warm_spark.run("steps", [script], lake.environment())
    else:
        ran = lake.command(sys.executable, "-c", script)
    said = [line for line in ran.stdout.splitlines() if line.startswith("ANSWER")]
    assert said, ran.stdout + ran.stderr
    return json.loads(said[-1].removeprefix("ANSWER"))


def tables(*lakes: Lake) -> list[str]:
    """The partitioned tables that any of the lakes has, as `schema/name`."""
    found = {
        str(folder.relative_to(lake.root))
        for lake in lakes
        for schema in ("wmf", "wmf_raw", "wikistats")
        for folder in lake.root.glob(f"{schema}/*")
        if any(folder.rglob("*.parquet"))
    }
    return sorted(found)


def differences(one: Lake, other: Lake, partition: str = "**") -> dict[str, list]:
    """Of each table its types, or rows of one lake that the other lacks, where there are any.

    All columns count, nested ones as well; maps as sets of their entries; doubles in texts as
    numbers. A run may leave out a table for which it has nothing.
    """
    found = {}
    for table in tables(one, other):
        makers = [lake for lake in (one, other) if table in tables(lake)]
        if len(makers) == 1:
            if rows := makers[0].query(f"from {table.replace('/', '.')} limit 3"):
                found[table] = rows
            continue
        files = [f"{escape(str(lake.root))}/{table}/{partition}/*.parquet" for lake in (one, other)]
        sources = [f"read_parquet({quoted(path)}, hive_partitioning = true)" for path in files]
        types = [duckdb.sql(f"describe select * from {source}").fetchall() for source in sources]
        columns = ", ".join(
            f'list_sort(map_entries("{name}")) as "{name}"'
            if kind.startswith("MAP")
            else f'"{name}"'
            for name, kind, *_ in types[0]
        )
        if [column[:2] for column in types[0]] != [column[:2] for column in types[1]]:
            found[table] = [types]
            continue
        here, there = (f"(select {columns} from {source})" for source in sources)
        lacking, more = (
            Counter(of_any_java(row) for row in duckdb.sql(query).fetchall())
            for query in (f"{here} except all {there}", f"{there} except all {here}")
        )
        if rows := [*(lacking - more).elements(), *(more - lacking).elements()]:
            found[table] = rows[:3]
    return found


def of_any_java(row: tuple) -> str:
    """The row with the shortest text of each double.

    Java before 19 writes some with a digit too many: 5.0463784587899996E18 for 5.04637845879E18.
    """
    return JAVA_DOUBLE.sub(lambda found: repr(float(found[0])), repr(row))


def spark_home() -> Path:
    import pyspark

    return Path(os.path.dirname(pyspark.__file__))
