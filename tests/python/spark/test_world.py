"""What the world sends, by the thousand, new in each run, read by both engines and by libraries.

`WORLD_SEED` and `WORLD_LINES` repeat a run: its seed is printed when a test fails.
"""

from __future__ import annotations

import codecs
import gzip
import os
import random
from collections import Counter
from typing import Any

import duckdb
import pytest
import readings
from conftest import Lake, write_countries
from spark_runs import differences, on_spark, steps, tables
from world import GOOD, World

SEED = int(os.environ.get("WORLD_SEED") or random.randrange(2**32))
LINES = int(os.environ.get("WORLD_LINES") or 20_000)


@pytest.fixture(autouse=True)
def seed() -> None:
    print(f"WORLD_SEED={SEED} WORLD_LINES={LINES}")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lines in files of both sources, some compressed, refined by DuckDB."""
    folder = tmp_path_factory.mktemp("world")
    countries = write_countries(folder / "countries.mmdb")
    settings = {"WIKILAKE_RAW": str(folder / "raw"), "WIKILAKE_GEOIP_CITY": str(countries)}
    lake = Lake(folder / "duckdb", settings)
    lines = list(World(SEED).lines(LINES))
    lake.write_raw(lines[: LINES // 2], name="part-0.jsonl")
    lake.write_raw(lines[LINES // 2 : -LINES // 10], name="part-1.jsonl.gz")
    last = lake.write_raw(lines[-LINES // 10 :], source="upload")
    last.write_bytes(last.read_bytes().removesuffix(b"\n"))
    lake.run_hour()
    return lake


@pytest.fixture(scope="module")
def read(lake: Lake) -> tuple[dict[str, set], Counter]:
    """Of each source the distinct requests, and how many lines cannot be used for which reason.

    Lines are counted in the bytes of the files.
    """
    requests: dict[str, set] = {}
    rejected: Counter = Counter()
    for path in sorted(lake.raw.rglob("part-*")):
        source = path.parts[-6].partition("=")[2]
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
        for line in lines if lines[-1] else lines[:-1]:
            try:
                fields = readings.request(line)
                requests.setdefault(source, set()).add(tuple(fields.values()))
            except readings.NotRead as reason:
                rejected[source, str(reason)] += 1
    return requests, rejected


@pytest.fixture(scope="module")
def rows(lake: Lake) -> list[dict[str, Any]]:
    """The refined requests, with some columns as the readings have them."""
    connection = duckdb.connect(str(lake.root / "wikilake.duckdb"), read_only=True)
    found = connection.execute(
        """
        select
            *,
            pageview_info['page_title'] as page_title,
            geocoded_data['country_code'] as country_code,
            cast(epoch(ts) as bigint) as seconds
        from wmf.webrequest
        """
    )
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_every_line_is_refined_or_rejected_with_its_reason(lake, read):
    requests, rejected = read
    aside = (
        "select webrequest_source, reason, count(*) from wmf_raw.webrequest_rejected group by all"
    )
    assert {(source, reason): n for source, reason, n in lake.query(aside)} == rejected
    refined = "select webrequest_source, count(*) from wmf.webrequest group by all"
    assert dict(lake.query(refined)) == {source: len(rows) for source, rows in requests.items()}


def test_every_raw_field_is_what_a_json_library_reads(read, rows):
    requests, _ = read
    expected = Counter(
        (source, *map(readings.canonical, values))
        for source, found in requests.items()
        for values in found
    )
    actual = Counter(
        (row["webrequest_source"], *(readings.canonical(row[name]) for name in GOOD))
        for row in rows
    )
    assert list((actual - expected).elements())[:3] == []
    assert list((expected - actual).elements())[:3] == []


@pytest.mark.parametrize("column", readings.READINGS)
def test_a_parsed_field_is_what_an_independent_reading_makes_of_the_raw_ones(rows, column):
    of = readings.READINGS[column]
    wrong = [(row[column], of(row), row) for row in rows if row[column] != of(row)]
    assert wrong[:3] == [], len(wrong)


def test_the_world_is_rich(rows, read):
    """What is not generated proves nothing: each reading has seen values of many kinds."""
    assert len(rows) > LINES / 2
    assert len(read[1]) >= 10
    for column in readings.READINGS:
        assert len({str(row[column]) for row in rows}) >= 3
    assert len({row["page_title"] for row in rows}) > LINES / 40


def test_both_engines_make_the_same_rows_of_the_world(lake, tmp_path_factory):
    spark = on_spark(Lake(tmp_path_factory.mktemp("spark"), dict(lake.settings)))
    assert steps(spark, 'answer["failure"] = run("2026-11-01T00")') == {"failure": ""}
    assert len(tables(spark)) >= 9
    assert differences(lake, spark) == {}
