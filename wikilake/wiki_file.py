"""`wikilake.yml`, which says once what is so of a wiki: where its logs and data are, what it is.

Its settings become the environment of a command, unless they are there, and its variables are
dbt's, unless `--vars` says others. Nobody else needs to know of the file.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.project.remedies import nearest
from wikilake.settings import PROJECT, SETTINGS

NAME = "wikilake.yml"

OF_A_RUN = ("hour", "from", "to", "day", "month", "settled", "accept_loss")
"""Variables that belong to one run and would be wrong in all others."""

SETTINGS_HERE = {
    name.removeprefix("WIKILAKE_").lower(): setting
    for name, setting in SETTINGS.items()
    if not setting.is_internal and name not in ("WIKILAKE_FILE", "WIKILAKE_DATABASE_PASSWORD")
}
"""Settings by their names in the file, which holds no secret."""


class WikiFileError(WikilakeError):
    """A file that cannot be read or is not understood; the message says where and what to write."""


@dataclass(frozen=True)
class LogEntry:
    """Logs of one form: an entry of `logs`."""

    line: int
    files: tuple[str, ...]
    """Paths or patterns."""
    source: str = "text"
    options: dict[str, Any] = field(default_factory=dict)
    """What the logs do not say themselves: the parts of a LogFormat."""


@dataclass(frozen=True)
class WikiFile:
    """What a file says, its paths absolute."""

    path: Path
    settings: dict[str, str] = field(default_factory=dict)
    """Values by the names of environment variables."""
    variables: dict[str, Any] = field(default_factory=dict)
    logs: tuple[LogEntry, ...] = ()
    report: Path | None = None
    report_days: int = 14
    is_report_private: bool = False
    public_report: Path | None = None
    """A second page, whose numbers others may see."""
    late_minutes: int = 10
    """How long after its end an hour waits for lines that servers keep back."""

    def environment(self) -> dict[str, str]:
        """What settings.changed() takes: the settings that the environment does not say."""
        said = dict(self.settings)
        if self.variables:
            said["WIKILAKE_VARIABLES"] = json.dumps(self.variables, default=str)
        return {
            name.removeprefix("WIKILAKE_").lower(): text
            for name, text in said.items()
            if settings.given(name) is None
        }


def find(folder: Path) -> Path | None:
    """The file for a command called from a folder: of WIKILAKE_FILE, there, or of the project."""
    named = settings.given("WIKILAKE_FILE")
    if named is not None:
        return folder / Path(named).expanduser() if named else None
    return next((path for at in (folder, PROJECT) if (path := at / NAME).exists()), None)


def read(path: Path) -> WikiFile:
    """What a file says; raises WikiFileError with its line for what is not understood."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise WikiFileError(f"{path} is no file. {_REMEDY}")
        text = path.read_bytes().decode()
    except OSError as error:
        raise WikiFileError(f"{path} cannot be read: {error.strerror}. {_REMEDY}") from None
    except UnicodeDecodeError as error:
        raise WikiFileError(f"{path} is not UTF-8 at byte {error.start}. {_REMEDY}") from None
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise WikiFileError(f"{where}: this is no YAML: {error.problem}.") from None
    except (yaml.YAMLError, RecursionError) as error:
        said = str(error).splitlines()[0] if isinstance(error, yaml.YAMLError) else "it is too deep"
        raise WikiFileError(f"{path}: this is no YAML: {said}.") from None
    if root is None or _Part(path, root, "").is_null():
        raise WikiFileError(f"{path} is empty. {_REMEDY}")
    return _of_root(path, _Part(path, root, ""))


_REMEDY = "`wikilake init` writes one."


