"""A wiki of one's own from `wikilake init` to a report: one file and one command."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import BIN, PROJECT, Lake
from test_analyses import QUESTIONS, answer

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DAY = datetime(2026, 11, 1)


class OwnLake(Lake):
    """A lake that only wikilake.yml names."""

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    def environment(self) -> dict[str, str]:
        said = super().environment() | {"WIKILAKE_FILE": str(self.folder / "wikilake.yml")}
        said.pop("WIKILAKE_LAKE")
        return said


def line(time: datetime, page: str, agent: str = DESK, client: int = 7) -> str:
    return (
        f"198.51.100.{client} - - [{time:%d/%b/%Y:%H:%M:%S} +0000] "
        f'"GET /wiki/{page} HTTP/1.1" 200 2000 "https://duckduckgo.com/" "{agent}"\n'
    )


def hour(number: int) -> str:
    pages = ["Cat", "Talk:Cat", "User_talk:Ann", "Diskussion:Katze", "Cat", "Special:Search"]
    return "".join(
        line(DAY + timedelta(hours=number, minutes=minute), page, PHONE if minute % 3 else DESK)
        for minute, page in enumerate(pages * 3)
    )


@dataclass
class Story:
    """What each step of the life of a lake said."""

    lake: OwnLake
    init: subprocess.CompletedProcess
    runs: list[subprocess.CompletedProcess]
    views: list[dict[int, int]]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Two runs at once on hours 0 and 2 and one that is not over; then one on a rotated log."""
    folder = tmp_path_factory.mktemp("own")
    lake = OwnLake(folder)
    log, runs, views = folder / "access.log", [], []
    init = lake.wikilake(
        "init", "--domain", "en.example.org", "--log", str(log), "--data", folder,
        "--output", folder / "wikilake.yml",
    )  # fmt: skip
    file = folder / "wikilake.yml"
    text = file.read_text().replace("variables:", "variables:\n  site_namespaces: {Diskussion: 1}")
    file.write_text(text)

    def run(times: int) -> None:
        started = [
            subprocess.Popen(
                [BIN / "wikilake", "run"], cwd=PROJECT, env=lake.environment(), text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
            for _ in range(times)
        ]  # fmt: skip
        done = [subprocess.CompletedProcess(each.args, 0, *each.communicate()) for each in started]
        for each, process in zip(done, started, strict=True):
            each.returncode = process.returncode
        runs.extend(sorted(done, key=lambda each: "Built" not in each.stdout))
        found = lake.query("select hour, sum(view_count) from wmf.pageview_hourly group by all")
        views.append({number: int(count) for number, count in found})

    now = datetime.now(UTC).replace(tzinfo=None)
    log.write_text(hour(0) + hour(2) + line(now, "Now") + line(now, "Half")[:40])
    run(2)
    packed = folder / "access.log.1.gz"
    packed.write_bytes(gzip.compress(log.read_bytes() + line(now, "Half")[40:].encode()))
    log.write_text(line(DAY + timedelta(hours=2, minutes=59), "Late", client=8))
    run(1)
    return Story(lake, init, runs, views)


def test_one_file_and_one_command_lead_to_numbers_and_a_report(story: Story):
    assert story.init.returncode == 0, story.init.stderr
    assert "OnCalendar=*:15" in story.init.stdout and "15 * * * * cd " in story.init.stdout
    first = story.runs[0]
    assert first.returncode == 0, first.stderr
    assert story.views[0] == {0: 18, 2: 18}
    assert "Built 3 hours from 2026-11-01T00: 36 requests" in first.stdout
    report = story.lake.folder / "report.html"
    assert report.stat().st_mode & 0o077 == 0 and "Diskussion:Katze" in report.read_text()


def test_an_hour_that_is_not_over_waits_and_a_line_without_end_as_well(story: Story):
    assert re.search(r"Not over yet: \d{4}-\d\d-\d\dT\d\d \(UTC\)", story.runs[0].stdout)
    assert "A last line without line end waits" in story.runs[0].stdout
    assert set(story.views[0]) == {0, 2}


def test_of_two_runs_at_once_one_builds_and_the_other_waits_and_has_nothing_to_do(story: Story):
    one, other = story.runs[:2]
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert "Waiting for another run (process " in one.stderr + other.stderr
    assert "Built 3 hours" in one.stdout and "Built" not in other.stdout
    assert "Nothing new" in other.stdout and "No hour is to be built" in other.stdout


def test_a_rotated_log_counts_once_and_a_late_line_has_its_hour_built_again(story: Story):
    third = story.runs[2]
    assert third.returncode == 0, third.stderr
    assert "Built 1 hour from 2026-11-01T02: 19 requests" in third.stdout
    assert story.views[1] == {0: 18, 2: 19}


def test_mobile_web_is_told_by_the_user_agent_and_namespaces_by_titles(story: Story):
    rows = story.lake.query(
        "select page_title, namespace_id, access_method, sum(view_count) from wmf.pageview_hourly "
        "where hour = 0 group by all"
    )
    assert {(title, number) for title, number, *_ in rows} == {
        ("Cat", 0), ("Talk:Cat", 1), ("User_talk:Ann", 3), ("Diskussion:Katze", 1),
        ("Special:Search", -1),
    }  # fmt: skip
    methods = {"desktop": 0, "mobile web": 0}
    for _, _, method, count in rows:
        methods[method] += count
    assert methods == {"desktop": 6, "mobile web": 12}


def test_every_question_has_an_answer_for_an_access_log(story: Story):
    done = story.lake.plain_dbt(
        "compile", "-q", "--select", "resource_type:analysis", "--vars",
        json.dumps({"hour": "2026-11-01T00", "site_profile": "mediawiki"}),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    compiled = story.lake.folder / "target/compiled/wikilake/analyses"
    answers = {
        name: answer(story.lake, compiled, name)
        for name, path in QUESTIONS.items()
        if path.parent.name in ("pageview", "webrequest")
    }
    [share] = answers["mobile_share_by_project"]
    assert (share["project"], share["view_count"]) == ("en.example", 37)
    assert 60 < share["percent_mobile_web"] < 70
    assert answers["top_pages_without_bots"][0]["page_title"] == "Cat"
    assert {row["country_code"] for row in answers["countries_of_readers"]} == {"--"}


def test_a_file_that_is_misspelt_is_named_by_every_command_but_help(story: Story):
    file = story.lake.folder / "misspelt.yml"
    file.write_text("settings:\n  lak: x\n")
    lake = OwnLake(story.lake.folder)
    lake.environment = lambda: story.lake.environment() | {"WIKILAKE_FILE": str(file)}
    for command in (("run",), ("summary", "--from", "2026-11-01T00", "--to", "2026-11-01T01")):
        done = lake.wikilake(*command)
        assert done.returncode == 1
        assert f"{file}:2: settings: there is no 'lak'. Did you mean lake?" in done.stderr


def test_logs_that_are_not_there_are_said_and_others_go_on(story: Story):
    file, log = story.lake.folder / "lost.yml", story.lake.folder / "other.log"
    log.write_text("who knows\n" * 3)
    text = (story.lake.folder / "wikilake.yml").read_text()
    logs = "  - files: [lost*.log, other.log]\n"
    file.write_text(text.replace("logs:\n", f"logs:\n{logs}"))
    lake = OwnLake(story.lake.folder)
    lake.environment = lambda: story.lake.environment() | {"WIKILAKE_FILE": str(file)}
    done = lake.wikilake("run", "--quiet")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"there is no log {story.lake.folder}/lost*.log" in done.stderr
    assert "other.log: not one of its first 3 lines can be read" in done.stderr
    assert done.stdout == ""


def test_a_build_without_a_site_warns_of_pages_without_views_and_import_says_how(lake: Lake):
    lake.settings |= {"WIKILAKE_RAW": str(lake.folder / "raw")}
    log = lake.folder / "access.log"
    log.write_text(hour(0))
    done = lake.wikilake("import", "--site", "en.example.org", log)
    [hint] = [text for text in done.stdout.splitlines() if text.startswith("Refine them: ")]
    assert f"WIKILAKE_RAW={lake.folder}/raw WIKILAKE_LAKE={lake.root} wikilake build" in hint
    assert "--vars '{site_profile: mediawiki, site_domains: [example.org]}'" in hint
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 0, built.stderr
    assert "hour_text=2026-11-01T00, domain=example.org, html_requests=18" in built.stderr
    assert "name the domain in site_domains" in built.stderr
    assert PROJECT.exists()
