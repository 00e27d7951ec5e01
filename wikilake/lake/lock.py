"""One run at a time writes the lake: a lock that dies with the process that holds it."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import partitions
from wikilake.terminal import complain, plain

NAME = ".lock"

_held: dict[Path, int] = {}
_umask: list[int] = []
"""The umask from before this process held a lake."""

_one_thread = threading.Lock()


class LakeInUse(WikilakeError):
    """Another run holds the lake, or it cannot be written; the message says who and what to do."""


def hold_lake(wait: float | None = None, root: Path | None = None) -> None:
    """Takes a lake for this process, for as long as it lives; waits for another run to leave it.

    Whatever writes below the lake's root, or deletes there, holds it first. From then on no run
    is half published, and what the process makes is its own user's alone until it is opened: DuckDB
    and Spark make files of their own. `root` is the lake of WIKILAKE_LAKE unless it is given.

    Raises LakeInUse when another run is still there after `wait` seconds (WIKILAKE_WAIT), or when
    the lake cannot be written.
    """
    with _one_thread:  # the lock is one of the process, its threads share it
        _hold(wait, root or settings.lake_root())


def _hold(wait: float | None, root: Path) -> None:
    if root in _held:
        return
    seconds = waiting_time() if wait is None else wait
    try:
        partitions.make_root(root)
        handle = os.open(root / NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LakeInUse(
            f"WIKILAKE_LAKE: {root} cannot be written ({error.strerror}). A run needs a "
            "lake that it may write to; to read one, open its Parquet files."
        ) from None
    until, said = time.monotonic() + seconds, False
    while not _try(handle):
        holder = _holder(handle)
        if time.monotonic() >= until:
            os.close(handle)
            raise LakeInUse(
                f"{root} is in use by another run ({holder}). Wait until it is done, or let "
                "this one wait longer: WIKILAKE_WAIT, in seconds."
            )
        if not said:
            complain(f"Waiting for another run ({holder}) to leave the lake.")
            said = True
        time.sleep(0.2)
    with suppress(OSError):  # on a full disk only the name of the holder is missing
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"process": os.getpid(), "since": time.time()}).encode(), 0)
    if not _held:
        _umask.append(os.umask(0o077))
        atexit.register(_leave)
    _held[root] = handle
    try:
        partitions.finish_publishing(root)
    except OSError as error:
        _release(root)
        raise LakeInUse(
            f"{root}: what a killed run was about to publish cannot be put in its place "
            f"({error.strerror}). Mend that, then run this again."
        ) from None


def release_lake(root: Path | None = None) -> None:
    """Gives a lake back before the process ends."""
    _release(root or settings.lake_root())


def _release(root: Path) -> None:
    handle = _held.pop(root, None)
    if handle is not None:
        os.close(handle)
        if not _held:
            os.umask(_umask.pop())


def users_umask() -> int:
    """The umask that this process was started with, also while it holds a lake."""
    if _umask:
        return _umask[0]
    now = os.umask(0o077)
    os.umask(now)
    return now


def settle_lake(root: Path | None = None) -> None:
    """For readers: completes tables that a killed run left half published.

    A living run completes them in a moment. A reader who may not write reads what there is.
    """
    root = root or settings.lake_root()
    until = time.monotonic() + 5
    while root not in _held and partitions.is_publishing(root) and time.monotonic() < until:
        try:
            hold_lake(0, root)
            release_lake(root)
        except LakeInUse:
            time.sleep(0.05)


def _leave() -> None:
    """At the end of the process, also of one that failed: nothing stays that was only staged."""
    for root in list(_held):
        with suppress(OSError):
            partitions.clear_staging(root)
        _release(root)


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
    text = settings.value("WIKILAKE_WAIT")
    try:
        seconds = float(text or settings.SETTINGS["WIKILAKE_WAIT"].default)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise LakeInUse(f"WIKILAKE_WAIT is {text!r}: write a number of seconds.")
    return seconds