@dataclass(frozen=True)
class _Part:
    """A part of a file, which knows its line."""

    path: Path
    node: yaml.Node
    name: str

    @property
    def line(self) -> int:
        return self.node.start_mark.line + 1

    def fault(self, text: str) -> WikiFileError:
        of = f"{self.name}: " if self.name else ""
        return WikiFileError(f"{self.path}:{self.line}: {of}{text}")

    def value(self) -> Any:
        """What YAML makes of it."""
        try:
            return yaml.SafeLoader("").construct_document(self.node)
        except (yaml.YAMLError, RecursionError, ValueError):
            raise self.fault("this cannot be read: write plain texts, numbers and lists.") from None

    def parts(self, known: Iterable[str] | None) -> dict[str, _Part]:
        """The parts of a mapping by their names, which are known ones."""
        if self.is_null():
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            raise self.fault("write `name: value` on lines of their own.")
        found: dict[str, _Part] = {}
        for key, node in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.fault("a name is a text.")
            name, part = key.value, _Part(self.path, node, key.value)
            at = _Part(self.path, key, self.name)
            if known is not None and name not in known:
                raise at.fault(
                    f"there is no {name!r}.{nearest(name, known)} Known are {', '.join(known)}."
                )
            if name in found:
                raise at.fault(f"{name!r} is there twice, first in line {found[name].line}.")
            found[name] = part
        return found

    def members(self) -> Iterator[_Part]:
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.fault("write a list, each entry after a dash.")
        for node in self.node.value:
            yield _Part(self.path, node, self.name)

    def text(self) -> str:
        """A text, or a number as one."""
        value = self.value()
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self.fault("write a text, in quotes where it looks like something else.")
        text = self.node.value if isinstance(self.node, yaml.ScalarNode) else str(value)
        if not text.strip() or not text.isprintable():
            raise self.fault("write a text that can be seen.")
        return text

    def texts(self) -> tuple[str, ...]:
        """A list of texts, or one."""
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(part.text() for part in self.members())
        return (self.text(),)

    def flag(self) -> bool:
        value = self.value()
        if not isinstance(value, bool):
            raise self.fault("write true or false.")
        return value

    def number(self, least: int) -> int:
        value = self.value()
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 10**6:
            raise self.fault(f"write a whole number of at least {least}.")
        return value

    def place(self) -> str:
        """A path, from the folder of the file."""
        return str(_absolute(self.path, self.text()))

    def is_null(self) -> bool:
        """Whether nothing is said."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag.endswith(":null")


def _absolute(file: Path, text: str) -> Path:
    return Path(os.path.abspath(file.absolute().parent / Path(text).expanduser()))


def _of_root(path: Path, root: _Part) -> WikiFile:
    parts = root.parts(("settings", "variables", "logs", "report", "late_minutes"))
    said: dict[str, Any] = {}
    if "settings" in parts:
        said["settings"] = dict(_settings(parts["settings"]))
    if "variables" in parts:
        said["variables"] = _variables(parts["variables"])
    if "logs" in parts:
        said["logs"] = tuple(_log(part) for part in parts["logs"].members())
    if "late_minutes" in parts:
        said["late_minutes"] = parts["late_minutes"].number(0)
    if "report" in parts:
        report = parts["report"].parts(("file", "days", "private", "public"))
        if "file" not in report:
            raise parts["report"].fault("say which file, for example file: report.html")
        said["report"] = Path(report["file"].place())
        if "days" in report:
            said["report_days"] = report["days"].number(1)
        if "private" in report:
            said["is_report_private"] = report["private"].flag()
        if "public" in report:
            said["public_report"] = Path(report["public"].place())
            if said["public_report"] == said["report"]:
                raise report["public"].fault("this is the file of the other page: name a second.")
    return WikiFile(path, **said)


def _settings(part: _Part) -> Iterator[tuple[str, str]]:
    for name, given in part.parts(SETTINGS_HERE).items():
        setting = SETTINGS_HERE[name]
        if setting.is_path:
            places = [_absolute(given.path, text) for text in given.texts()]
            yield setting.name, ":".join(map(str, places))
        else:
            yield setting.name, given.text()


def variable_names() -> dict[str, Any]:
    """The variables of the project with their defaults."""
    text = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["vars"]


def _variables(part: _Part) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, given in part.parts(variable_names()).items():
        if name in OF_A_RUN:
            raise given.fault("this is for one run, not for all: give it by --vars.")
        value = given.value()
        found[name] = value.isoformat() if isinstance(value, date) else value
    return found


def _log(part: _Part) -> LogEntry:
    texts, lists = ("site", "hostname", "format", "time_zone"), ("extra", "trusted_proxies")
    known = ("files", "source", *texts, *lists, "host_after_client", "fields")
    given = part.parts(known)
    if "files" not in given:
        raise part.fault("say which files, for example files: /var/log/nginx/access.log*")
    options: dict[str, Any] = {name: given[name].text() for name in texts if name in given}
    options |= {name: given[name].texts() for name in lists if name in given}
    if "host_after_client" in given:
        options["host_after_client"] = given["host_after_client"].flag()
    if "fields" in given:
        fields = given["fields"].parts(None)
        options["fields"] = tuple((name, path.text()) for name, path in fields.items())
    files = tuple(str(_absolute(part.path, text)) for text in given["files"].texts())
    source = given["source"].text() if "source" in given else "text"
    return LogEntry(part.line, files, source, options)
