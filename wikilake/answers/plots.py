"""The report's charts in a notebook: pictures where Jupyter shows them, and frames.

They are made as those of its page are, so that they show no smaller group and no other number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.upkeep import publishing

WIDTH = 640


class NoPlot(WikilakeError):
    """A chart that a report does not have, or a time that is none; the message says what is."""


@dataclass(frozen=True)
class Plot:
    """A chart of the report. Jupyter shows it; `svg()` is its picture, `pandas()` what it draws."""

    name: str
    title: str
    explanation: str
    spec: dict[str, Any]

    def svg(self) -> str:
        """The picture as a text of SVG."""
        import vl_convert

        from wikilake.answers import report

        colours = {"config": {"range": {"category": report.COLOURS}}}
        shown = self.spec | {"width": WIDTH, "background": "white", "title": self.title} | colours
        return vl_convert.vegalite_to_svg(shown)

    def pandas(self) -> Any:
        """The rows that are drawn, as a pandas DataFrame."""
        data = self.spec["data"]
        rows = data.get("values") or self.spec.get("datasets", {}).get(data.get("name"), [])
        return pa.Table.from_pylist([_plain(row) for row in rows]).to_pandas()

    def __repr__(self) -> str:
        return f"{self.title}: {self.explanation}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": repr(self)}


class Plots(Mapping[str, Plot]):
    """The charts of a report by their names."""

    def __init__(self, plots: list[Plot]) -> None:
        self._plots = {plot.name: plot for plot in plots}

    def __getitem__(self, name: str) -> Plot:
        if name not in self._plots:
            raise NoPlot(f"There is no chart {name!r}, but {', '.join(self._plots)}.")
        return self._plots[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plots)

    def __len__(self) -> int:
        return len(self._plots)

    def __repr__(self) -> str:
        return "\n".join(f"{plot.name}: {plot.title}" for plot in self._plots.values())


def plots(
    root: Path,
    first: str | datetime | None,
    end: str | datetime | None,
    snapshot: str | None,
    *,
    is_private: bool,
) -> Plots:
    """The charts of a lake's report on the hours from `first` up to `end`, a snapshot, or both."""
    from wikilake.answers import report
    from wikilake.answers.report_charts import world

    if (first is None) != (end is None) or not (first or snapshot):
        raise NoPlot("Say a first hour and the one after the last, or a snapshot, or both.")
    found = []
    with settings.changed(lake=root):
        k = 1 if is_private else publishing.smallest_number()
        sections, _ = report.contents(_hour(first), _hour(end), snapshot, k, is_private=is_private)
        for chart in (chart for section in sections for chart in section.charts if chart.rows):
            spec = json.loads(chart.spec)
            if "projection" in spec:
                spec["datasets"] = spec.get("datasets", {}) | {"world": world()}
            found.append(Plot(chart.name, chart.title, chart.explanation, spec))
    return Plots(found)


def _hour(time: str | datetime | None) -> datetime | None:
    if time is None or isinstance(time, datetime):
        return time
    try:
        return datetime.strptime(time, "%Y-%m-%dT%H")
    except ValueError:
        raise NoPlot(f"{time!r} is no hour: write it as 2026-11-01T00.") from None


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A drawn row with times, and with names without the marks that keep their direction."""
    return {
        column: value
        if not isinstance(value, str)
        else datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
        if column == "time"
        else value.removeprefix("\u2068").removesuffix("\u2069")
        for column, value in row.items()
    }
