"""Spark in processes of their own: a killed driver, a metastore, what is compiled, benchmarks."""

import json
import random
import re
import signal
import subprocess
import time

from conftest import BIN, HOUR, PROJECT, Lake
from lines import numbered
from spark_runs import on_spark, spark_home, steps


def test_further_hours_of_a_session_use_the_code_that_was_compiled_for_the_first(lake):
    """This is slow since its Java machine must not have compiled anything before."""
    on_spark(lake)
    for hour in (0, 1, 2):
        lake.write_raw([numbered(hour)], hour=hour)
    answer = steps(
        lake,
        """
answer["failures"], counts = [], [0]
for hour in (0, 1, 2):
    answer["failures"].append(run(f"2026-11-01T0{hour}", "--select", "+webrequest"))
    metrics = spark()._jvm.org.apache.spark.metrics.source.CodegenMetrics
    counts.append(metrics.METRIC_COMPILATION_TIME().getCount())
answer["compiled"] = [after - before for before, after in zip(counts, counts[1:])]
""",
        alone=True,  # the shared machine has compiled it for another test
    )
    assert answer["failures"] == [""] * 3
    first, _, third = answer["compiled"]
    assert third < first / 4, answer["compiled"]


def test_a_killed_driver_leaves_each_table_old_or_new_and_a_rerun_repairs_it(lake):
    """This is slow since a Java machine of its own is started to be killed."""
    lake.write_raw([numbered(n) for n in range(10)])
    lake.run_hour()
    lake.write_raw([numbered(n) for n in range(1000)])
    on_spark(lake)
    delay = random.uniform(0, 2)
    print("delay", delay)
    build = subprocess.Popen(
        [BIN / "dbt", "run", "--target", "spark", "--exclude", "tag:history"],
        cwd=PROJECT, env=lake.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (lake.root / ".staging/wmf/webrequest").exists() and build.poll() is None:
        time.sleep(0.05)
    time.sleep(delay)
    build.send_signal(signal.SIGKILL)
    build.wait()
    query = (
        "select (select count(*) from wmf.webrequest), (select count(*) from wmf.pageview_actor)"
    )
    assert set(lake.query(query)[0]) <= {10, 1000}
    lake.run_hour()
    assert lake.query(query) == [(1000, 1000)]
    assert not list((lake.root / ".staging").rglob("*.parquet"))


def test_a_hive_metastore_knows_the_partitions_of_both_engines(lake):
    """This is slow since two Java machines start with a metastore each."""
    lake.write_raw([numbered(1)], hour=0)
    lake.write_raw([numbered(2), numbered(3)], hour=1)
    lake.run_hour("2026-11-01T00")
    metastore = lake.folder / "metastore"
    conf = (
        "--conf spark.sql.catalogImplementation=hive --conf spark.hadoop.javax.jdo.option."
        f"ConnectionURL=jdbc:derby:;databaseName={metastore};create=true "
        f"--conf spark.sql.warehouse.dir={lake.root}"
    )
    on_spark(lake, conf)
    assert steps(lake, 'answer["said"] = run("2026-11-01T01", "--select", "+webrequest")') == {
        "said": ""
    }
    query = "show partitions wmf.webrequest; select hour, count(*) from wmf.webrequest group by 1"
    command = [str(spark_home() / "bin/spark-sql"), *re.sub("'.*?'", "-Xmx1g", conf).split()]
    shown = subprocess.run(
        [*command, "-e", query], cwd=lake.folder, capture_output=True, text=True,
        env=lake.environment() | {"PYSPARK_SUBMIT_ARGS": ""},
    )  # fmt: skip
    partition = f"webrequest_source=text/{HOUR}"
    assert set(shown.stdout.split("\n")) >= {f"{partition}0", f"{partition}1", "0\t1", "1\t2"}, (
        shown.stderr
    )


def test_the_benchmark_measures_spark_with_its_processes(tmp_path):
    """The figures of a thousand rows mean nothing; the JVM must be among what is measured.

    This is slow since a benchmark starts a Java machine for the job.
    """
    lake = on_spark(Lake(tmp_path))
    folder = str(tmp_path / "bench")
    measured = lake.command(
        BIN / "wikilake",
        "bench", "--target", "spark", "--rows", "1000", "--only", "hours", "--runs", "2",
        "--folder", folder,
    )  # fmt: skip
    assert measured.returncode == 0, measured.stderr
    first, again = json.loads((tmp_path / "bench/run/job.json").read_text())
    assert again["refinement: webrequest and its statistics"]["memory"] > 300e6
    scans = re.search(r"scans of the raw lines: ([0-9]+)", " ".join(first["notes"]))
    assert 1 <= int(scans[1]) <= 3


def test_the_benchmark_reports_a_snapshot_on_spark(tmp_path):
    """This is slow since a benchmark starts a Java machine for the job."""
    lake = on_spark(Lake(tmp_path))
    measured = lake.command(
        BIN / "wikilake",
        "bench", "--target", "spark", "--events", "1000", "--only", "snapshots", "--runs", "1",
        "--folder", str(tmp_path / "bench"),
    )  # fmt: skip
    assert measured.returncode == 0, measured.stderr
    assert "a snapshot of 1,000 events" in measured.stdout
    assert re.search(r"with the metrics and .* [0-9]", measured.stdout)
