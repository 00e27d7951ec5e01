"""One run at a time writes the lake: a lock that dies with the process that holds it."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from wikilake import lake
from wikilake.terminal import complain, plain

NAME = ".lock"
DEFAULT_WAIT = 600
"""Seconds that a run waits for another one to leave the lake; WIKILAKE_WAIT sets other ones."""

_held: dict[Path, int] = {}
_one_thread = threading.Lock()


class LakeInUse(Exception):
    """Another run holds the lake, or it cannot be written; the message says who and what to do."""


def hold_lake(wait: float | None = None) -> None:
    """Takes the lake for this process, for as long as it lives; waits for another run to leave it.

    Raises LakeInUse when that run is still there after `wait` seconds (WIKILAKE_WAIT), or when the
    lake cannot be written.
    """
    with _one_thread:  # the lock is one of the process, its threads share it
        _hold(wait)


def _hold(wait: float | None) -> None:
    path = lake.lake_root() / NAME
    if path in _held:
        return
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LakeInUse(
            f"WIKILAKE_LAKE: {path.parent} cannot be written ({error.strerror}). A run needs a "
            "lake that it may write to; to read one, open its Parquet files."
        ) from None
    seconds = waiting_time() if wait is None else wait
    until, said = time.monotonic() + seconds, False
    while not _try(handle):
        holder = _holder(handle)
        if time.monotonic() >= until:
            os.close(handle)
            raise LakeInUse(
                f"{path.parent} is in use by another run ({holder}). Wait until it is done, or let "
                "this one wait longer: WIKILAKE_WAIT, in seconds."
            )
        if not said:
            complain(f"Waiting for another run ({holder}) to leave the lake.")
            said = True
        time.sleep(0.2)
    with suppress(OSError):  # on a full disk nobody learns who it is, and that is all
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"process": os.getpid(), "since": time.time()}).encode(), 0)
    _held[path] = handle


def release_lake() -> None:
    """Gives the lake back before the process ends."""
    handle = _held.pop(lake.lake_root() / NAME, None)
    if handle is not None:
        os.close(handle)


def holder_of_lake() -> str | None:
    """The run that holds the lake, in words; None when no run does, or nobody may know."""
    try:
        handle = os.open(lake.lake_root() / NAME, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(handle)
    finally:
        os.close(handle)
    return None


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: int) -> str:
    try:
        said = json.loads(os.pread(handle, 4096, 0))
        since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(said["since"]))
        return f"process {plain(said['process'])}, since {since}"
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return "which has just begun"


def waiting_time() -> float:
    """Seconds that a command waits for a run: WIKILAKE_WAIT. Raises LakeInUse for no number."""
    text = os.environ.get("WIKILAKE_WAIT", "")
    try:
        seconds = float(text or DEFAULT_WAIT)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise LakeInUse(f"WIKILAKE_WAIT is {text!r}: write a number of seconds.")
    return seconds
