"""`wikilake report`: a page once, or again and again while a log grows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from wikilake.cli.group import main
from wikilake.cli.parameters import CALLED_FROM, Hour, Snapshot
from wikilake.lake.reader import require_lake
from wikilake.terminal import say


@main.command()
@click.option("--from", "first", type=Hour(), help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), help="Hour after the last one.")
@click.option(
    "--snapshot",
    type=Snapshot(),
    help="A snapshot of edit histories, too or alone. Default beside hours: the newest.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page to write. Default: report.html, or report-private.html with --private.",
)
@click.option("--private", is_flag=True, help="For yourself alone: every number as it is.")
@click.option(
    "--threshold",
    type=click.IntRange(min=1),
    help="Readers behind each number. Default: 1 with --private, else what may be published.",
)
@click.option("--watch", is_flag=True, help="Follow the logs of wikilake.yml until Ctrl-C.")
@click.option(
    "--every",
    type=click.IntRange(1, 24 * 3600),
    default=60,
    show_default=True,
    help="Seconds between two pages of --watch.",
)
def report(
    first: datetime | None,
    end: datetime | None,
    snapshot: str | None,
    output: Path | None,
    private: bool,
    threshold: int | None,
    watch: bool,
    every: int,
) -> None:
    """Draw hours and a snapshot on one self-contained page: views, readers, losses, edits.

    \b
    wikilake report --from 2026-11-01T00 --to 2026-11-02T00 --output report.html
    wikilake report --private --from 2026-11-01T00 --to 2026-11-02T00
    wikilake report --watch

    The page needs no network. Its numbers are rounded and have enough readers behind them, by hours
    and whole days; smaller groups are added up or left out (docs/privacy.md). With --private every
    number is exact: the page is for you alone, only you can read the file, and it goes into no
    folder that others can write to or a web server hands out. Hours are compared with as many
    before them, where the lake has these.

    --watch imports what is new in the logs of wikilake.yml, builds its hours, also the one that is
    not over, and writes the page of its last days, every minute. An open page follows.
    """
    from wikilake.answers.report import write_report
    from wikilake.progress import progress_bar

    path = output and CALLED_FROM / output.expanduser()
    if watch:
        if first or end or snapshot:
            raise click.UsageError("--watch shows the last days: leave out what it is to show.")
        from wikilake.cli.watch import watch_logs

        watch_logs(path, every, is_private=private, threshold=threshold)
        return
    require_lake()
    if bool(first) != bool(end) or not (first or snapshot):
        raise click.UsageError("Say which hours (--from and --to), which --snapshot, or both.")
    if first and end and first >= end:
        raise click.UsageError("--to is the hour after the last one, so it must be after --from.")
    path = path or CALLED_FROM / ("report-private.html" if private else "report.html")
    try:
        with progress_bar("hours") as progress:
            task = progress.add_task("counting")
            write_report(
                path,
                first,
                end,
                snapshot,
                progress=lambda done, of: progress.update(task, completed=done, total=of),
                is_private=private,
                threshold=threshold,
            )
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from None
    say(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB): open it in a browser.")
