"""Frames hold plain numbers, and the small functions that notebooks know from wmfdata."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import duckdb
import numpy as np
import pytest

from wikilake import mediawiki_dt, num_str, pct_str, sql_tuple
from wikilake.answers.notebook import Result
from wikilake.answers.texts import NoText


def rows(query: str) -> Result:
    return Result(duckdb.sql(query).to_arrow_table())


def test_sums_and_decimals_are_numbers_in_frames():
    result = rows(
        "select sum(n) as s, sum(n * 1.5) as d, avg(n) as a, [sum(n)] as l, {'a': sum(n)} as st, "
        "map {'k': sum(n)} as m, sum(n) filter (false) as nothing, 2::hugeint ** 100 as huge, "
        "(2::hugeint << 90) as large, 'x' as t from range(4) as r (n)"
    )
    frame = result.pandas()
    kinds = frame.dtypes.astype(str).to_dict()
    assert kinds["s"] == "int64" and kinds["d"] == "float64" and kinds["large"] == "float64"
    assert frame["s"][0] == 6 and frame["d"][0] == 9.0 and frame["large"][0] == 2.0**91
    assert (
        frame["l"][0].dtype == "int64"
        and frame["st"][0] == {"a": 6}
        and frame["m"][0] == [("k", 6)]
    )
    assert np.isnan(frame["nothing"].astype(float)[0])
    polars = pytest.importorskip("polars")
    assert result.polars()["s"].dtype == polars.Int64
    assert result.polars()["nothing"].to_list() == [None]
    assert "Decimal" not in repr(frame.to_dict()) and "Decimal" not in repr(result)
    assert rows("select sum(1) as s where false").pandas()["s"].isna().all()
    assert str(rows("select 1::hugeint as s where false").pandas()["s"].dtype) == "int64"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1234567, "1,200,000"), (99, "99"), (-1250, "-1,200"), (0.01234, "0.012"), (0, "0"),
        (np.int64(1999), "2,000"), (float("nan"), None), (None, None), ("7", None),
        (float("inf"), None), (1234.5, "1,200.0"),
    ],
)  # fmt: skip
def test_a_number_is_rounded_to_its_figures(number, text):
    assert num_str(number) == text


def test_shares_and_times_are_written_as_in_wmfdata():
    assert (pct_str(0.12345), pct_str(12.5, 0), pct_str(-0.001, 2)) == ("12.3%", "1,250%", "-0.10%")
    assert num_str(1234567, 3) == "1,230,000"
    assert mediawiki_dt(datetime(2026, 11, 1, 2, 3, 4)) == "20261101020304"
    zone = timezone(timedelta(hours=2))
    assert mediawiki_dt(datetime(2026, 11, 1, 1, tzinfo=zone)) == "20261031230000"
    assert mediawiki_dt(date(987, 1, 2)) == "09870102000000"


HOSTILE = ["it's", "a\\", '"', "'; drop table x; --", "猫", "%_", "\n"]


def test_a_list_of_any_texts_finds_exactly_these():
    connection = duckdb.connect()
    connection.execute("create table texts as select unnest($1) as t", [[*HOSTILE, "x"]])
    found = connection.execute(f"select t from texts where t in {sql_tuple(HOSTILE)}")
    assert [text for (text,) in found.fetchall()] == HOSTILE
    assert sql_tuple(["a'b\\"], engine="spark") == "('a\\'b\\\\')"


def test_numbers_times_and_sets_are_literals_too():
    assert sql_tuple((1, np.int64(2), 0.5, True)) == "(1, 2, 0.5, true)"
    assert sql_tuple([date(2026, 11, 1), datetime(2026, 11, 1, 2)]) == (
        "(date '2026-11-01', timestamp '2026-11-01 02:00:00')"
    )
    assert sql_tuple(x for x in ["a"]) == "('a')"


@pytest.mark.parametrize("values", [[], "abc", [None], [float("nan")], [["a"]], ["\0"]])
def test_what_is_no_list_of_values_is_refused(values):
    with pytest.raises(NoText):
        sql_tuple(values)
