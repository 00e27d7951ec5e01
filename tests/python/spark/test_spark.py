"""The same project on Spark: the same tests pass and every table holds the same rows."""

import json
import random
import re
import shutil
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import HOUR, PROJECT, Lake, compare
from lines import GOOD, numbered
from spark_runs import NO_TESTS, REQUESTS_ALONE, differences, on_spark, steps, tables
from test_bad_days import extremes, generated, repetitive
from test_functions import LONG_KEYS, LONG_NUMBERS

from wikilake.samples.requests import write_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> tuple[Lake, Lake]:
    """The shipped sample, hour and snapshot, built on both engines: on Spark with every test."""
    duck = Lake(tmp_path_factory.mktemp("duckdb"))
    only = ("--resource-type", "seed", "--resource-type", "model")
    built = duck.plain_dbt("--quiet", "build", *only, "--exclude", "tag:rule_test")
    assert built.returncode == 0, built.stdout
    return duck, on_spark(Lake(tmp_path_factory.mktemp("spark")))


def test_plain_dbt_builds_the_sample_and_every_test_passes_on_spark(sample):
    """The truth tables of all rules and primitives, the unit tests and the invariants.

    This is slow since Spark plans and compiles some 360 models and tests.
    """
    _, lake = sample
    built = lake.plain_dbt("build", "--target", "spark")
    assert built.returncode == 0, built.stdout
    assert "ERROR=0" in built.stdout
    assert built.stdout.count("truth_table_holds") > 80
    assert "WIKILAKE_GEOIP_CITY names no address database" in built.stdout


def test_every_table_of_the_sample_is_the_same_on_both_engines(sample):
    duck, lake = sample
    assert len(tables(duck)) >= 20
    assert differences(duck, lake) == {}


def test_a_run_on_spark_leaves_nothing_private_behind(sample):
    _, lake = sample
    assert not (lake.root / ".scratch").exists()
    assert not list((lake.root / ".staging").rglob("*.parquet"))


def test_tables_that_spark_wrote_are_shown_by_the_summary_and_in_duckdb(sample):
    _, lake = sample
    hours = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
    shown = lake.wikilake("summary", *hours)
    assert shown.returncode == 0, shown.stderr
    assert "2,497" in shown.stdout
    [(views,)] = lake.query("select sum(view_count) from wmf.pageview_hourly")
    assert views > 500


def test_dbt_shows_tables_of_the_lake_on_spark_by_name_and_inline(sample):
    """The catalog of such a command is empty: it holds no table of an earlier one."""
    _, lake = sample
    counting = "select count(*) as n, sum(view_count) as views from {{ ref('pageview_hourly') }}"
    views = lake.query("select count(*) as n, sum(view_count) from wmf.pageview_hourly")
    for what in (("--select", "projectview_hourly"), ("--inline", counting)):
        shown = lake.dbt("show", "--target", "spark", *what, "--output", "json")
        assert shown.returncode == 0, shown.stdout
    assert re.findall(r'"(?:n|views)": (\d+)', shown.stdout) == list(map(str, views[0]))


