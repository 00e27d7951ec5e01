"""Runs dbt, wikilake and steps on Spark one after another, in one process with one Java machine.

A Java machine needs half a minute before it runs what it has read as compiled code, and each of
the tests took one of its own. Here each command still gets a Spark session of its own, with its
own catalog, settings and functions; what it leaves in Python is put away after it. Tests of the
start, the end or the figures of a Java machine are not for this, nor are those with settings of
their own for Spark.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from pathlib import Path

import warm

# Runs of seconds: Java compiles lightly, and there is little to shuffle.
CHEAP = (
    "--conf spark.sql.shuffle.partitions=2 "
    "--conf spark.driver.extraJavaOptions='-XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
    "-XX:ReservedCodeCacheSize=256m'"
)
SETTINGS = {
    "PYSPARK_SUBMIT_ARGS": f"{CHEAP} pyspark-shell",
    "SPARK_LOCAL_IP": "127.0.0.1",
    "WIKILAKE_SPARK_MASTER": "local[2]",
}


def run(
    program: str, arguments: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """`dbt`, `wikilake` or `steps`, which is Python code, as subprocess.run would return it."""
    return warm.ask(process(), program, arguments, environment)


@cache
def process() -> subprocess.Popen[str]:
    """The process of this session; it ends with the session, when its input does."""
    folder = tempfile.mkdtemp(prefix="wikilake-warm-spark-")
    paths = {name: f"{folder}/{name}" for name in ("WIKILAKE_LAKE", "DBT_TARGET_PATH")}
    paths |= {"DBT_PROFILES_DIR": "profiles", "DBT_LOG_PATH": folder}
    return subprocess.Popen(
        [sys.executable, __file__], cwd=warm.PROJECT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=os.environ | SETTINGS | paths,
    )  # fmt: skip


def serve() -> None:
    """Parses the project, then answers each line of the input with an exit code."""
    import wikilake.cli
    import wikilake.engines.spark_session
    import wikilake.project.build  # noqa: F401  what the command line loads when it is needed

    answers = os.fdopen(os.dup(1), "w")
    own_errors = os.dup(2)
    manifest = warm.parse("--target", "spark")
    for line in sys.stdin:
        program, arguments, environment, said, _ = json.loads(line)
        os.environ.clear()
        os.environ.update(environment)
        warm.redirect(said)
        try:
            code = run_here(manifest, program, arguments)
        except BaseException:
            code = 1
            traceback.print_exc()
        put_away()
        sys.stdout.flush()
        sys.stderr.flush()
        for number in (1, 2):
            os.dup2(own_errors, number)
        print(code, file=answers, flush=True)


def run_here(manifest, program: str, arguments: list[str]) -> int:
    if program == "steps":
        exec(arguments[0], {"manifest": manifest})
        return 0
    return warm.PROGRAMS[program](manifest, arguments)


def put_away() -> None:
    """Ends what the end of a process would end: the session, locks, and all that is remembered."""
    from wikilake.engines import spark_session
    from wikilake.lake import lock

    if spark_session._session.cache_info().currsize:
        atexit.unregister(spark_session._stop)
        spark_session._stop(spark_session._session())
    for root in list(lock._held):
        lock.release_lake(root)
    for module in [module for name, module in sys.modules.items() if name.startswith("wikilake.")]:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()
    gc.unfreeze()
    gc.enable()
    gc.collect()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    serve()
