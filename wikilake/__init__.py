"""wikilake: what SQL cannot do – two parsers, session set-up, the command line, samples.

`from wikilake import Lake` queries a lake from a notebook or script.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Lake"]


def __getattr__(name: str) -> Any:
    """`Lake`, loaded on demand, since the command line does not need it."""
    if name == "Lake":
        from wikilake.answers.notebook import Lake

        return Lake
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