def test_engines_alternate_on_one_lake_over_random_hours(tmp_path):
    """Hour 0 by DuckDB, 1 by both, Spark last, 2 by both, DuckDB last.

    This is slow since Spark compiles the code of all models for its hours.
    """
    seed = random.randrange(2**32)
    print("seed", seed)
    raw = {"WIKILAKE_RAW": str(tmp_path / "raw")}
    alone, mixed = Lake(tmp_path / "alone", dict(raw)), Lake(tmp_path / "mixed", dict(raw))
    write_sample(mixed.raw, 2_000, seed, [datetime(2026, 11, 1, hour) for hour in range(3)])
    hours = ("build", "--from", "2026-11-01T00", "--to", "2026-11-01T03")
    built = alone.wikilake(*hours, "--exclude-resource-type", "test")
    assert built.returncode == 0, built.stderr
    mixed.run_hour("2026-11-01T00")
    mixed.run_hour("2026-11-01T01")
    on_spark(mixed)
    built = mixed.wikilake(
        "build", "--from", "2026-11-01T01", "--to", "2026-11-01T03", "--target", "spark",
        "--exclude-resource-type", "test",
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert "Built 2 hours" in built.stdout
    assert differences(alone, mixed) == {}
    mixed.run_hour("2026-11-01T02")
    assert differences(alone, mixed) == {}
    assert len(list((mixed.root / "wmf/pageview_actor" / f"{HOUR}2").glob("*.parquet"))) == 1


def test_exactly_the_named_partition_is_replaced_also_with_nothing(lake):
    """This is slow since it takes five runs."""
    on_spark(lake)
    lake.write_raw([numbered(1)], hour=1)
    lake.write_raw([numbered(2), b"no JSON"], hour=0)
    lake.write_raw([numbered(3)], hour=0, source="upload")
    text = f"webrequest_source=text/{HOUR}1/part-0.jsonl"
    upload = f"webrequest_source=upload/{HOUR}0/part-0.jsonl"
    answer = steps(
        lake,
        f"""
def refine(hour):
    return run(hour, "--select", "+webrequest", "+webrequest_rejected")
def rows():
    found = spark().sql("select webrequest_source, hour, sequence from wmf.webrequest").collect()
    return sorted(map(list, found))
answer["failures"] = [refine("2026-11-01T01"), refine("2026-11-01T00")]
answer["out of order"] = rows()
again = (raw / "{text}").read_text()
(raw / "{text}").write_text(again + again.replace('"sequence": 1', '"sequence": 9'))
(raw / "{upload}").unlink()
answer["failures"] += [refine("2026-11-01T01"), refine("2026-11-01T00")]
answer["replaced"] = rows()
(raw / "{text}").unlink()
answer["failures"] += [refine("2026-11-01T01")]
answer["emptied"] = rows()
answer["rejected"] = spark().sql("select hour from wmf_raw.webrequest_rejected").count()
""",
    )
    assert answer["failures"] == [""] * 5
    assert answer["out of order"] == [["text", 0, 2], ["text", 1, 1], ["upload", 0, 3]]
    assert answer["replaced"] == [["text", 0, 2], ["text", 1, 1], ["text", 1, 9]]
    assert answer["emptied"] == [["text", 0, 2]]
    assert answer["rejected"] == 1
    lake.run_hour("2026-11-01T02")
    assert lake.query("select hour, sequence from wmf.webrequest") == [(0, 2)]


def test_a_table_that_needs_no_intermediate_model_is_built_alone(lake):
    lake.write_raw([b"no JSON", numbered(1)])
    answer = steps(
        on_spark(lake),
        """
answer["failure"] = run("2026-11-01T00", "--select", "+webrequest_rejected")
answer["rejected"] = spark().sql("select line from wmf_raw.webrequest_rejected").count()
""",
    )
    assert answer == {"failure": "", "rejected": 1}


def test_dbt_test_alone_passes_after_an_hour_that_spark_built_and_not_without_one(lake):
    on_spark(lake)
    lake.write_raw([numbered(number) for number in range(10)])
    test = ("test", "--target", "spark", "--exclude", "test_type:unit")
    tested = lake.dbt(*test, "--select", "pageview_hourly")
    assert tested.returncode == 1, "nothing is there yet that could be right"
    refused = lake.dbt("run", "--target", "spark", "--select", "stg_pageview__allowlist")
    assert "Load all lists first: dbt seed --target spark" in refused.stdout
    hour = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
    built = lake.wikilake("build", *hour, "--target", "spark", "--exclude-resource-type", "test")
    assert built.returncode == 0, built.stderr
    tested = lake.dbt(*test, "tag:rule_test", "tag:history")
    assert tested.returncode == 0, tested.stdout
    assert re.search(r"PASS=[5-9][0-9]", tested.stdout)


def test_lists_are_loaded_again_when_one_is_another_and_an_emptied_one_has_no_rows(lake):
    """Somebody loads a list with a row by hand, which the list of this project has not."""
    on_spark(lake)
    hour = ("--from", "2026-11-01T00", "--to", "2026-11-01T01", "--accept-loss")
    reading = ("build", *hour, "--target", "spark", "--select", "stg_pageview__allowlist")

    def ids() -> list[str]:
        manifests = (lake.root / "reference").glob("*/_manifest.json")
        return sorted(json.loads(manifest.read_text())["id"] for manifest in manifests)

    lake.start_with_lists("spark")
    loaded = ids()
    first = lake.wikilake(*reading)
    assert first.returncode == 0, first.stderr
    assert len(loaded) > 15 and ids() == loaded, "the lists of another process are left alone"
    [emptied] = (lake.root / "reference/disallowed_articles").glob("*.parquet")
    pq.write_table(pa.table({"project": ["en.wikipedia"], "article": ["Ann"]}), emptied)
    again = lake.wikilake(*reading)
    assert again.returncode == 0, again.stderr
    assert not set(ids()) & set(loaded)
    assert pq.read_metadata(emptied).num_rows == 0


ODD_TIMES = (
    "2026-02-30T25:61:61Z", "2040-02-03T04:05:06Z", "9999999-01-01T00:00:00Z",
    "2026-9223372036854775807-01T00:00:00Z", "2026-11-01T9223372036854775807:00:00Z",
)  # fmt: skip


OF_A_VERSION = ("--select", "+pageview_hourly", "+webrequest_rejected")
"""What depends on the version of the record; what is made of it is the same in both modes."""


def test_the_hour_of_odd_values_is_the_same_where_ansi_mode_would_raise(lake, tmp_path):
    """No expression relies on the mode in which Spark makes NULL of what cannot be computed.

    This is slow since Spark compiles all models once per mode.
    """
    number = random.randrange(2**32)
    print("seed", number)
    good = json.loads(GOOD)
    odd = [
        good | {"sequence": place, field: value}
        for place, (field, value) in enumerate(
            (field, value)
            for value in ("7.9", "1e3", "x", "", "99999999999999999999", *ODD_TIMES)
            for field in ("server_pid", "dt", "x_analytics", "ip", "uri_host", "user_agent")
        )
    ]
    odd += [good | {"x_analytics": f"ns={n};page_id={n};ismobile={n}"} for n in (7.9, "x", 2**70)]
    odd += [good | {"response_size": size} for size in (12.7, 1e18, -0.5, 2**63 - 1)]
    lines = [json.dumps(line).encode() for line in odd]
    lake.write_raw([*lines, *generated(number, examples=100), *extremes()])
    answer = steps(
        on_spark(lake),
        f"""
import shutil
answer["failures"] = []
for version, chosen in (("0.0.19", {OF_A_VERSION}), (None, ())):
    for ansi in ("false", "true"):
        spark().conf.set("spark.sql.ansi.enabled", ansi)
        answer["failures"].append(run("2026-11-01T00", *chosen, record_version=version))
        shutil.copytree(lake, Path({str(tmp_path)!r}) / f"{{version}} {{ansi}}" / "lake")
answer["rows"] = spark().sql("select * from wmf.webrequest").count()
""",
    )
    assert answer["failures"] == ["", "", "", ""]
    assert answer["rows"] > 50
    duck = Lake(tmp_path / "duck", {"WIKILAKE_RAW": str(lake.raw)})
    duck.start_with_lists()
    built = duck.dbt("build", *NO_TESTS, *OF_A_VERSION, record_version="0.0.19")
    assert built.returncode == 0, built.stdout
    assert differences(duck, Lake(tmp_path / "0.0.19 true")) == {}
    for version in ("0.0.19", None):
        lenient, ansi = (Lake(tmp_path / f"{version} {mode}") for mode in ("false", "true"))
        assert len(tables(lenient)) > 5
        assert differences(lenient, ansi) == {}


def at_the_limits() -> list[bytes]:
    """Lines with what Spark's JSON parser takes just so, and with a little more of it."""
    values = [f"{start}{'7' * (digits + more)}{end}"
              for start, digits, end in LONG_NUMBERS for more in (0, 1)]  # fmt: skip
    values += ["0.0005", "-9e-4", "1.25E-10", "0.001", "1E-3", "9999999.5", "1e7", "0.00010"]
    values += ["[" * levels + "]" * levels for levels in (998, 999, 1000)]
    keys = [character * (50_000 // units) + more
            for character, units in LONG_KEYS for more in ("", "a")]  # fmt: skip
    names = ("z", "range", "time_firstbyte")
    inner = [f'"{name}": {value}, ' for name in names for value in values]
    inner += [f'"{key}": 1, ' for key in keys] + [f'"z": [{{"{key}": 1}}], ' for key in keys]
    return [GOOD.replace(b"{", b"{" + text.encode(), 1) for text in inner]


def test_bad_lines_are_rejected_alike_and_a_damaged_file_is_named(lake, tmp_path_factory):
    """This is slow since Spark looks for many patterns in texts that are made to be slow."""
    bad = [
        numbered(1), b"", b" \t ", b"not json", b"[1]", b"null", numbered(2)[:-20],
        b'{"uri_path": "\xff"}', b'{"uri_path": "\xe2\x82(\xf0\x9f\x98"}', b'{"uri_path": "\x01"}',
        numbered(2) + b"\x01 rest", numbered(2) + b" rest", b"a\x01\xff", b"\xff\x01a",
        numbered(2) + b"}", b"{}{}", b"{}],[{}",
        numbered(2)[:-1] + b",}", b'{"a": "}"}', b"\t" + numbered(4) + b" ", b"{'a': 1}",
        GOOD.replace(b": 1,", b': "abc",'), GOOD.replace(b": 1,", b": 99999999999999999999,"),
        GOOD.replace(b": 1,", b': "3",'), GOOD.replace(b'"/wiki/Cat"', b'{"a": [1, 2]}'),
        GOOD.replace(b"sequence", b"SEQUENCE").replace(b": 1,", b": 5,"),
        GOOD.replace(b": 1,", b': 8, "sequence": 9,'),
        b'{"uri_path": "' + b"x" * (17 << 20) + b'"}',
    ]  # fmt: skip
    lake.write_raw(bad, name="it's a part.jsonl")
    lake.write_raw(at_the_limits(), name="limits.jsonl")
    lake.write_raw(repetitive(), name="repetitive.jsonl")
    duck = Lake(tmp_path_factory.mktemp("duckdb"), dict(lake.settings))
    duck.run_hour()
    damaged = lake.write_raw([numbered(n) for n in range(1000)], hour=1, name="part-0.jsonl.gz")
    damaged.write_bytes(damaged.read_bytes()[:500])
    empty = lake.write_raw([], hour=2, name="part-0.jsonl.gz")
    empty.write_bytes(b"")
    answer = steps(
        on_spark(lake),
        """
answer = {0: run("2026-11-01T00")}
for hour in (1, 2):
    answer[hour] = run(f"2026-11-01T0{hour}", "--select", "+webrequest", "+webrequest_rejected")
""",
    )
    assert answer["0"] == ""
    assert differences(duck, lake) == {}
    for said, path in ((answer["1"], damaged), (answer["2"], empty)):
        assert str(path) in said
        assert "Fetch the file again" in said
        assert "Traceback" not in said and "at org.apache" not in said


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PATHS = [
    "/", "/wiki/", "/wiki/Cat", "/wiki/%41", "/wiki/a+b%2Bc", "/wiki/100%", "/wiki/%E0%A4%A",
    "/wiki/%ED%A0%80", "/wiki/%F0%9F%98%80", "/wiki/%00%0A", "/wiki/a'b", "/wiki/a\\\\b",
    "/wiki/Special:Search", "/wiki/Special%3aUserLogin", "/wiki/sp%c3%a9cial:X", "/wiki/İ",
    "/wiki/%C4%90%E1%BA%B7c_bi%E1%BB%87t:X", "/wiki/A?action=edit", "/wiki/load.php",
    "/index.php/Cat", "/index.php?title=Special:Search&x", "/w/index.php?title=", "/api.php",
    "/w/index.php?curid=4", "/a.css",
]  # fmt: skip
REFERERS = ["-", "https://en.example.org/wiki/A", "https://EXAMPLE.ORG", "https://example.org.evil/",
            "https://www.google.com/", "http://[::1]/", "//x"]  # fmt: skip


def test_an_own_wiki_in_folders_of_any_sign_has_the_same_rows_on_both_engines(tmp_path):
    """A site's profile on an imported log and on raw files, below names that mean something else.

    Spark alone has the lake in such a folder, too.

    It is slow since a profile changes the code that Spark compiles.
    """
    folder = tmp_path / "a 'q\" %41 ü #~$&;"
    folder.mkdir()
    raw = folder / "raw [1]{b,c}*"
    duck = Lake(tmp_path / "duck", {"WIKILAKE_RAW": str(raw)})
    lake = on_spark(Lake(folder, dict(duck.settings)))
    shutil.copytree(PROJECT / "sample/raw", raw)
    log = tmp_path / "access.log"
    visits = [(path, referer) for path in PATHS for referer in REFERERS]
    log.write_text(
        "".join(
            f"198.51.100.{n % 7} - - [01/Nov/2026:00:{n % 60:02}:07 +0000] "
            f'"GET {path} HTTP/1.1" {(200, 304, 404)[n % 3]} 2000 "{referer}" "{AGENT}"\n'
            for n, (path, referer) in enumerate(visits)
        )
    )
    imported = duck.wikilake("import", "--site", "en.example.org", log)
    assert imported.returncode == 0, imported.stderr
    own = {"site_profile": "mediawiki", "site_domains": ["example.org"]}
    duck.start_with_lists()
    lake.start_with_lists("spark")
    for built in (
        duck.dbt("build", *NO_TESTS, *REQUESTS_ALONE, variables=own),
        lake.dbt("build", *NO_TESTS, *REQUESTS_ALONE, "--target", "spark", variables=own),
    ):
        assert built.returncode == 0, built.stdout
    [(requests, views)] = lake.query(
        "select count(*), count(*) filter (is_pageview) from wmf.webrequest "
        "where uri_host = 'en.example.org'"
    )
    assert requests == len(visits)
    assert 50 < views < requests
    assert differences(duck, lake) == {}


@pytest.fixture(scope="module")
def golden_lakes(golden, golden_settings, tmp_path_factory) -> dict[str, Lake]:
    """Wikimedia's raw hours, refined on Spark."""
    lakes = {}
    for name, end in (("realistic", "02"), ("adversarial", "01")):
        folder = golden / "webrequest" / name
        settings = golden_settings | {"WIKILAKE_RAW": str(folder / "raw")}
        if name == "realistic":
            settings["WIKILAKE_ACTOR_LABELS"] = str(folder / "actor_labels.jsonl")
            settings["WIKILAKE_ALLOWLIST"] = str(folder / "allowlist.tsv")
        lakes[name] = on_spark(Lake(tmp_path_factory.mktemp(name), settings))
        hours = ("--from", "2026-11-01T00", "--to", f"2026-11-01T{end}")
        only = ("--resource-type", "model")
        built = lakes[name].wikilake("build", *hours, "--target", "spark", *only)
        assert built.returncode == 0, built.stderr
    return lakes


def expected_of(golden: Path, folder: str) -> Path:
    return golden / "webrequest" / folder / "expected"


def test_realistic_golden_hours_are_equal_in_every_table_row_and_column(golden, golden_lakes):
    """This is slow since Spark refines three hours, and compiles code for each setting."""
    found = compare(expected_of(golden, "realistic"), golden_lakes["realistic"])
    assert len(found) == 7
    assert [table["table"] for table in found if not table["ok"]] == []


def test_the_adversarial_hour_is_the_one_that_duckdb_makes(
    golden, golden_settings, golden_lakes, tmp_path
):
    raw = str(golden / "webrequest" / "adversarial" / "raw")
    duck = Lake(tmp_path, golden_settings | {"WIKILAKE_RAW": raw})
    duck.run_hour()
    assert differences(duck, golden_lakes["adversarial"]) == {}
    found = compare(expected_of(golden, "adversarial"), golden_lakes["adversarial"])
    assert sum(table["not_found"] for table in found) <= 0.01 * sum(t["expected"] for t in found)


def test_a_setting_that_spark_cannot_use_is_said_in_plain_words(lake):
    lake.write_raw([numbered(1)])
    on_spark(lake, WIKILAKE_GEOIP_CITY=str(lake.folder / "missing.mmdb"))
    built = lake.wikilake(
        "build", "--from", "2026-11-01T00", "--to", "2026-11-01T01", "--target", "spark"
    )
    assert built.returncode == 1
    assert "WIKILAKE_GEOIP_CITY" in built.stderr
    assert "Traceback" not in built.stderr
