"""What reaches a terminal: every text passes through here, for it may quote what a stranger sent.

A title, user agent or file name can hold escape sequences, marks that turn the direction of
writing, or rich's markup. On the screen they are taken out, in JSON they are written as JSON has
it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from wikilake import settings
from wikilake.errors import WikilakeError

_CONTROLS = "\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff"
"""C0, DEL, C1, embeddings and overrides of direction, separators of lines, half characters."""

_CONTROL = re.compile(f"[{_CONTROLS}]")
_CONTROL_BUT_LINES = re.compile(f"(?!\n)[{_CONTROLS}]")
_BLANKS = re.compile(r"[\t\n\v\f\r\u2028\u2029]+")


def plain(value: object) -> str:
    """A value as one line of text without control characters; breaks and tabs are a blank."""
    return _CONTROL.sub("", _BLANKS.sub(" ", str(value)))


def plain_lines(text: str) -> str:
    """A message of several lines without any other control character."""
    return _CONTROL_BUT_LINES.sub("", text.replace("\r\n", "\n").replace("\t", " "))


def json_text(value: Any) -> str:
    """A value as JSON to be read by people: in UTF-8, control characters of any kind escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _CONTROL_BUT_LINES.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(text: object) -> None:
    """Prints a line, which stays one whatever it quotes."""
    click.echo(plain(text))


def say_lines(text: str) -> None:
    """Prints a text of several lines."""
    click.echo(plain_lines(text))


def complain(text: str, color: str | None = None) -> None:
    """Prints a message on standard error, in color where that is a terminal."""
    click.secho(plain_lines(text), fg=color, err=True)


def is_terminal() -> bool:
    """Whether standard output is open, and a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


class PlainConsole(Console):
    """A console that takes texts as they are, without markup, and control characters out."""

    def render_str(self, text: str, **options: Any) -> Text:
        options |= {"markup": False, "emoji": False}
        return super().render_str(plain_lines(text), **options)


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console for tables; of a width of its own where standard output is not a terminal."""
    fixed = None if is_terminal() else width
    return PlainConsole(stderr=stderr, width=fixed, markup=False, emoji=False, highlight=False)


INTERRUPTED = 130
"""Exit code of a command that Ctrl-C has ended, as shells have it."""


def run(command: Callable[[], Any]) -> int:
    """Runs a command and returns its exit code; whatever is wrong becomes a message, no traceback.

    The errors of this project have texts for users; others get a remedy here.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names that are no UTF-8, or a terminal that is none
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(command)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read the output has enough. What is left in the buffer must not be tried again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        complain(f"Error: the output cannot be written: {error.strerror}.")
        return 1


def _run(command: Callable[[], Any]) -> int:
    try:
        result = command()
        return result if isinstance(result, int) else 0
    except click.UsageError as error:
        if error.ctx is not None:
            complain(f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n")
        complain(f"Error: {error.format_message()}", "red")
        return error.exit_code
    except click.ClickException as error:
        complain(f"Error: {error.format_message()}", "red")
        return error.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except (click.Abort, KeyboardInterrupt):
        complain("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except WikilakeError as error:
        complain(f"Error: {error}", "red")
        return error.exit_code
    except ModuleNotFoundError as error:
        complain(
            f"Error: this needs the package {error.name}, which is not installed. The extras "
            "bring such packages: pip install --editable '.[spark,report,extract,serve]'",
            "red",
        )
        return 1
    except OSError as error:
        where = f"{plain(os.fsdecode(error.filename))}: " if _is_path(error.filename) else ""
        complain(
            f"Error: {where}{error.strerror or error}. Look at the name, who may read and write "
            "there, and the room on the disk, then try again."
        )
        return 1
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("duckdb", "_duckdb"):
            complain(f"Error: {_of_duckdb(str(error))}")
            return 1
        if settings.given("WIKILAKE_TRACEBACK"):
            traceback.print_exc()
        complain(
            f"Error: something that was not foreseen: {type(error).__name__}: {error}\n"
            "Please report it with what WIKILAKE_TRACEBACK=1 shows before the same command."
        )
        return 1


def _of_duckdb(message: str) -> str:
    """What DuckDB says of a file of the lake, and what to do about it."""
    from wikilake.project.remedies import remedy

    said = message.split("\n\n")[0]
    if re.search("Binder Error: .*column", said):
        return (
            f"{said}\nThe catalog was made by another version of wikilake. Make its views anew: "
            "wikilake catalog rebuild"
        )
    return said + (remedy(message) or "\nwikilake check names what is broken in the lake.")


def _is_path(name: object) -> bool:
    return isinstance(name, (str, bytes))
