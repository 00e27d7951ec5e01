"""Runs dbt and wikilake in forks of one process that has loaded them and parsed the project.

That takes ten seconds of each command, and the tests call some two hundred. What a command does
afterwards is the same: `wikilake build` itself hands one parsed project to each of its hours.
Commands on Spark, or whose environment matters before they begin, are not for this.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def run(
    program: str, arguments: Sequence[str], environment: dict[str, str], **limits: float
) -> subprocess.CompletedProcess[str]:
    """`dbt` or `wikilake` with arguments, as subprocess.run would give it.

    `limits` are for tests of faults: `umask`, how many `files` it may open, after how many seconds
    it is killed (`kill_after`), or before which swap of two folders (`kill_at_swap`, from 1).
    """
    return ask(process(), program, arguments, environment, **limits)


def ask(
    process: subprocess.Popen[str],
    program: str,
    arguments: Sequence[str],
    environment: dict[str, str],
    **limits: float,
) -> subprocess.CompletedProcess[str]:
    """What a process answers that serves programs."""
    with tempfile.TemporaryDirectory() as folder:
        said = [f"{folder}/stdout", f"{folder}/stderr"]
        code = exit_code(process, program, arguments, environment, said, **limits)
        output, errors = (Path(path).read_text() for path in said)
    return subprocess.CompletedProcess([program, *arguments], code, output, errors)


def exit_code(
    process: subprocess.Popen[str],
    program: str,
    arguments: Sequence[str],
    environment: dict[str, str],
    said: Sequence[str],
    **limits: float,
) -> int:
    """The same with its output and its errors in files of these names, or on a terminal."""
    asked = json.dumps([program, arguments, environment, said, limits])
    print(asked, file=process.stdin, flush=True)
    return int(process.stdout.readline() or 1)


@cache
def process(project: Path = PROJECT) -> subprocess.Popen[str]:
    """The process of this session that forks; it ends with the session, when its input does.

    Another project's is of that copy, its Python as well.
    """
    folder = tempfile.mkdtemp(prefix="wikilake-warm-")
    paths = {name: f"{folder}/{name}" for name in ("WIKILAKE_LAKE", "DBT_TARGET_PATH")}
    paths |= {"DBT_PROFILES_DIR": "profiles", "DBT_LOG_PATH": folder}
    return subprocess.Popen(
        [sys.executable, project / Path(__file__).relative_to(PROJECT)], cwd=project, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | paths | {"PYTHONPATH": str(project)},
    )  # fmt: skip


def serve() -> None:
    """Parses the project, then answers each line of the input with the exit code of a fork."""
    import wikilake.cli
    import wikilake.engines.duckdb_plugin  # noqa: F401
    import wikilake.project.build  # noqa: F401  what the command line loads when it is needed

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    manifest = parse()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(manifest, *json.loads(line))
        code = _exit_code(child, json.loads(line)[-1].get("kill_after"))
        print(code, file=answers, flush=True)


def parse(*arguments: str):
    """The manifest of the project, for --target and the like."""
    from wikilake.project.dbt import Project

    return Project(arguments).parse()


def _exit_code(child: int, kill_after: float | None) -> int:
    """How a fork ended, which may be given so many seconds and not more."""
    until = time.monotonic() + (kill_after or 0)
    while kill_after and os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() >= until:
            os.kill(child, signal.SIGKILL)
            break
        time.sleep(0.005)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _limit(umask=None, files=None, kill_at_swap=None, kill_after=None) -> None:
    """Gives this fork what a test of faults wants it to have; the program has no place for it."""
    if umask is not None:
        os.umask(umask)
    if files is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if kill_at_swap is not None:
        from wikilake.lake import durable

        swap, left = durable._exchange, [kill_at_swap]

        def swap_or_die(*paths) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            swap(*paths)

        durable._exchange = swap_or_die


def _become(manifest, program, arguments, environment, said, limits) -> None:
    """Turns this fork into the program, with its environment and output; never returns."""
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    redirect(said)
    # Those of before know whether they are files or terminals, and go on as if they were.
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    _limit(**limits)
    code = 1
    try:
        code = PROGRAMS[program](manifest, arguments)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)


def redirect(said: Sequence[str]) -> None:
    """Sends output and errors into files of these names."""
    for number, path in enumerate(said, start=1):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def _dbt(manifest, arguments) -> int:
    from dbt.cli.main import dbtRunner

    result = dbtRunner(manifest).invoke(arguments)
    return 0 if result.success else 1 if result.exception is None else 2


def _wikilake(manifest, arguments) -> int:
    from wikilake.cli import main

    try:
        main(arguments, prog_name="wikilake", obj=manifest)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


PROGRAMS = {"dbt": _dbt, "wikilake": _wikilake}

if __name__ == "__main__":
    serve()
