"""The same project on a cluster: a standalone master with two workers, and Spark Connect."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest
from conftest import Lake
from spark_runs import NO_TESTS, differences, on_spark, spark_home, steps, tables

from wikilake.samples.requests import write_sample

HOUR = "2026-11-01T00"
CORE = ("--select", "+projectview_hourly", "+webrequest_rejected")
"""What shares work in every way: joins, functions of Python, windows, partitions."""


@pytest.fixture(scope="module")
def duck(tmp_path_factory) -> Lake:
    """An hour refined by DuckDB, with an address database so that settings have to travel."""
    folder = tmp_path_factory.mktemp("duckdb")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    regexes = folder / "regexes.yaml"
    regexes.write_text(
        "user_agent_parsers:\n  - regex: '(Mozilla)/(\\d+)'\n    family_replacement: 'Travelled'\n"
        "os_parsers: []\ndevice_parsers: []\n"
    )
    lake.settings["WIKILAKE_UA_REGEXES"] = str(regexes)
    write_sample(lake.raw, 1_000, 5, [datetime(2026, 11, 1)], files=8)
    lake.start_with_lists()
    built = lake.dbt("build", *NO_TESTS, *CORE, hour=HOUR)
    assert built.returncode == 0, built.stdout
    return lake


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def started(folder, *command: str, ready: str):
    """A process of the Spark distribution, until its output says that it is ready; then ended."""
    log = folder / f"{command[0].rsplit('.', 1)[-1]}-{free_port()}.log"
    environment = {name: text for name, text in os.environ.items() if "SPARK" not in name}
    environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(spark_home() / "bin/spark-class"), *command],
            cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        end = time.monotonic() + 120
        while not re.search(ready, log.read_text()):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()


def test_two_workers_of_a_standalone_master_share_the_work(duck, tmp_path):
    """This is slow since four Java machines start."""
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    worker = ("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1")
    with (
        started(
            tmp_path, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1",
            "--port", str(port), "--webui-port", str(free_port()), ready="been elected leader",
        ),
        started(
            tmp_path, *worker, "--memory", "1g", "--webui-port", str(free_port()), "--work-dir",
            str(tmp_path / "one"), master, ready="Successfully registered",
        ),
        started(
            tmp_path, *worker, "--memory", "1g", "--webui-port", str(free_port()), "--work-dir",
            str(tmp_path / "two"), master, ready="Successfully registered",
        ),
    ):  # fmt: skip
        conf = "--conf spark.executor.memory=700m --conf spark.executor.cores=1 "
        conf += "--conf spark.sql.files.openCostInBytes=134217728"  # a task a file
        lake = on_spark(Lake(tmp_path, dict(duck.settings)), conf, WIKILAKE_SPARK_MASTER=master)
        answer = steps(
            lake,
            f"""
answer["said"] = run("{HOUR}", *{CORE})
executors = spark().sparkContext._jsc.sc().statusStore().executorList(True)
answer["tasks"] = {{executors.apply(n).id(): executors.apply(n).totalTasks()
    for n in range(executors.size()) if executors.apply(n).id() != "driver"}}
""",
        )
    assert answer["said"] == ""
    print(answer["tasks"])
    assert len(answer["tasks"]) == 2
    assert min(answer["tasks"].values()) > 0.2 * sum(answer["tasks"].values())
    assert "wmf/projectview_hourly" in tables(duck)
    assert differences(duck, lake) == {}


def test_spark_connect_builds_the_same_hour(duck, tmp_path):
    """This is slow since the server is a Java machine of its own."""
    port = free_port()
    server = (
        "org.apache.spark.deploy.SparkSubmit", "--class",
        "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[2]",
        "--conf", f"spark.connect.grpc.binding.port={port}",
        "--conf", "spark.connect.grpc.binding.address=127.0.0.1",
        "--conf", f"spark.sql.warehouse.dir={tmp_path / 'warehouse'}",
        "--conf", "spark.sql.shuffle.partitions=2", "--conf", "spark.ui.enabled=false",
        "--conf", "spark.sql.catalogImplementation=in-memory", "spark-internal",
    )  # fmt: skip
    with started(tmp_path, *server, ready="Spark Connect server started"):
        settings = dict(duck.settings) | {"SPARK_REMOTE": f"sc://127.0.0.1:{port}"}
        lake = Lake(tmp_path, settings)
        answer = steps(lake, f'answer["said"] = run("{HOUR}", *{CORE})')
    assert answer["said"] == ""
    assert differences(duck, lake) == {}
