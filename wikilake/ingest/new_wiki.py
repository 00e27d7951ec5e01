"""What `wikilake init` writes: a wiki's file with comments, and the lines of a schedule."""

from __future__ import annotations

import glob
import json
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wikilake.errors import WikilakeError


class WikiUnclear(WikilakeError):
    """An answer that cannot be meant; the message says what to write."""


@dataclass(frozen=True)
class NewWiki:
    """The answers to what a wiki is."""

    domains: tuple[str, ...]
    """Hosts or domains, as people write them."""
    kind: str
    logs: tuple[str, ...]
    data: Path
    called_from: Path
    """Paths are relative to this folder."""

    def text(self, folder: Path) -> str:
        """The file to write into a folder; raises WikiUnclear."""
        hosts = [_host(text) for text in self.domains]
        domains = list(dict.fromkeys(".".join(host.split(".")[-2:]) for host in hosts))
        data = self._place(self.data, folder)
        files = [self._place(Path(text), folder) for text in self.logs]
        site = f"\n    site: {_yaml(hosts[0])}" if hosts else ""
        return f"""\
# What wikilake knows of this wiki. `wikilake run` imports what is new in its logs, builds the hours
# that are over and writes the report. Paths are relative to this file. Environment and --vars win.

settings:
  raw: {_yaml(f"{data}/raw")}
  lake: {_yaml(f"{data}/lake")}
  # Address databases; `wikilake geoip install` brings free ones, which need no line here.
  # geoip_city: geoip/city.mmdb
  # geoip_isp: geoip/asn.mmdb

variables:
  # How pages are told: mediawiki, generic, wikimedia, or a profile of your own below site_profiles.
  site_profile: {self.kind}
  # The last two labels of your hosts.
  site_domains: {_yaml(domains)}
  # From how many percent of lost or bad requests an hour warns, and is not published.
  loss_warn_percent: 0.5
  loss_error_percent: 2
  # After how many days `wikilake purge` deletes raw requests, and refined ones.
  retention_raw_days: 31
  retention_refined_days: 90

logs:
  # The host of lines that name none is `site`; docs/own-wiki.md describes what else can be said.
  - files: {_yaml(files)}{site}

report:
  file: {_yaml(f"{data}/report.html")}
  days: 14
  # Every number as it is, for you alone. false: rounded, with 25 readers behind each number.
  private: true

# An hour is built so many minutes after its end.
late_minutes: 10
"""

    def warnings(self) -> Iterator[str]:
        """What does not fit the disk as it is now."""
        for text in self.logs:
            path = self.called_from / Path(text).expanduser()
            if not path.exists() and not glob.glob(str(path), recursive=True):
                yield f"there is no log {path} yet"

    def _place(self, path: Path, folder: Path) -> str:
        whole = self.called_from / path.expanduser()
        return str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole)


def _host(text: str) -> str:
    """The host of an address, as names of domains are written in requests."""
    host = re.sub(r"^[a-z]+://", "", text.strip().lower()).split("/")[0].split(":")[0].rstrip(".")
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not re.fullmatch(r"([a-z0-9-]+\.)+[a-z0-9-]+", host):
        raise WikiUnclear(f"{text!r} is not a domain: write one like en.example.org.")
    return host


def _yaml(value: str | list[str]) -> str:
    """A value in YAML, which takes JSON's texts; plain where that is clear."""
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    is_plain = re.fullmatch(r"[A-Za-z/][A-Za-z0-9/._-]*", value) and set("/.") & set(value)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def schedule(path: Path) -> str:
    """Lines for cron, or for systemd, that run it every hour."""
    program = Path(sys.executable).parent / "wikilake"
    folder, command = shlex.quote(str(path.parent)), f"{shlex.quote(str(program))} run --quiet"
    named = "" if path.name == "wikilake.yml" else f"WIKILAKE_FILE={shlex.quote(path.name)} "
    cron = f"15 * * * * cd {folder} && {named}{command}".replace("%", r"\%")
    environment = f'\nEnvironment="WIKILAKE_FILE={_unit(path)}"' if named else ""
    return f"""
Every hour by cron (crontab -e):

{cron}

or by systemd: wikilake.service

[Service]
Type=oneshot
WorkingDirectory={_unit(path.parent)}{environment}
ExecStart="{_unit(program)}" run --quiet

and wikilake.timer

[Timer]
OnCalendar=*:15
Persistent=true

[Install]
WantedBy=timers.target
"""


def _unit(path: Path) -> str:
    """A path in a unit of systemd, where a percent sign begins a specifier."""
    return str(path).replace("%", "%%")
