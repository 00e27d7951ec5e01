"""The salts with which events are hashed: files that are never copied, and are deleted in time.

A file is called `START_END_DELETE`, each `yyyyMMddHH` in UTC; END and DELETE may be missing. Its
content, without line breaks, is the salt, used as text. A salt never leaves this module: SQL calls
event_hash, and says which hour a value is of.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.hours import HOUR, hours_between

_NAME = re.compile(r"(\d{10})_(\d{10})?_(\d{10})?")
_STAMP = "%Y%m%d%H"
KEPT = timedelta(days=50)
"""How long a salt outlives its time: longer than the second pass, after 45 days, waits."""


class SaltError(WikilakeError):
    """A salt that is missing, or a folder of salts that cannot be used."""


@dataclass(frozen=True)
class Salt:
    """A file of a salt and the time that it is for; None is never."""

    path: Path
    start: datetime
    end: datetime | None
    delete: datetime | None

    def covers(self, hour: datetime) -> bool:
        """Whether a whole hour lies in its time."""
        return self.start <= hour and (self.end is None or hour + HOUR <= self.end)

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be deleted; one without end never is."""
        last = self.delete or self.end
        return last is not None and last <= now


def folder() -> Path | None:
    """The folder of the salts; None when none is named."""
    return settings.root("WIKILAKE_SALTS") if settings.value("WIKILAKE_SALTS") else None


def salts() -> list[Salt]:
    """All salts by their start. Raises SaltError where their times overlap."""
    place = folder()
    if place is None:
        return []
    try:
        names = sorted(os.listdir(place))
    except OSError as error:
        raise SaltError(
            f"WIKILAKE_SALTS: {place} cannot be listed ({error.strerror}): name the folder of the "
            "salts, or make the first one: wikilake salts rotate."
        ) from None
    found = [_salt(place / name) for name in names if not name.startswith(".")]
    for one, other in zip(found, found[1:], strict=False):
        if one.end is None or one.end > other.start:
            raise SaltError(
                f"WIKILAKE_SALTS: the times of {one.path.name} and {other.path.name} overlap, so "
                "that nobody knows which counts: move one of them out of the folder."
            )
    return found


def require_salts(table: str, first: str, end: str) -> int:
    """How many hours of a window are hashed, all of which have a salt. Raises SaltError."""
    found = salts()
    hours = list(hours_between(datetime.fromisoformat(first), datetime.fromisoformat(end)))
    for hour in hours:
        _text(_of(hour, found, table))
    return len(hours)


def hashes_of(values: pa.Array, hours: pa.Array) -> pa.Array:
    """HMAC-SHA-256 of texts, each with the salt of its hour `YYYY-MM-DDTHH`, in upper case."""
    state = _folder_state()
    texts, named = values.to_pylist(), hours.to_pylist()
    keys = {hour: _key(hour, *state) for hour in {h for h in named if h is not None}}
    hashes = [
        text if text is None else hmac.digest(keys[hour], text.encode(), "sha256").hex().upper()
        for text, hour in zip(texts, named, strict=True)
    ]
    return pa.array(hashes, pa.string())


def hash_lists_of(lists: pa.Array, hours: pa.Array) -> pa.Array:
    """The same for lists of texts, each of one hour."""
    pairs = zip(lists.to_pylist(), hours.to_pylist(), strict=True)
    hashed = [
        hashes_of(pa.array(texts or [], pa.string()), pa.repeat(hour, len(texts or [])))
        for texts, hour in pairs
    ]
    return pa.array([texts.to_pylist() for texts in hashed], pa.list_(pa.string()))


def rotate(now: datetime, months: int = 3) -> tuple[list[str], str | None]:
    """Deletes the salts that are due and makes that of the current period, where there is none.

    Periods of so many months are counted from January 1970. Returns the names of those deleted and
    of the one made.
    """
    place = folder()
    if place is None:
        raise SaltError("WIKILAKE_SALTS is not set: name the folder where salts are kept.")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.chmod(0o700)
    gone = []
    for salt in salts():
        if salt.is_due(now):
            salt.path.unlink()
            gone.append(salt.path.name)
    hour = now.replace(minute=0, second=0, microsecond=0)
    if any(salt.covers(hour) for salt in salts()):
        return gone, None
    number = ((hour.year - 1970) * 12 + hour.month - 1) // months * months
    start, end = _month(number), _month(number + months)
    name = f"{start:{_STAMP}}_{end:{_STAMP}}_{end + KEPT:{_STAMP}}"
    handle = os.open(place / f".{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    (place / f".{name}").rename(place / name)
    return gone, name


def _month(number: int) -> datetime:
    """The first instant of a month, counted from January 1970."""
    return datetime(1970 + number // 12, number % 12 + 1, 1)


def _salt(path: Path) -> Salt:
    found = _NAME.fullmatch(path.name)
    try:
        stamps = found.groups() if found else ("",)
        times = [datetime.strptime(text, _STAMP) if text is not None else None for text in stamps]
        start, end, delete = times
    except ValueError:
        raise SaltError(
            f"WIKILAKE_SALTS: {path.name!a} is no name of a salt: write START_END_DELETE, each "
            "yyyyMMddHH, or move the file out of the folder."
        ) from None
    assert start is not None  # the name begins with it
    if end and end <= start:
        raise SaltError(
            f"WIKILAKE_SALTS: {path.name} ends before it starts: correct the file's name."
        )
    return Salt(path, start, end, delete)


def _of(hour: datetime, found: list[Salt], table: str = "") -> Salt:
    for salt in found:
        if salt.covers(hour):
            return salt
    where = folder() or "a folder that WIKILAKE_SALTS names"
    raise SaltError(
        f"No salt in {where} is for the hour {hour:{settings.HOUR_FORMAT}}, and the allowlist "
        f"hashes columns of {table or 'its events'}: make one with wikilake salts rotate, or take "
        "`hash` out of the list."
    )


def _text(salt: Salt) -> bytes:
    try:
        text = salt.path.read_bytes().replace(b"\r", b"").replace(b"\n", b"")
    except OSError as error:
        raise SaltError(
            f"WIKILAKE_SALTS: {salt.path.name} cannot be read ({error.strerror}): open the file "
            "to the user who builds the lake."
        ) from None
    if not text:
        raise SaltError(
            f"WIKILAKE_SALTS: {salt.path.name} is empty: delete the file and make a salt with "
            "wikilake salts rotate."
        )
    return text


def _folder_state() -> tuple[str, int]:
    place = folder()
    return (str(place), place.stat().st_mtime_ns) if place and place.is_dir() else ("", 0)


@lru_cache(maxsize=4096)
def _key(hour: str, _folder: str, _changed: int) -> bytes:
    return _text(_of(datetime.strptime(hour, settings.HOUR_FORMAT), salts()))
