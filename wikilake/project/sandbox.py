"""A lake of its own for questions that must leave the user's lake as it is."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MODELS_ALONE = ["--resource-type", "seed", "--resource-type", "model"]

PREFIX = "wikilake-sandbox-"
MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""


@contextmanager
def folder_of_its_own(*, in_memory: bool = False) -> Iterator[Path]:
    """A folder for private lakes, readable by its owner alone, that goes with everything in it.

    Where the process is killed, the next one that asks for such a folder takes it away: a folder
    that nobody has locked any more is of a process that is gone.
    """
    clear_abandoned()
    place = MEMORY if in_memory and os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    folder, handle = _locked_folder(place)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def clear_abandoned() -> None:
    """Removes the folders that killed processes of this user have left."""
    for place in (Path(tempfile.gettempdir()), MEMORY):
        for folder in place.glob(f"{PREFIX}*"):
            with suppress(OSError):
                if folder.lstat().st_uid != os.getuid():
                    continue
                handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
                finally:
                    os.close(handle)


def _locked_folder(place: Path) -> tuple[Path, int]:
    """A new folder and the handle that locks it for as long as this process lives."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        with suppress(FileNotFoundError):  # it was taken for an abandoned one before it was locked
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if folder.exists():
                return folder, handle
            os.close(handle)


@contextmanager
def file_in_memory(path: Path, content: bytes) -> Iterator[None]:
    """Lets `path` hold `content` for a while, on no disk where that is possible.

    On Linux the path is a link to memory of this process and leads nowhere once that has ended.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not hasattr(os, "memfd_create"):
        path.write_bytes(content)
        yield
        return
    with os.fdopen(os.memfd_create("wikilake"), "wb") as file:
        file.write(content)
        file.flush()
        path.symlink_to(f"/proc/{os.getpid()}/fd/{file.fileno()}")
        yield


def hide_argument(text: str) -> None:
    """Takes an argument of the command line out of what others can read of it.

    dbt writes the command line into its log and its artifacts, and the system shows that of every
    process to everybody.
    """
    sys.argv = [argument for argument in sys.argv if argument != text]
    with suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        begin, end = int(fields[45]), int(fields[46])  # proc(5): arg_start, arg_end
        place = ctypes.string_at(begin, end - begin).find(os.fsencode(text) + b"\0")
        if begin and place >= 0:
            ctypes.memset(begin + place, ord("-"), len(os.fsencode(text)))
