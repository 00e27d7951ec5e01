"""Bad input becomes a row that is rejected, or an error in plain words; never a gap."""

import gzip

import pytest
from lines import GOOD, numbered
from spark_runs import NO_TESTS, on_spark


def test_every_line_is_refined_or_rejected_with_file_and_reason(lake):
    path = lake.write_raw(
        [
            numbered(1),
            b"",
            b" \t ",
            b"not json",
            b"[1]",
            b"null",
            numbered(2)[:-20],
            b'{"uri_path": "\xff"}',
            b'{"uri_path": "\x01"}',
            b"what follows the byte \x01 is looked at \xff",
            b"\xff as is what is before it \x01",
            numbered(7) + b"\x01",
            GOOD.replace(b": 1,", b': "abc",'),
            GOOD.replace(b": 1,", b": 99999999999999999999,"),
            GOOD.replace(b": 1,", b': "3",'),
            GOOD.replace(b'"/wiki/Cat"', b'{"a": [1, 2]}'),
            GOOD.replace(b"sequence", b"SEQUENCE").replace(b": 1,", b": 5,"),
            GOOD.replace(b": 1,", b': 8, "sequence": 9,'),
        ]
    )
    lake.run_hour()
    sequences = [row[0] for row in lake.query("select sequence from wmf.webrequest order by all")]
    assert sequences == [1, 1, 3, 5, 9]
    reasons = lake.query(
        "select reason, count(*) from wmf_raw.webrequest_rejected group by reason order by reason"
    )
    assert reasons == [
        ("blank_line", 2),
        ("not_a_json_object", 6),
        ("not_utf8", 3),
        ("sequence_is_no_integer", 2),
    ]
    assert lake.query("select distinct file_name from wmf_raw.webrequest_rejected") == [
        (str(path),)
    ]


def test_a_last_line_without_line_feed_counts(lake):
    path = lake.write_raw([numbered(1)])
    path.write_bytes(numbered(1) + b"\n" + numbered(2))
    lake.run_hour()
    assert lake.query("select count(*) from wmf.webrequest") == [(2,)]


def test_a_line_beyond_sixteen_mebibytes_is_rejected_and_the_rest_refined(lake):
    lake.write_raw([numbered(1), b'{"uri_path": "' + b"x" * (17 << 20) + b'"}', numbered(2)])
    lake.run_hour()
    assert lake.query("select count(*) from wmf.webrequest") == [(2,)]
    assert lake.query("select reason from wmf_raw.webrequest_rejected") == [("too_long",)]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[: len(content) // 2], id="cut off"),
        pytest.param(lambda content: content[:40] + bytes(20) + content[60:], id="corrupt"),
        pytest.param(lambda content: gzip.decompress(content), id="not compressed"),
        pytest.param(lambda content: b"", id="empty"),
    ],
)
def test_a_damaged_gzip_file_stops_the_hour_and_is_named_with_the_remedy(lake, damage):
    path = lake.write_raw([numbered(n) for n in range(1000)], name="part-0.jsonl.gz")
    path.write_bytes(damage(path.read_bytes()))
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 1
    assert str(path) in built.stderr
    assert "Fetch the file again" in built.stderr
    assert "Traceback" not in built.stdout + built.stderr


def test_an_empty_plain_file_holds_no_rows(lake):
    lake.write_raw([])
    lake.run_hour()
    assert lake.query("select count(*) from wmf.webrequest") == [(0,)]


def test_an_hour_without_files_is_built_empty_with_a_warning(lake):
    lake.write_raw([numbered(1)], hour=5)
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 0, built.stderr
    assert "No raw file for 2026-11-01T00" in built.stderr
    for table in ("wmf.webrequest", "wmf.pageview_hourly", "wmf_raw.webrequest_sequence_stats"):
        assert lake.query(f"select count(*) from {table}") == [(0,)]


def test_a_root_that_is_not_there_is_named_with_the_remedy(lake):
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 1
    assert "WIKILAKE_RAW" in built.stderr
    assert str(lake.raw) in built.stderr
    assert "wikilake sample" in built.stderr
    assert "Traceback" not in built.stdout + built.stderr


@pytest.mark.parametrize(
    "setting",
    ["WIKILAKE_GEOIP_CITY", "WIKILAKE_GEOIP_ISP", "WIKILAKE_UA_REGEXES", "WIKILAKE_ACTOR_LABELS"],
)
def test_a_setting_that_names_no_usable_file_is_said_before_anything_is_built(lake, setting):
    lake.write_raw([numbered(1)])
    lake.settings[setting] = str(lake.folder / "missing.file")
    run = lake.dbt("run", "--select", "stg_webrequest__raw")
    assert run.returncode != 0
    assert setting in run.stdout
    assert "unset it" in run.stdout
    assert "Traceback" not in run.stdout


@pytest.mark.parametrize(
    "hour",
    ["2026-11-01", "2026-02-30T00", "2026-11-01T24", "0'; drop schema wmf; --", "2026-1-1T0"],
)
def test_text_that_is_not_an_hour_is_refused_in_plain_words(lake, hour):
    lake.write_raw([numbered(1)])
    run = lake.dbt("run", "--select", "stg_webrequest__raw", hour=hour)
    assert run.returncode != 0
    assert "The variable 'hour' is" in run.stdout
    assert "Traceback" not in run.stdout


def test_folder_names_with_quotes_and_blanks_are_taken_as_they_are(lake):
    lake.settings["WIKILAKE_RAW"] = str(lake.folder / "it's raw; drop")
    lake.settings["WIKILAKE_LAKE"] = str(lake.folder / "it's a lake")
    lake.write_raw([numbered(1)])
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 0, built.stderr
    shown = lake.wikilake("summary", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert "wmf.webrequest" in shown.stdout, shown.stderr


def test_listed_rows_are_left_out_of_the_refinement_but_stay_in_the_statistics(lake):
    lake.write_raw([numbered(n) for n in range(3)])
    lake.run_hour()
    excluded = {"excluded_rows": [{"hostname": "cp1", "sequence": 1}]}
    run = lake.dbt("run", "--exclude", "tag:history", variables=excluded)
    assert run.returncode == 0, run.stdout
    assert lake.query("select sequence from wmf.webrequest order by all") == [(0,), (2,)]
    assert lake.query("select count_actual from wmf_raw.webrequest_sequence_stats") == [(3,)]


@pytest.mark.parametrize("target", ["duckdb", "spark"])
def test_titles_cut_off_or_in_another_encoding_stop_no_hour(lake, target):
    """On Spark this is slow, as it is the first test in its Java machine."""
    titles = {
        "%E6%97%A5%E6%9C": "日\ufffd",
        "Z%FCrich": "Z\ufffdrich",
        "%F0%9F%98%80%ED%A0%80%": "😀\ufffd%",
        "%E6%97%A5%00": "-",
        "%C3%A9" * 100: "é" * 100,
        "%C3" * 50_000: "-",
    }
    lake.write_raw(
        numbered(number).replace(b"Cat", title.encode()) for number, title in enumerate(titles)
    )
    if target == "spark":
        on_spark(lake)
    lake.start_with_lists(target)
    run = lake.dbt("build", "--target", target, "--select", "+webrequest", *NO_TESTS)
    assert run.returncode == 0, run.stdout
    query = "select pageview_info['page_title'] from wmf.webrequest order by sequence"
    assert [title for (title,) in lake.query(query)] == list(titles.values())
