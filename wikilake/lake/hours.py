"""Hours, the partitions that bear their names, and windows of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


def hours_between(first: datetime, end: datetime) -> Iterator[datetime]:
    """The hours from `first` up to, but not including, `end`."""
    while first < end:
        yield first
        first += HOUR


def hour_path(hour: datetime) -> str:
    """The path of an hour's partitions below a table or a source."""
    return f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
