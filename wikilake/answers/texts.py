"""Numbers, times and lists as texts for notebooks and queries, by the names that wmfdata has."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from wikilake.errors import WikilakeError
from wikilake.lake.paths import quoted, quoted_for_spark


class NoText(WikilakeError):
    """A value that has no such text; the message says what to write."""


def pct_str(share: float, decimals: int = 1) -> str:
    """A share as percent: 0.1234 is `12.3%`."""
    return f"{share * 100:,.{decimals}f}%"


def num_str(number: Any, n_figs: int = 2) -> str | None:
    """A number rounded to so many figures: 1234567 is `1,200,000`; None for what is no number."""
    if number is None or not isinstance(number, Real | Decimal) or not math.isfinite(number):
        return None
    if isinstance(number, Integral):
        number = int(number)
    elif not isinstance(number, Decimal):
        number = float(number)
    exponent = math.floor(math.log10(abs(number))) if number else 0
    return f"{round(number, n_figs - 1 - exponent):,}"


def mediawiki_dt(time: date) -> str:
    """A time as databases of MediaWiki have it, 14 digits in UTC; one without a zone is in UTC."""
    if not isinstance(time, datetime):
        time = datetime(time.year, time.month, time.day)
    if time.tzinfo:
        time = time.astimezone(UTC)
    return f"{time.year:04}{time:%m%d%H%M%S}"


def sql_tuple(values: Iterable[Any], engine: str = "duckdb") -> str:
    """Values as SQL has them after `in`: `('a', 'b')`, each as a literal of the engine."""
    if isinstance(values, str | bytes):
        raise NoText("sql_tuple takes a list: write [text] for one text.")
    literals = [_literal(value, engine) for value in values]
    if not literals:
        raise NoText("sql_tuple has no values: `in ()` is no SQL, so leave the condition out.")
    return f"({', '.join(literals)})"


def _literal(value: Any, engine: str) -> str:
    quote = quoted_for_spark if engine == "spark" else quoted
    if isinstance(value, str) and "\0" not in value:
        return quote(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real | Decimal) and math.isfinite(value):
        return format(value, "f") if isinstance(value, Decimal) else repr(float(value))
    if isinstance(value, datetime):
        return f"timestamp {quote(value.isoformat(' '))}"
    if isinstance(value, date):
        return f"date {quote(value.isoformat())}"
    raise NoText(f"sql_tuple: {value!r} is no text, number or time. Leave it out.")
