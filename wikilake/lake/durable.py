"""Files and folders that outlast a power cut: what has a name is whole, what it replaced goes last.

A file system may keep the new name of a file and lose its bytes, unless it is told to write these
first. So a writer syncs the file under a temporary name, renames it and syncs its folder; only then
may the old file go.

Nor does a swap disturb who reads. DuckDB opens a Parquet file twice, for its footer and then for
its rows, and keeps both open: of a file that is replaced in between it would read the rows of the
new one by the footer of the old one. So two files are swapped while nobody has one of them open,
which Linux tells by a lease.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
FEW = 8
"""Files or folders up to which each is synced by itself, for more of them the whole disk."""

_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
"""Errors of a system that cannot do a thing at all, rather than not just now."""

PATIENCE = 2.0
"""Seconds for which readers may delay the swaps of a table, and so a build."""

_PAUSE = 0.0005


def write_durably(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Replaces a file by `content`, as a whole or not at all; its folder must exist."""
    with _written_beside(path, content, mode) as aside:
        aside.replace(path)
    sync(path.parent)


def replace_file(path: Path, content: bytes, mode: int, until: float) -> None:
    """The same for a file that is there and that others read meanwhile, see exchange_unread."""
    with _written_beside(path, content, mode) as aside:
        try:
            exchange_unread(aside, path, until)
            aside.unlink()
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
            aside.replace(path)
    sync(path.parent)


@contextmanager
def _written_beside(path: Path, content: str | bytes, mode: int) -> Iterator[Path]:
    """A synced file, to be put in the place of another; removed where that fails."""
    aside = path.with_name(path.name + ".new")
    try:
        with open(aside, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            os.fchmod(file.fileno(), mode)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        yield aside
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def write_all_durably(contents: dict[Path, str]) -> None:
    """Replaces files that are there, each as a whole or not at all; they keep their modes."""
    if len(contents) <= FEW:
        for path, content in contents.items():
            write_durably(path, content, path.stat().st_mode & 0o777)
        return
    asides = {path: path.with_name(path.name + ".new") for path in contents}
    try:
        for path, aside in asides.items():
            aside.touch(0o600)
            aside.chmod(path.stat().st_mode & 0o777)
            aside.write_text(contents[path], encoding="utf-8")
        sync_disk(next(iter(asides.values())).parent)
        for path, aside in asides.items():
            aside.replace(path)
    except OSError:
        for aside in asides.values():
            aside.unlink(missing_ok=True)
        raise
    sync_disk(path.parent)


def sync(path: Path) -> None:
    """Syncs a file's bytes, or a folder's names, to the disk; not what lies deeper."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_HERE:  # some network file systems sync no folders
            raise
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Syncs a folder with everything in it; its own name is in the folder above."""
    for inner, _, files in os.walk(folder, topdown=False):
        for file in files:
            sync(Path(inner, file))
        sync(Path(inner))


def sync_disk(folder: Path) -> None:
    """Syncs all that was written to the disk of a folder: cheaper than file by file for many."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(handle)


def sync_all(folders: Iterable[Path]) -> None:
    """Syncs the names in each of the folders, which may be listed more than once."""
    for folder in dict.fromkeys(folders):
        sync(folder)


def make_folders(folder: Path, root: Path, mode: int) -> list[Path]:
    """Makes a folder and those between it and `root`, all with this mode; lists them with `root`.

    Their names are on the disk once each folder of the list is synced.
    """
    below = [parent for parent in (folder, *folder.parents) if root in parent.parents]
    for path in reversed(below):
        path.mkdir(mode=mode, exist_ok=True)
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)
    return [*below, root]


def replace_folder(new: Path, target: Path, until: float = 0) -> None:
    """Gives a folder the name of another one, which takes its place where that was.

    One step on Linux, for whoever reads and for whatever ends the process. Elsewhere three renames.
    `until` is how long readers of its files may delay it, see exchange_unread.
    """
    if not target.exists():
        new.rename(target)
        return
    try:
        exchange_unread(new, target, until)
    except OSError as error:
        if error.errno not in _NOT_HERE:
            raise
        aside = new.with_name(new.name + ".old")
        shutil.rmtree(aside, ignore_errors=True)
        target.rename(aside)
        new.rename(target)
        aside.rename(new)


def replaces_in_one_step(folder: Path) -> bool:
    """Whether this system and the disk of `folder` can swap two folders in one step."""
    one, other = (Path(tempfile.mkdtemp(dir=folder)) for _ in range(2))
    try:
        _exchange(one, other)
    except OSError as error:
        if error.errno not in _NOT_HERE:
            raise
        return False
    finally:
        for path in (one, other):
            path.rmdir()
    return True


def exchange_unread(new: Path, target: Path, until: float) -> None:
    """Swaps two files, or two folders of files, while nobody has one of them open.

    Waits for that, but not beyond a moment of the monotonic clock. Who opens one just then waits
    for the swap. Somebody who had found the old file, and not opened it yet, would get this one
    first and then the new one: so the swap is taken back, and made again later. Where there are
    no leases, it is made at once.
    """
    while not _swapped_unread(new, target, is_last=time.monotonic() >= until):
        time.sleep(_PAUSE)


def _swapped_unread(new: Path, target: Path, *, is_last: bool) -> bool:
    """Tries it once; the last time makes the swap whoever reads."""
    old = _files(target)
    with _leased([*old, *_files(new)]) as leases:
        if leases is None and not is_last:
            return False
        _exchange(new, target)
        if is_last or not any(map(_is_wanted, (leases or [])[: len(old)])):
            return True
        _exchange(new, target)
        return False


def _files(path: Path) -> list[Path]:
    """A file, or the Parquet files of a folder."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


@contextmanager
def _leased(files: Iterable[Path]) -> Iterator[list[int] | None]:
    """Lets others wait who open one of the files; gives a handle of each.

    None when somebody has one of them open. No handles where the system or the disk knows no leases
    or the files are somebody else's.
    """
    handles: list[int] = []
    leases: list[int] | None = handles
    try:
        for file in files:
            handles.append(os.open(file, os.O_RDONLY | os.O_NONBLOCK))
            # The signal of somebody's coming is one that does nothing; the usual one would kill.
            fcntl.fcntl(handles[-1], fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(handles[-1], fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except AttributeError:
        leases = []
    except OSError as error:
        leases = None if error.errno == errno.EAGAIN else []
    try:
        yield leases
    finally:
        for handle in handles:
            with suppress(OSError, AttributeError):  # a child of this process may have it as well
                fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
            os.close(handle)


def patience(root: Path) -> float:
    """Until when the swaps below a folder may wait for readers."""
    return time.monotonic() + (PATIENCE if _knows_leases(root) else 0)


@cache
def _knows_leases(folder: Path) -> bool:
    """Whether the disk of a folder tells truly that nobody has a file open."""
    try:
        handle, name = tempfile.mkstemp(prefix=".lease-", dir=folder)
    except OSError:  # it is full
        return False
    os.close(handle)
    with _leased([Path(name)]) as leases:
        is_known = bool(leases)
    os.unlink(name)
    return is_known


def _is_wanted(handle: int) -> bool:
    """Whether somebody waits to open a leased file."""
    return fcntl.fcntl(handle, fcntl.F_GETLEASE) != fcntl.F_WRLCK


def _exchange(one: Path, other: Path) -> None:
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    paths = os.fsencode(one), os.fsencode(other)
    if renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one), None, str(other))
