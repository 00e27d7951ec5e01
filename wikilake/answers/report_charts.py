"""Charts that stand on a table: what the report and notebooks draw.

Names in them may be anything a stranger has sent. They are shown, and act on nothing around them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

import altair as alt

MOST_BARS = 20
OTHER = "all others"
UNKNOWN = "unknown"
LONGEST_NAME = 300
"""Characters of a name that are shown; no title of MediaWiki has more."""

# These can be told apart by colour-blind readers and read on white and on black.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a7bd1", "#b58900", "#56a0d3", "#999999"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

WORLD = "world"
"""The data set of outlines, which the page holds once for all charts."""

TimeUnit = Literal["utcyearmonth", "utcyearmonthdate", "utcyearmonthdatehours"]
Picture = alt.Chart | alt.LayerChart | alt.FacetChart

_LEGEND = alt.Legend(orient="top", columns=3, labelLimit=160)


@dataclass
class Chart:
    """A table and its chart."""

    name: str
    title: str
    explanation: str
    columns: Sequence[str]
    rows: list[tuple]
    picture: Picture
    drawn: list[tuple] | None = None
    """The rows in the chart, if not all."""
    values: list[dict[str, Any]] | None = None
    """What the chart draws where that is not rows of the table; texts in it are our own, or
    made by `drawn_value`."""
    total: int | None = None
    height: int | None = 240
    """Height of the chart in pixels; None is what its rows need."""
    spec: str = field(init=False, default="")

    def __post_init__(self) -> None:
        shown = self.rows if self.drawn is None else self.drawn
        values = self.values
        if values is None:
            values = [dict(zip(self.columns, map(drawn_value, row), strict=True)) for row in shown]
        spec = self.picture.properties(
            data=alt.InlineData(values=values),
            width="container",
            description=self.explanation,
            height=self.height or 24 * max(len(shown), 3),
        ).to_dict()
        # A title may hold anything, even text that would end the script around the spec.
        self.spec = json.dumps(spec).replace("<", "\\u003c")


@dataclass
class Section:
    """Charts that belong together, with a sentence on each table that has no chart."""

    name: str
    title: str
    charts: list[Chart]


# Control characters, separators of lines, and what turns the direction of the text around it.
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]")


def shown_name(name: str) -> str:
    """A name that can be shown anywhere: nothing in it affects the text around it."""
    text = _NOT_SHOWN.sub("\ufffd", name)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def title_as_read(title: str) -> str:
    """A title or path as people read it: decoded, blanks for underscores.

    What is no UTF-8 stays encoded. MediaWiki allows no title that decoding would change.
    """
    try:
        decoded = unquote(title, errors="strict")
    except UnicodeDecodeError:
        decoded = title
    return decoded.replace("_", " ")


def drawn_value(value: object) -> Any:
    """A value as JSON has it; times as texts that browsers read as UTC.

    Names are put between invisible marks (first strong isolate and its end), which keep their
    direction to themselves, and none is a name of JavaScript's own, such as `constructor`.
    """
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if value is None or isinstance(value, (int, float)):
        return value
    return f"\u2068{shown_name(str(value))}\u2069"


def readable(value: object) -> str:
    """A value as the tables show it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return shown_name(str(value))


def topmost(rows: Iterable[tuple], most: int) -> list[tuple]:
    """The first `most` groups by count, and all others together as `all others`, the last."""
    ranked = sorted(rows, key=lambda row: (row[0] == OTHER, -row[-1], str(row[0])))
    named = [row for row in ranked if row[0] != OTHER]
    rest = sum(row[-1] for row in ranked) - sum(row[-1] for row in named[:most])
    return named[:most] + ([(OTHER, rest)] if rest else [])


def percent(part: float, whole: float) -> float | None:
    """A part of a whole in percent, to a tenth; None of nothing."""
    return round(part * 100 / whole, 1) if whole else None


def time_axis(unit: TimeUnit) -> alt.X:
    return alt.X("time:T", timeUnit=unit, title=None, axis=alt.Axis(labelOverlap=True, tickCount=6))


def bars(label: str, measure: str) -> alt.Chart:
    """Bars across, one per row, in the order of the rows; those below zero have their colour."""
    return (
        alt.Chart()
        .mark_bar()
        .encode(
            x=alt.X(f"{measure}:Q", title=measure, axis=alt.Axis(tickCount=4)),
            y=alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=190)),
            color=alt.condition(
                alt.datum[measure] < 0, alt.value(COLOURS[1]), alt.value(COLOURS[0])
            ),
            tooltip=[alt.Tooltip(f"{label}:N"), alt.Tooltip(f"{measure}:Q", format=",")],
        )
    )


