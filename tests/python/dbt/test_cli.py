"""The command line: hours in a loop, resuming, results, samples, exit codes."""

import json
import re
import subprocess

from conftest import BIN, PROJECT
from lines import numbered

ESCAPE = "\x1b"


def test_help_teaches_every_command(lake):
    overview = lake.wikilake("--help").stdout
    for command in (
        "build", "summary", "sample", "bench", "aqs", "export",
        "check", "purge", "share", "catalog",
    ):  # fmt: skip
        assert command in overview
        shown = lake.wikilake(command, "--help")
        assert shown.returncode == 0
        assert len(shown.stdout) > 120
    assert "WIKILAKE_RAW" in overview


def test_the_shipped_sample_is_what_the_generator_writes(lake):
    written = lake.wikilake("sample", "--rows", "2500", "--seed", "7", "--output", str(lake.raw))
    assert written.returncode == 0, written.stderr
    shipped = {
        file.relative_to(PROJECT / "sample/raw"): file.read_bytes()
        for file in (PROJECT / "sample/raw").rglob("*.gz")
    }
    assert shipped == {
        file.relative_to(lake.raw): file.read_bytes() for file in lake.raw.rglob("*.gz")
    }
    assert sum(map(len, shipped.values())) < 3_000_000


def test_paths_on_the_command_line_are_taken_from_where_it_is_called(lake):
    lake.folder.joinpath("here").mkdir()
    command = [BIN / "wikilake", "sample", "--rows", "10", "--hours", "1", "--output", "raw"]
    written = subprocess.run(command, cwd=lake.folder / "here", env=lake.environment())
    assert written.returncode == 0
    assert (lake.folder / "here" / "raw" / "webrequest_source=text").is_dir()


def test_hours_are_built_up_to_but_without_the_last_and_shown(lake):
    for hour in range(3):
        lake.write_raw([numbered(n) for n in range(hour + 1)], hour=hour)
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T02")
    assert built.returncode == 0, built.stderr
    assert lake.query("select hour, count(*) from wmf.webrequest group by all order by 1") == [
        (0, 1),
        (1, 2),
    ]
    assert ESCAPE not in built.stdout + built.stderr
    assert built.stderr.count("WIKILAKE_GEOIP_CITY") == 1
    shown = lake.wikilake("summary", "--from", "2026-11-01T00", "--to", "2026-11-01T02")
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"raw lines\W+3\b", shown.stdout)
    assert re.search(r"pageviews \(sum of view_count\)\W+3\b", shown.stdout)
    assert "event" not in shown.stdout, "there are none"
    assert "Cat" in shown.stdout
    assert ESCAPE not in shown.stdout


def test_a_failed_hour_stops_the_loop_and_resume_goes_on_there(lake):
    for hour in range(3):
        lake.write_raw([numbered(hour)], hour=hour, name="part-0.jsonl.gz")
    broken = lake.raw / "webrequest_source=text/year=2026/month=11/day=1/hour=1/part-0.jsonl.gz"
    whole = broken.read_bytes()
    broken.write_bytes(whole[:-12])
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T03")
    assert built.returncode == 1
    assert "2026-11-01T01 failed" in built.stderr
    assert "--resume" in built.stderr
    assert lake.query("select distinct hour from wmf.webrequest") == [(0,)]
    broken.write_bytes(whole)
    # Hour 0 is done: without its file, a loop that built it again would empty it.
    (lake.raw / "webrequest_source=text/year=2026/month=11/day=1/hour=0/part-0.jsonl.gz").unlink()
    resumed = lake.wikilake("build", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert lake.query("select hour, sequence from wmf.webrequest order by 1") == [
        (0, 0),
        (1, 1),
        (2, 2),
    ]
    again = lake.wikilake("build", "--resume")
    assert again.returncode == 0
    assert "Nothing to resume" in again.stdout


def test_other_arguments_go_to_dbt(lake):
    lake.write_raw([numbered(1)])
    hour = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
    built = lake.wikilake(
        "build", *hour, "--select", "+webrequest", "--vars", "mobile_web_from: host"
    )
    assert built.returncode == 0, built.stderr
    assert not (lake.root / "wmf/pageview_actor").exists()
    wrong = lake.wikilake(
        "build", *hour, "--select", "+webrequest", "--vars", "mobile_web_from: tea"
    )
    assert wrong.returncode == 1
    assert "'mobile_web_from' is 'tea': known are x_analytics, host" in wrong.stderr


def test_a_model_whose_input_was_never_built_is_not_built_empty(lake):
    lake.write_raw([])
    period = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
    alone = lake.wikilake("build", *period, "--select", "projectview_hourly")
    assert alone.returncode == 1
    assert "wmf.pageview_hourly holds nothing of that time" in alone.stderr
    assert "--select +" in alone.stderr
    assert not (lake.root / "wmf/projectview_hourly").exists()


def test_wrong_arguments_say_what_to_write_and_exit_with_code_2(lake):
    for arguments, words in (
        (["build"], "--from 2026-11-01T00"),
        (["build", "--from", "yesterday", "--to", "2026-11-01T00"], "write YYYY-MM-DDTHH"),
        (["build", "--from", "2026-11-01T01", "--to", "2026-11-01T01"], "must be after --from"),
        (["sample", "--rows", "0"], "0"),
    ):
        called = lake.wikilake(*arguments)
        assert called.returncode == 2
        assert words in called.stderr
        assert "Traceback" not in called.stderr


def test_a_summary_without_a_lake_says_what_to_do(lake):
    shown = lake.wikilake("summary", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert shown.returncode == 1
    assert "wikilake build" in shown.stderr


def test_a_snapshot_is_built_shown_asked_and_exported(lake):
    missing = lake.wikilake("export", "druid", "--snapshot", "2026-10")
    assert missing.returncode == 1
    assert "wikilake build --snapshot 2026-10" in missing.stderr
    built = lake.wikilake("build", "--snapshot", "2026-10")
    assert built.returncode == 0, built.stderr
    assert not (lake.root / "wmf/webrequest").exists()
    shown = lake.wikilake("summary", "--snapshot", "2026-10")
    assert "active editors" in shown.stdout, shown.stderr
    path = "/metrics/edits/aggregate/{}/all-editor-types/all-page-types/monthly/20260101/20261001"
    answered = lake.wikilake("aqs", path.format("all-projects"))
    assert answered.returncode == 0
    results = json.loads(answered.stdout)["items"][0]["results"]
    [(edits,)] = lake.query(
        "select sum(revisions) from wmf.mediawiki_history_reduced where event_entity = 'revision' "
        "and event_timestamp >= '2026-01-01' and event_timestamp < '2026-10-01' "
        "and not list_contains(other_tags, 'deleted')"
    )
    assert sum(month["edits"] for month in results) == edits > 0
    refused = lake.wikilake("aqs", path.format("no such project/x"))
    assert refused.returncode == 1
    assert "type" in json.loads(refused.stdout)
    exported = lake.wikilake("export", "druid", "--snapshot", "2026-10")
    assert json.loads(open(exported.stdout.strip()).read())["type"] == "index_parallel"
