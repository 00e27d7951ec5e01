"""Files and folders that outlast a power cut: what has a name is whole, what it replaced goes last.

A file system may keep the new name of a file and lose its bytes, unless it is told to write these
first. So a writer syncs the file under a temporary name, renames it and syncs its folder; only then
may the old file go.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
FEW = 8
"""Files or folders up to which each is synced by itself, for more of them the whole disk."""

_NOT_HERE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
"""Errors of a system that cannot do a thing at all, rather than not just now."""


def write_durably(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Replaces a file by `content`, as a whole or not at all; its folder must exist."""
    aside = path.with_name(path.name + ".new")
    try:
        with open(aside, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            os.fchmod(file.fileno(), mode)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync(path.parent)


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


def replace_folder(new: Path, target: Path) -> None:
    """Gives a folder the name of another one, which takes its place where that was.

    One step on Linux, for whoever reads and for whatever ends the process. Elsewhere three renames.
    """
    if not target.exists():
        new.rename(target)
        return
    try:
        _exchange(new, target)
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


def _exchange(one: Path, other: Path) -> None:
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    paths = os.fsencode(one), os.fsencode(other)
    if renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(one), None, str(other))