def bars_over_time(series: str, measure: str, unit: TimeUnit) -> alt.Chart:
    """Bars over time, one colour per group."""
    return _over_time(alt.Chart().mark_bar(), series, measure, unit)


def lines(series: str, measure: str, unit: TimeUnit) -> alt.Chart:
    """Lines over time, one colour per group."""
    return _over_time(alt.Chart().mark_line(point=True), series, measure, unit)


def _over_time(marks: alt.Chart, series: str, measure: str, unit: TimeUnit) -> alt.Chart:
    return marks.encode(
        x=time_axis(unit),
        y=alt.Y(f"{measure}:Q", title=measure, axis=alt.Axis(tickCount=5)),
        color=alt.Color(f"{series}:N", title=None, legend=_LEGEND),
        tooltip=["time:T", f"{series}:N", alt.Tooltip(f"{measure}:Q", format=",")],
    )


def pairs(label: str, series: str, measure: str) -> alt.Chart:
    """Bars across, one below the other per member of a series."""
    return (
        alt.Chart()
        .mark_bar()
        .encode(
            x=alt.X(f"{measure}:Q", title=measure, axis=alt.Axis(tickCount=4)),
            y=alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=190)),
            yOffset=alt.YOffset(f"{series}:N", sort=None),
            color=alt.Color(f"{series}:N", sort=None, title=None, legend=_LEGEND),
            tooltip=[f"{label}:N", f"{series}:N", alt.Tooltip(f"{measure}:Q", format=",")],
        )
    )


def week(measure: str) -> alt.Chart:
    """A square per weekday and hour, the darker the more."""
    return (
        alt.Chart()
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title="hour (UTC)", scale=alt.Scale(domain=list(range(24)))),
            y=alt.Y("weekday:O", title=None, scale=alt.Scale(domain=WEEKDAYS)),
            color=alt.Color(f"{measure}:Q", title=None, scale=_shades(), legend=_SHADES_LEGEND),
            tooltip=["weekday:O", "hour:O", alt.Tooltip(f"{measure}:Q", format=",.1f")],
        )
    )


_SHADES_LEGEND = alt.Legend(orient="top", gradientLength=160, tickCount=3)


def _shades(**options: Any) -> alt.Scale:
    """From pale to dark: read on white and on black alike."""
    return alt.Scale(range=["#cfe3f3", COLOURS[0], "#00304f"], **options)


@cache
def world() -> dict[str, Any]:
    """Outlines of countries by their codes, and `places`, the middle of those too small for one.

    They are Natural Earth's, which are in the public domain, as the npm package world-atlas has
    them (1:110 million; middles from 1:50 million).
    """
    return json.loads(Path(__file__).with_name("world.json").read_text(encoding="utf-8"))


def map_of(rows: Iterable[tuple[str, str, int]], measure: str) -> tuple[Picture, list[dict]]:
    """A map of (country, code, number), and its values; codes without a place are not on it."""
    known = {country.get("id") for country in world()["objects"]["countries"]["geometries"]}
    values: list[dict[str, Any]] = []
    for country, code, number in rows:
        value = {"country": drawn_value(country), "code": code, measure: number}
        if code in known:
            values.append(value)
        elif code in world()["places"]:
            longitude, latitude = world()["places"][code]
            values.append(value | {"longitude": longitude, "latitude": latitude})
    outlines = alt.NamedData(
        name=WORLD, format=alt.TopoDataFormat(type="topojson", feature="countries")
    )
    most = max((value[measure] for value in values), default=1)
    colour = alt.Color(
        f"{measure}:Q",
        title=None,
        scale=_shades(type="symlog", domain=[0, most]),
        legend=_SHADES_LEGEND,
    )
    tooltip = ["country:N", alt.Tooltip(f"{measure}:Q", format=",")]
    land = alt.Chart(outlines).mark_geoshape(fill="#8885", stroke="#888", strokeWidth=0.4)
    countries = (
        alt.Chart()
        .transform_lookup("code", alt.LookupData(data=outlines, key="id"), as_="outline")
        .transform_filter("isValid(datum.outline)")
        .mark_geoshape(stroke="#888", strokeWidth=0.4)
        .encode(shape=alt.Shape("outline:G"), color=colour, tooltip=tooltip)
    )
    small = (
        alt.Chart()
        .transform_filter("isValid(datum.longitude)")
        .mark_circle(size=60, stroke="#888", strokeWidth=0.5, opacity=1)
        .encode(longitude="longitude:Q", latitude="latitude:Q", color=colour, tooltip=tooltip)
    )
    return alt.layer(land, countries, small).project(type="equalEarth"), values
