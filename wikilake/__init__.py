"""wikilake: what SQL cannot do – two parsers, session set-up, the command line, samples.

`from wikilake import Lake` queries a lake from a notebook or script.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PLACES = {
    "Lake": "wikilake.answers.notebook",
    "mediawiki_dt": "wikilake.answers.texts",
    "num_str": "wikilake.answers.texts",
    "pct_str": "wikilake.answers.texts",
    "sql_tuple": "wikilake.answers.texts",
}
__all__ = ["Lake", "mediawiki_dt", "num_str", "pct_str", "sql_tuple"]  # noqa: F822


def __getattr__(name: str) -> Any:
    """What notebooks need, loaded on demand, since the command line does not need it."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
