"""What wikilake purge does to a lake that was built, seen from the command line."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
import test_purge
from conftest import BIN, PROJECT, Lake
from lines import numbered
from test_purge import days_ago, hour_path, marked, present, raw_partition  # noqa: F401 - present is for all tests

from wikilake.upkeep import purge

ACTOR_TABLES = (
    "webrequest_actor_metrics_hourly",
    "webrequest_actor_metrics_rollup_hourly",
    "webrequest_actor_label_hourly",
    "pageview_actor",
)
SIGNATURES = "actor_signature, actor_signature_per_project_family"


def test_every_mart_has_a_retention_and_the_daily_test_asks_for_the_same(manifest):
    marts = [
        model
        for model in purge_models(manifest)
        if model["config"]["materialized"] == "partitioned"
    ]
    known = {*purge.RETENTIONS, "kept"}
    assert [m["name"] for m in marts if m["config"]["meta"].get("retention") not in known] == []
    [guard] = (PROJECT / "tests/invariants").rglob("assert_nothing_older_than_retention.sql")
    text = guard.read_text()
    kept = purge.retentions(manifest)
    assert kept.pop("wmf_raw/event_rejected") == "raw"
    events = {table for table in kept if table.startswith("event/")}
    assert {kept.pop(table) for table in events} == {"refined"}
    [of_events] = (PROJECT / "tests/invariants").rglob("assert_no_events_older_than_retention.sql")
    asked = of_events.read_text()
    assert "(ref('event_rejected'), 'raw')" in asked and "for table in declared_streams()" in asked
    of_api = {table for table in kept if table.startswith("wmf_traffic/")}
    assert len(of_api) == 3 and {kept.pop(table) for table in of_api} == {"refined"}
    assert all(f"'{table.split('/')[1]}'" in asked for table in of_api)
    for table, kind in kept.items():
        assert f"'{table.split('/')[1]}': '{kind}'," in text


def purge_models(manifest):
    from wikilake.project.privacy import models

    return models(manifest)


def test_after_a_purge_the_bytes_are_gone_views_work_and_every_test_passes(tmp_path):
    lake = Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    token = secrets.token_hex(16)
    line = numbered(1).replace(b"Mozilla/5.0", token.encode())
    line = line.replace(b"{", b'{"accept_language": "en", ', 1)
    old, new = days_ago(91), days_ago(0, hour=0)
    for hour in (old, new):
        folder = lake.raw / "webrequest_source=text" / hour_path(hour)
        folder.mkdir(parents=True)
        text = line.replace(b"2026-11-01T00", f"{hour:%Y-%m-%dT%H}".encode())
        (folder / "part-0.jsonl").write_bytes(text if hour == old else numbered(1))
        built = lake.wikilake(
            "build", "--from", f"{hour:%Y-%m-%dT%H}", "--to",
            f"{hour + timedelta(hours=1):%Y-%m-%dT%H}", "--exclude-resource-type", "test",
        )  # fmt: skip
        assert built.returncode == 0, built.stderr
    of_old = f"year = {old.year} and month = {old.month} and day = {old.day}"
    signatures = {
        signature
        for table in ACTOR_TABLES
        for row in lake.query(f"select {SIGNATURES} from wmf.{table} where {of_old}")
        for signature in row
        if signature
    }
    assert len(signatures) == 2

    def holding() -> set[str]:
        found = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {p.relative_to(tmp_path).parts[0] for p in found if token.encode() in p.read_bytes()}

    assert holding() == {"raw", "lake"}
    today = f"today: {test_purge.NOW:%Y-%m-%d}"
    guard = ("test", "--select", "tag:retention", "--vars", today)
    failing = lake.plain_dbt(*guard)
    assert failing.returncode == 1
    dry = lake.wikilake("purge")
    assert dry.returncode == 0, dry.stderr
    assert hour_path(old) in dry.stdout and hour_path(new) not in dry.stdout
    assert holding() == {"raw", "lake"}, "a dry run takes nothing"
    wrong = lake.wikilake("purge", "--execute", "0123456789abcdef")
    assert wrong.returncode == 1 and "look at it again" in wrong.stderr
    checksum = dry.stdout.split()[-1]
    done = lake.wikilake("purge", "--execute", checksum)
    assert done.returncode == 0, done.stderr
    assert holding() == set()
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert not any(signature.encode() in kept for signature in signatures)
    for table in ACTOR_TABLES:
        [(rows, of_the_past)] = lake.query(f"select count(*), count_if({of_old}) from wmf.{table}")
        assert (rows > 0, of_the_past) == (True, 0), table
    assert lake.query("select count(*) from wmf.webrequest") == [(1,)]
    left_out = ("tag:history", "tag:rule_test", "resource_type:unit_test")
    both = f"{{{today}, hour: {new:%Y-%m-%dT%H}}}"
    passing = lake.plain_dbt("test", "--exclude", *left_out, "--vars", both)
    assert passing.returncode == 0, passing.stdout
    assert "assert_nothing_older_than_retention" in passing.stdout


def test_the_command_purges_a_full_disk_that_holds_dbts_own_files_as_well(small_disk):
    lake = Lake(small_disk, {"WIKILAKE_RAW": str(small_disk / "raw")})
    lake.root.mkdir()
    (lake.root / "wikilake.duckdb").touch()
    old = raw_partition(small_disk, days_ago(40))
    with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    listed = lake.command(BIN / "wikilake", "purge")
    assert listed.returncode == 0 and hour_path(days_ago(40)) in listed.stdout, listed.stderr
    done = lake.command(BIN / "wikilake", "purge", "--execute", listed.stdout.split()[-1])
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in listed.stderr + done.stderr
    assert not old.exists()


def test_what_could_not_go_is_named_by_the_command_with_exit_code_1(tmp_path):
    lake = Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    lake.root.mkdir()
    work = [marked(lake.root / name / "x") for name in (".staging", ".spill", ".scratch")]
    first, second = raw_partition(tmp_path, days_ago(40)), raw_partition(tmp_path, days_ago(41))
    (tmp_path / "elsewhere").write_text("somebody else's")
    (first / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "raw/README").touch()
    listed = lake.wikilake("purge")
    assert listed.returncode == 0 and "Not looked at" in listed.stderr, listed.stderr
    done = lake.wikilake("purge", "--execute", listed.stdout.split()[-1])
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "elsewhere" in done.stderr and (tmp_path / "elsewhere").exists()
    assert not first.exists() and not second.exists() and not any(path.exists() for path in work)
    again = lake.wikilake("purge")
    assert again.stdout.startswith("0 partitions, 0 bytes, and 0 other files"), again.stdout
