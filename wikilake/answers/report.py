"""One self-contained page with the charts of a lake: views, readers, losses, edits.

Every chart is drawn from a table that stands below it. Numbers of readers are only in it as far as
they may be published (see upkeep/publishing.py), and totals are sums of what is shown.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from wikilake.answers.report_charts import COLOURS, Section, readable, world
from wikilake.answers.report_edits import Edits, newest_snapshot
from wikilake.answers.report_views import Views
from wikilake.errors import WikilakeError
from wikilake.ingest.geoip_credits import attribution
from wikilake.lake.lock import users_umask
from wikilake.lake.reader import open_catalog
from wikilake.upkeep import publishing

WEB_FOLDERS = {"public_html", "htdocs", "wwwroot", "www", "html", "public"}
"""Names of folders that web servers hand out."""


class PlaceIsShared(WikilakeError):
    """A private page would stand where others read or write; the message says why."""


def write_report(
    output: Path,
    first: datetime | None,
    end: datetime | None,
    snapshot: str | None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    *,
    is_private: bool = False,
    threshold: int | None = None,
    refresh: int | None = None,
) -> None:
    """Writes the page for the hours from `first` up to `end`, or a snapshot, or both.

    Hours are shown with the newest snapshot, where the lake has one and none is named. A private
    page shows every number as it is, or from `threshold` readers on, and only its owner can read
    the file. `refresh` is after how many seconds an open page is loaded anew.

    Raises PlaceIsShared before anything is read where a private page would not be its owner's.
    """
    smallest = publishing.smallest_number()
    k = 1 if is_private else smallest
    if threshold is not None:
        k = threshold if is_private else max(threshold, smallest)
    is_private = is_private or k <= 1
    if is_private:
        refuse_shared_place(output)
    sections, facts = contents(first, end, snapshot, k, progress, is_private=is_private)
    _write(output, page(sections, facts, refresh).encode(), is_private=is_private)


def contents(
    first: datetime | None,
    end: datetime | None,
    snapshot: str | None,
    k: int,
    progress: Callable[[int, int], None] = lambda done, of: None,
    *,
    is_private: bool,
) -> tuple[list[Section], list[str]]:
    """What a page shows: its sections of charts, and the facts at its head.

    At least `k` readers are behind every number of readers.
    """
    facts: list[str] = []
    sections: list[Section] = []
    with (
        tempfile.TemporaryDirectory(prefix="wikilake-") as spill,
        open_catalog(spill) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'")
        views = edits = None
        if first and end:
            views = Views(connection, first, end, k, progress, is_private=is_private)
            facts += views.facts()
            sections += [views.over_time(), views.pages(), views.readers()]
            snapshot = snapshot or newest_snapshot(connection)
        if snapshot:
            edits = Edits(connection, snapshot)
            facts += edits.facts()
            sections.append(edits.by_month())
        if views and edits:
            sections.append(edits.beside(views))
        if views:
            sections.append(views.requests())
    return sections, facts


def refuse_shared_place(output: Path) -> None:
    """Raises PlaceIsShared where others can read or write, as far as folders tell."""
    path = output.resolve()
    remedy = "Name a file in a folder of your own (--output)."
    with suppress(OSError):
        if path.parent.stat().st_mode & stat.S_IWOTH:
            raise PlaceIsShared(
                f"{path.parent} can be written by everybody, so a private page does not go there. "
                f"{remedy}"
            )
    for folder in path.parents:
        if folder.name.lower() in WEB_FOLDERS:
            raise PlaceIsShared(
                f"{folder} looks like a folder that a web server hands out, so a private page "
                f"does not go there. {remedy}"
            )
        with suppress(OSError):
            if (folder / "wikilake.duckdb").stat().st_mode & stat.S_IROTH:
                raise PlaceIsShared(
                    f"{folder} is a shared lake, so a private page does not go there. {remedy}"
                )


def _write(output: Path, content: bytes, *, is_private: bool) -> None:
    """Puts a page in its place: whoever has the old one open never reads half of a new one.

    What is written to through a link, or is no file, keeps its place.
    """
    mode = 0o600 if is_private else 0o666 & ~users_umask()
    if output.is_symlink() or (output.exists() and not output.is_file()):
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            if output.is_file():
                os.fchmod(file.fileno(), mode)
            file.write(content)
        return
    handle, name = tempfile.mkstemp(prefix=f".{output.name[:100]}-", dir=output.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            if is_private and os.fstat(file.fileno()).st_mode & 0o077:
                raise PlaceIsShared(
                    f"{output.parent} lets others read every file, so a private page does not go "
                    "there. Name a file in a folder of your own (--output)."
                )
            file.write(content)
        aside.replace(output)
    finally:
        aside.unlink(missing_ok=True)


def page(sections: Sequence[Section], facts: Sequence[str], refresh: int | None = None) -> str:
    """The whole page as HTML; charts without rows are left out."""
    import vl_convert

    for section in sections:
        section.charts = [chart for chart in section.charts if chart.rows]
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    templates.filters["number"] = readable
    return templates.get_template("report.html.jinja").render(
        sections=[section for section in sections if section.charts],
        facts=facts,
        refresh=refresh,
        credits=attribution(),
        colours=COLOURS,
        world=json.dumps(world(), separators=(",", ":")),
        library=vl_convert.javascript_bundle(),  # type: ignore[call-arg]  # snippet has a default
    )
