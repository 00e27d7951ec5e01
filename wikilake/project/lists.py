"""The lists in seeds/reference, for what Python needs of them."""

from __future__ import annotations

import csv

from wikilake.settings import PROJECT


def read_list(name: str) -> list[dict[str, str]]:
    """The rows of a list, one dictionary of texts each."""
    path = PROJECT / "seeds" / "reference" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
