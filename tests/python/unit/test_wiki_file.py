"""wikilake.yml: what it may say, and that every mistake in it is named with its line."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from wikilake import settings, wiki_file
from wikilake.ingest.new_wiki import NewWiki, WikiUnclear, schedule
from wikilake.lake.due_hours import RunState, digest, due
from wikilake.project.arguments import users_variables
from wikilake.wiki_file import WikiFileError, read

LATE = timedelta(minutes=10)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "wikilake.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("setings: {}", 1, "there is no 'setings'. Did you mean settings?"),
        ("settings:\n  rwa: x", 2, "settings: there is no 'rwa'. Did you mean raw?"),
        ("settings:\n  scratch: x", 2, "there is no 'scratch'"),
        ("settings:\n  lake: [a]\n  lake: b", 3, "'lake' is there twice, first in line 2"),
        ("settings: lake", 1, "write `name: value`"),
        ("settings:\n  memory: true", 2, "write a text"),
        ("settings:\n  lake: ' '", 2, "write a text that can be seen"),
        ("variables:\n  site_domain: [a.org]", 2, "Did you mean site_domains?"),
        ("variables:\n  hour: 2026-11-01T00", 2, "this is for one run"),
        ("logs:\n  - file: x", 2, "there is no 'file'. Did you mean files?"),
        ("logs:\n\n  - site: a.example.org", 3, "say which files"),
        ("logs: access.log", 1, "write a list"),
        ("logs:\n  - files: a\n    host_after_client: maybe", 3, "write true or false"),
        ("report:\n  days: 3", 2, "say which file"),
        ("report:\n  file: x\n  days: 0", 3, "a whole number of at least 1"),
        ("late_minutes: soon", 1, "a whole number"),
        ("a: [1,\nb: 2", 2, "this is no YAML"),
        ("? [a, b]\n: c", 1, "a name is a text"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path, text, line, said):
    path = written(tmp_path, text)
    with pytest.raises(WikiFileError) as wrong:
        read(path)
    assert str(wrong.value).startswith(f"{path}:{line}: ")
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"), ("# nothing\n", "is empty"), ("null", "is empty"),
        (b"a: \xff", "is not UTF-8"), ("a: \x00", "this is no YAML"), ("- a", "write `name"),
        ("&a [*a]", "write `name"), ("!!python/object:os.system {}", "there is no"),
        ("[" * 5000, "this is no YAML"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_a_wiki_is_said_in_a_sentence(tmp_path, text, said):
    path = written(tmp_path, text)
    if "!!python" in str(text):
        assert read(path) == wiki_file.WikiFile(path)
        return
    with pytest.raises(WikiFileError, match=said):
        read(path)


def test_a_folder_and_a_lost_file_are_no_file(tmp_path):
    with pytest.raises(WikiFileError, match="is no file"):
        read(tmp_path)
    with pytest.raises(WikiFileError, match="cannot be read: No such file"):
        read(tmp_path / "wikilake.yml")


def test_paths_are_those_beside_the_file_and_the_environment_wins(tmp_path, monkeypatch):
    text = (
        "settings: {raw: data/raw, lake: /srv/lake, geoip_city: [a.mmdb, b.mmdb], wait: 5}\n"
        "variables: {site_domains: [example.org], loss_error_percent: 5}\n"
        "report: {file: out/report.html}\nlogs: [{files: 'log/*.log'}]\n"
    )
    wiki = read(written(tmp_path, text))
    assert wiki.report == tmp_path / "out/report.html"
    assert wiki.logs[0].files == (str(tmp_path / "log/*.log"),)
    for name in ("RAW", "LAKE", "GEOIP_CITY", "WAIT", "VARIABLES"):
        monkeypatch.delenv(f"WIKILAKE_{name}", raising=False)
    monkeypatch.setenv("WIKILAKE_LAKE", "elsewhere")
    said = wiki.environment()
    assert said.pop("variables") == json.dumps(wiki.variables)
    assert said == {
        "raw": str(tmp_path / "data/raw"), "wait": "5",
        "geoip_city": f"{tmp_path}/a.mmdb:{tmp_path}/b.mmdb",
    }  # fmt: skip


def test_variables_of_the_file_are_dbts_and_those_of_the_command_win():
    with settings.changed(variables='{"site_domains": ["example.org"], "top_n": 3}'):
        assert users_variables([]) == {"site_domains": ["example.org"], "top_n": 3}
        assert users_variables(["--vars", "top_n: 4"])["top_n"] == 4
    assert users_variables([]) == {}


def test_the_file_of_the_folder_counts_before_that_of_the_project(tmp_path, monkeypatch):
    monkeypatch.delenv("WIKILAKE_FILE", raising=False)
    path = written(tmp_path, "late_minutes: 1")
    assert wiki_file.find(tmp_path) == path
    monkeypatch.setenv("WIKILAKE_FILE", "other.yml")
    assert wiki_file.find(tmp_path) == tmp_path / "other.yml"
    monkeypatch.setenv("WIKILAKE_FILE", "")
    assert wiki_file.find(tmp_path) is None


@pytest.mark.parametrize("kind", ["mediawiki", "generic", "wikimedia"])
def test_what_init_writes_is_read_again(tmp_path, kind):
    new = NewWiki(
        ("https://en.Example.org:8080/wiki/", "bücher.example"), kind,
        ("log/a b.log*", "/var/log/x.log"), Path("no data"), tmp_path,
    )  # fmt: skip
    path = written(tmp_path, new.text(tmp_path))
    wiki = read(path)
    assert wiki.variables["site_domains"] == ["example.org", "xn--bcher-kva.example"]
    assert wiki.variables["site_profile"] == kind
    assert wiki.settings["WIKILAKE_LAKE"] == str(tmp_path / "no data/lake")
    assert wiki.logs[0].files == (str(tmp_path / "log/a b.log*"), "/var/log/x.log")
    assert wiki.logs[0].options == {"site": "en.example.org"}
    assert wiki.report == tmp_path / "no data/report.html" and wiki.is_report_private
    assert list(new.warnings())[0] == f"there is no log {tmp_path}/log/a b.log* yet"


@pytest.mark.parametrize("domain", ["", "localhost", "a b.org", "exa_mple.org/x", ".org", "*.org"])
def test_what_is_no_domain_is_refused(tmp_path, domain):
    with pytest.raises(WikiUnclear, match="is not a domain"):
        NewWiki((domain,), "mediawiki", ("a",), Path("data"), tmp_path).text(tmp_path)


def test_a_schedule_names_the_folder_whatever_it_is_called(tmp_path):
    text = schedule(tmp_path / "my 100% wiki" / "wikilake.yml")
    assert f"cd '{tmp_path}/my 100\\% wiki' && " in text
    assert f"WorkingDirectory={tmp_path}/my 100%% wiki" in text


@pytest.fixture
def raw(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_RAW", str(tmp_path / "raw"))
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    (tmp_path / "lake").mkdir()

    def put(hour: datetime, text: str = "{}\n", name: str = "part-0.jsonl") -> None:
        folder = (
            tmp_path
            / "raw/webrequest_source=text"
            / (f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}")
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return put


def hours(*numbers: int) -> list[datetime]:
    return [datetime(2026, 11, 1, number) for number in numbers]


def test_hours_are_due_when_they_are_over_and_again_when_their_files_change(raw):
    for hour in hours(0, 2, 3):
        raw(hour)
    state = RunState.load()
    found = due(state, LATE, now=datetime.fromisoformat("2026-11-01T04:00:00+01:00"))
    assert found.ranges == ((hours(0)[0], hours(1)[0]),)
    assert found.waiting == tuple(hours(2, 3))
    now = datetime.fromisoformat("2026-11-01T03:10:00+00:00")
    found = due(state, LATE, now=now)
    assert found.ranges == ((hours(0)[0], hours(3)[0]),) and found.waiting == tuple(hours(3))
    state.note(hours(0, 1, 2))
    state = RunState.load()
    assert due(state, LATE, now=now).ranges == ()
    raw(hours(2)[0], name="part-1.jsonl")
    assert due(state, LATE, now=now).ranges == ((hours(2)[0], hours(3)[0]),)
    assert due(state, LATE, now=now, again=True).ranges == (
        (hours(0)[0], hours(1)[0]), (hours(2)[0], hours(3)[0]),
    )  # fmt: skip


def test_hours_after_a_long_silence_leave_the_silence_out_and_lost_notes_build_again(raw):
    raw(hours(0)[0])
    raw(datetime(2026, 11, 20))
    state = RunState()
    state.note(hours(0))
    now = datetime.fromisoformat("2026-11-28T00:00:00+00:00")
    assert due(state, LATE, now=now).ranges == (
        (datetime(2026, 11, 20), datetime(2026, 11, 20, 1)),
    )
    for broken in ("", "[1]", '{"hours": 1, "files": 2}', '{"files": {}}'):
        RunState.path().write_text(broken)
        assert RunState.load() == RunState()
    assert len(due(RunState.load(), LATE, now=now).ranges) == 2


def test_a_link_or_another_file_in_a_folder_of_hours_is_no_hour(raw, tmp_path):
    raw(hours(0)[0])
    for name in ("hour=99", "hour=1x", "hour=2"):
        (tmp_path / "raw/webrequest_source=text/year=2026/month=11/day=1" / name).mkdir()
    raw(hours(3)[0], name=".part-0.jsonl.tmp")
    now = datetime.fromisoformat("2026-11-28T00:00:00+00:00")
    assert due(RunState(), LATE, now=now).ranges == ((hours(0)[0], hours(1)[0]),)
    assert digest(hours(0)[0]) != digest(hours(3)[0])


def test_settings_of_the_file_are_those_of_the_table():
    assert set(wiki_file.SETTINGS_HERE) >= {"raw", "lake", "geoip_city", "memory", "wait"}
    paths = {name for name, setting in wiki_file.SETTINGS_HERE.items() if setting.is_path}
    assert not paths & {"memory", "window", "wait", "traceback", "spark_master"}
    assert yaml.safe_load("a: 1") == {"a": 1}
