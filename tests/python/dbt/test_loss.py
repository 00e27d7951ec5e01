"""An hour of which too much is lost or bad is refined and marked, and published when accepted."""

from __future__ import annotations

import pytest
from conftest import HOUR, Lake
from lines import numbered

from wikilake.lake.manifests import read_manifest

PERIOD = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")


@pytest.fixture(scope="module")
def gated(tmp_path_factory) -> Lake:
    """An hour with 3 of 100 lines of text lost, and 4 of 100 of upload bad; built once."""
    folder = tmp_path_factory.mktemp("gated")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    lake.write_raw(numbered(n) for n in range(100) if n not in (20, 21, 50))
    bad = numbered(1).replace(b'"http_status"', b'"http_method": "<BADREQ>", "http_status"')
    lines = (bad.replace(b": 1,", b": %d," % n) if n < 4 else numbered(n) for n in range(100))
    lake.write_raw(lines, source="upload")
    lake.built = lake.wikilake("build", *PERIOD)
    return lake


def gate(lake: Lake) -> set[str]:
    folders = (lake.root / "wmf/webrequest").glob(f"*/{HOUR}0")
    return {read_manifest(folder)["gate"] for folder in folders}


def test_an_hour_with_too_much_lost_or_bad_is_refined_and_marked_but_not_published(gated):
    assert gated.built.returncode == 1
    said = gated.built.stderr
    assert "text: percent_lost is 3.0" in said and "upload: percent_bad_requests is 4.0" in said
    assert "--from 2026-11-01T00 --to 2026-11-01T01 --accept-loss" in said
    assert "Traceback" not in said
    assert gated.query("select count(*) from wmf.webrequest") == [(197,)]
    assert gate(gated) == {"failed"}
    made = {
        path.relative_to(gated.root / "wmf").parts[0]
        for path in gated.root.glob("wmf/**/*.parquet")
    }
    assert made == {"webrequest"}
    checked = gated.wikilake("check")
    assert checked.returncode == 1
    assert checked.stdout.count("not published yet") == 2


def test_the_holes_and_the_alerts_are_listed(gated):
    assert gated.query(
        "select hostname, server_pid, first_missing, last_missing, count_lost "
        "from wmf_raw.webrequest_sequence_holes order by first_missing"
    ) == [("cp1", "7", 20, 21, 2), ("cp1", "7", 50, 50, 1)]
    alerts = gated.query(
        "select dataset, partition_id, metric, status from wmf_data_ops.data_quality_alerts "
        "where severity = 'error' order by metric"
    )
    source = "webrequest_source={}/" + HOUR + "0"
    assert alerts == [
        (
            "wmf_data_ops.data_quality_alerts",
            HOUR + "0",
            "assert_loss_is_below_the_thresholds",
            "error",
        ),
        ("wmf_raw.webrequest", source.format("upload"), "percent_bad_requests", "error"),
        ("wmf_raw.webrequest", source.format("text"), "percent_lost", "error"),
    ]


def test_an_accepted_hour_is_published_and_its_checks_are_kept_once(gated):
    before = gated.query("select count(distinct run_id) from wmf_data_ops.data_quality_metrics")
    accepted = gated.wikilake("build", *PERIOD, "--accept-loss")
    assert accepted.returncode == 0, accepted.stderr
    assert "assert_loss_is_below_the_thresholds" in accepted.stderr
    assert gate(gated) == {"accepted"}
    assert gated.query("select sum(view_count) from wmf.pageview_hourly") == [(97,)]
    assert before == [(1,)]
    assert gated.query(
        "select count(distinct run_id), count(*) = count(distinct (dataset, partition_id, metric)) "
        "from wmf_data_ops.data_quality_metrics"
    ) == [(1, True)]
    [(tests,)] = gated.query(
        "select count(*) from wmf_data_ops.data_quality_metrics "
        "where constraint_rule like 'warn if%'"
    )
    assert tests > 15
    checked = gated.wikilake("check")
    assert checked.returncode == 0, checked.stdout


def test_processes_whose_ids_differ_in_spelling_only_are_each_counted_once(lake):
    """The original joins by the number and doubles both."""
    of_process = {"7": (1, 2, 3, 4), "007": (11, 12, 14), "7.0": (20,)}
    lake.write_raw(
        numbered(n).replace(b'"server_pid": "7"', b'"server_pid": "%s"' % pid.encode())
        for pid, numbers in of_process.items()
        for n in numbers
    )
    lake.run_hour()
    assert lake.query(
        "select server_pid, sequence_min, sequence_max, count_actual, count_expected "
        "from wmf_raw.webrequest_sequence_stats order by sequence_min"
    ) == [("7", 1, 4, 4, 4), ("7", 11, 14, 3, 4), ("7", 20, 20, 1, 1)]
    assert lake.query(
        "select count_actual, count_lost from wmf_raw.webrequest_sequence_stats_hourly"
    ) == [(8, 1)]
    assert lake.query(
        "select server_pid, first_missing, last_missing from wmf_raw.webrequest_sequence_holes"
    ) == [("007", 13, 13)]


def test_a_known_incident_is_named_beside_the_loss_that_was_measured(lake):
    folder = lake.raw / "webrequest_source=upload/year=2015/month=12/day=15/hour=17"
    folder.mkdir(parents=True)
    (folder / "part-0.jsonl").write_bytes(b"\n".join(numbered(n) for n in range(0, 20, 2)))
    built = lake.wikilake("build", "--from", "2015-12-15T17", "--to", "2015-12-15T18")
    assert built.returncode == 1
    assert "percent_lost is 47.368 Known incident: Lines of one hour were lost." in built.stderr
    [(known,)] = lake.query(
        "select value from wmf_data_ops.data_quality_metrics where metric = 'known_incidents'"
    )
    assert known == 1
