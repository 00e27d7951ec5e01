"""No bare function that can raise: what every model compiles to for DuckDB is read as a tree.

A function is called freely when it answers whatever it is given, which an experiment shows here;
anything else stands inside `try`, once, or in JUSTIFIED with the reason why its data cannot raise.
DuckDB computes what a query has twice beforehand, outside of `try`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import Lake
from spark_runs import on_spark

from wikilake.engines import duckdb_plugin

DEFINITIONS = {
    "newest": {},
    "0.0.19": {"record_version": "0.0.19"},
    "own site": {"site_profile": "mediawiki", "site_domains": ["example.org"]},
}

TOTAL = {
    "&": "n & m",
    "||": "x || y",
    "!~~": "x not like '{%'",
    "~~": "x like 'a%'",
    "array_to_string": "array_to_string([x, null, y], ',')",
    "coalesce": "coalesce(x, y)",
    "contains": "contains(x, y)",
    "count": "(select count(z) from (select unnest([x, y, null]) as z))",
    "encode": "encode(x)",
    "event_texts": "array_to_string(event_texts(x, 'virtualpageview'), ',')",
    "epoch": "epoch(try_cast(x as timestamp))",
    "greatest": "greatest(n, null, m)",
    "instr": "instr(x, y)",
    "least": "least(x, y)",
    "is_plain_event": "is_plain_event(x, 'virtualpageview')",
    "left": "left(x, 200) || left(x, -1) || left(x, length(y) - length(x))",
    "len": "len([x, null])",
    "length": "length(x)",
    "like_escape": r"x not like '%\%%' escape '\'",
    "list": "(select list({'a': z} order by z) from (select unnest([x, y, null]) as z))",
    "list_append": "list_append([x], null)",
    "list_contains": "list_contains([x, null], y)",
    "list_filter": "list_filter([x, null], lambda z: z is not null)",
    "list_reverse": "list_reverse([x, null])",
    "list_sort": "list_sort([x, null, y])",
    "list_sum": "list_sum([n, m, null, n])",
    "list_transform": "list_transform([x, null], lambda z: z || y)",
    "list_unique": "list_unique([x, y, null])",
    "list_value": "[x, null, y]",
    "list_zip": "list_zip([x, y], [x])",
    "lower": "lower(x)",
    "lower_in_context": "lower_in_context(x)",
    "lpad": "lpad(x, 2, '0') || lpad(cast(n as varchar), 4, '0')",
    "ltrim": "ltrim(x, ' ' || chr(9))",
    "max": "(select max(z) from (select unnest([x, y, null]) as z))",
    "md5": "md5(x) || md5(encode(x))",
    "min": "(select min(z) from (select unnest([x, y, null]) as z))",
    "nullif": "nullif(x, y)",
    "percent_decode": "percent_decode(x)",
    "prefix": "prefix(x, y)",
    "parse_php_array": "(parse_php_array(x), parse_php_array('a:1:{' || x || y || '}'))",
    "regexp_extract": "regexp_extract(x, '^(a*)(.*)$', 2)",
    "regexp_extract_all": "regexp_extract_all(x, '(a)|(%)', 1)",
    "regexp_matches": "regexp_matches(x, '^a.*[^b]$')",
    "regexp_replace": r"regexp_replace(x, '(a|%)', '\1', 'g')",
    "replace": "replace(x, y, x)",
    "right": "right(x, 200) || right(x, -1) || right(x, length(y) - length(x))",
    "round": "round(d, 8)",
    "row": "row(x, y)",
    "rtrim": "rtrim(x, ' ' || chr(9))",
    "sha1": "sha1(x)",
    "split_part": "split_part(x, y, 2)",
    "string_split": "string_split(x, y)",
    "strict_json": "strict_json(x)",
    "strlen": "strlen(x)",
    "struct_pack": "{'a': x, 'b': y}",
    "substr": "substr(x, 2, 10) || substr(x, instr(x, y) + 3) || substr(x, 1, instr(x, y) - 1)",
    "suffix": "suffix(x, y)",
    "sum": "(select sum(z) from (select unnest([n, m, n]) as z))",
    "to_json": "to_json(x)",
    "translate": "translate(x, 'AB', 'ab')",
    "trim": "trim(x, ' ' || chr(0))",
    "trunc": "trunc(d)",
    "unnest": "(select max(z) from (select unnest([x, null]) as z))",
    "upper": "upper(x)",
    "url_encode": "url_encode(x)",
    "map_contains": "map_contains(map {'a': x}, y)",
    "count_star": "(select count(*))",
    "try_cast": "(try_cast(x as bigint), try_cast(x as date), try_cast(x as double), "
    "try_cast(x as timestamptz), try_cast(d as bigint), try_cast(n as integer))",
    "parse_user_agent": "parse_user_agent(x)",
    "parse_address": "parse_address(x)",
    "/": "d / n",
}
"""Functions, and an expression of texts x, y, whole numbers n, m and a double d that calls each."""

SMALL = {"instr", "length", "len", "strlen", "count", "count_star"}
"""What counts or places something: no sum or difference of a few of these leaves 64 bits."""

SEEDS = "patterns are made of seeds, whose texts a test keeps free of expressions"
HOURS = "only folders of the hours that the run names are read, by numbers of the calendar"
ROWS = "numbers that count rows"
HEX = "eight digits of a hash that SHA-1 has made"
EXPIRY = "numbers of at most nine digits; sums of durations are cut to 32 bits before they multiply"
VIEWS = "numbers of requests that are there, far below 64 bits"
JUSTIFIED = {
    "int_operations__days: *": "constants",
    "int_operations__days: +": "constants",
    "int_operations__days: -": "constants",
    "int_operations__days: cast bigint": "constants",
    "int_operations__days: cast date": "constants",
    "int_operations__days: cast integer": "constants",
    "int_operations__days: generate_series": "constants",
    "int_operations__days: to_days": "constants",
    "int_actors__labels: +": "hours of four-digit years",
    "int_actors__labels: -": "ages below 24",
    "int_actors__labels: cast integer": "a part of a time",
    "int_actors__labels: day": "a part of a time",
    "int_actors__labels: hour": "a part of a time",
    "int_actors__labels: make_timestamp": "the hour of a partition",
    "int_actors__labels: month": "a part of a time",
    "int_actors__labels: to_hours": "hours below 24",
    "int_actors__labels: year": "a part of a time",
    "actor_explained: *": "doubles",
    "actor_explained: cast double": "whole numbers",
    "int_actors__hours_of_windows: +": "lengths; hours of four-digit years",
    "int_actors__hours_of_windows: cast integer": "a part of a time, or a number of rows",
    "int_actors__hours_of_windows: day": "a part of a time",
    "int_actors__hours_of_windows: hour": "a part of a time",
    "int_actors__hours_of_windows: make_timestamp": "the hour of a partition",
    "int_actors__hours_of_windows: month": "a part of a time",
    "int_actors__hours_of_windows: to_hours": "hours below 24",
    "int_actors__hours_of_windows: year": "a part of a time",
    "webrequest_actor_label_hourly: *": "doubles",
    "user_agent_compliance_hourly: cast double": "a decimal",
    "webrequest_actor_label_hourly: cast double": "whole numbers",
    "webrequest_actor_metrics_hourly: *": "doubles",
    "webrequest_actor_metrics_hourly: +": "lengths; hours of four-digit years",
    "webrequest_actor_metrics_hourly: -": "times of four-digit years, lengths",
    "webrequest_actor_metrics_hourly: abs": "doubles",
    "webrequest_actor_metrics_hourly: cast bigint": "a double within 9.2e18, or seconds",
    "webrequest_actor_metrics_hourly: cast double": "whole numbers",
    "webrequest_actor_metrics_hourly: ceil": "doubles",
    "webrequest_actor_metrics_hourly: floor": "doubles",
    "webrequest_actor_metrics_hourly: pow": "exponents from -1000 to 900",
    "webrequest_actor_metrics_rollup_hourly: *": "doubles",
    "webrequest_actor_metrics_rollup_hourly: -": "times of four-digit years, lengths",
    "webrequest_actor_metrics_rollup_hourly: cast bigint": "a double within 9.2e18, or seconds",
    "webrequest_actor_metrics_rollup_hourly: cast double": "whole numbers",
    "webrequest_actor_metrics_rollup_hourly: floor": "doubles",
    "data_quality_metrics: printf": HOURS,
    "int_operations__load_measures: printf": HOURS,
    "webrequest_sequence_holes: make_timestamp": HOURS,
    "webrequest_sequence_holes: cast bigint": HOURS,
    "webrequest_sequence_holes: to_hours": "one hour",
    "webrequest_sequence_holes: +": "years of an hour that a run takes have four digits",
    "browser_general: -": "sums of numbers of rows",
    "int_media__files: url_decode": "only of texts that is_encoded_utf8 has accepted",
    "int_mediawiki_history__enriched: abs": "the one number without its opposite is NULL before",
    "int_mediawiki_history__enriched: -": "times have four digits of a year: seconds fit",
    "int_mediawiki_history__enriched: cast bigint": "seconds of a time of 19 characters",
    "int_mediawiki_history__identity_reverted: +": ROWS,
    "int_mediawiki_history__identity_reverted: -": ROWS,
    "int_mediawiki_history__identity_reverted: >>": ROWS,
    "int_mediawiki_history__identity_reverted: cast bigint": ROWS,
    "int_mediawiki_history__identity_reverted: cast integer": ROWS,
    "int_mediawiki_history__identity_reverted: floor": ROWS,
    "int_mediawiki_history__identity_reverted: log2": "a stretch has two revisions or more",
    "int_mediawiki_history__identity_reverted: range": ROWS,
    "int_mediawiki_history__revert_stretches: +": ROWS,
    "int_mediawiki_history__measured_revisions: -": "times have four digits of a year: seconds fit",
    "int_mediawiki_history__measured_revisions: cast bigint": "seconds of a time of 19 characters",
    "int_mediawiki_history__page_components: connected_components": ROWS,
    "int_mediawiki_history__page_states: -": ROWS,
    "int_mediawiki_history__page_walk: page_walk": "numbers of rows, types and times",
    "int_mediawiki_history__revision_counts: -": "times have four digits of a year: seconds fit",
    "int_mediawiki_history__revision_counts: cast bigint": "seconds of a time of 19 characters",
    "int_mediawiki_history__revision_hashes: %": HEX,
    "int_mediawiki_history__revision_hashes: *": HEX,
    "int_mediawiki_history__revision_hashes: +": HEX,
    "int_mediawiki_history__revision_hashes: //": HEX,
    "int_mediawiki_history__revision_hashes: cast bigint": HEX,
    "int_mediawiki_history__revision_hashes: cast integer": HEX,
    "int_mediawiki_history__revision_hashes: list_reduce": "the list is never empty",
    "int_mediawiki_history__user_log: %": EXPIRY,
    "int_mediawiki_history__user_log: *": EXPIRY,
    "int_mediawiki_history__user_log: +": EXPIRY,
    "int_mediawiki_history__user_log: -": EXPIRY,
    "int_mediawiki_history__user_log: cast bigint": "a part of a time",
    "int_mediawiki_history__user_log: cast integer": "of a length",
    "int_mediawiki_history__user_log: date_trunc": "days of years near 2000",
    "int_mediawiki_history__user_log: lpad": "lengths of at most ten digits",
    "int_mediawiki_history__user_log: to_seconds": EXPIRY,
    "int_mediawiki_history__user_log: year": "a part of a time",
    "int_mediawiki_history__user_states: +": ROWS,
    "int_operations__load_measures: *": "doubles",
    "int_operations__load_measures: cast double": "whole numbers",
    "int_operations__load_measures: +": "numbers of lines that are there",
    "int_operations__load_measures: -": "doubles",
    "int_webrequest__sequence_holes: +": "only numbers from 0 to below the largest are looked at",
    "int_webrequest__sequence_holes: -": "of two such numbers the larger is the minuend",
    "api_action_hourly: -": VIEWS,
    "api_action_hourly: %": VIEWS,
    "event__mediawiki_api_request: left": "lengths are integers of 32 bits",
    "event__virtualpageview: left": "lengths are integers of 32 bits",
    "event__mediawiki_api_request: regexp_matches": SEEDS,
    "event__mediawiki_client_session_tick: regexp_matches": SEEDS,
    "event__virtualpageview: regexp_matches": SEEDS,
    "event_sanitized__virtualpageview: map_entries": "the entries of a map as it is stored",
    "event_sanitized__virtualpageview: map_from_entries": "keys of a map, each of them once",
    "int_events__api_requests: left": "lengths are integers of 32 bits",
    "int_events__api_requests: regexp_matches": SEEDS,
    "int_webrequest__client_ips: left": "lengths are integers of 32 bits",
    "int_webrequest__host_rules: regexp_matches": SEEDS,
    "int_webrequest__page_titles: url_decode": "only of texts that is_encoded_utf8 has accepted",
    "int_webrequest__referers: regexp_matches": SEEDS,
    "int_webrequest__tls: map": "only where each key is there once; no piece of a text is NULL",
    "int_webrequest__tls: map_from_entries": "of a repeated key the last is left",
    "int_webrequest__user_agents: regexp_matches": SEEDS,
    "int_webrequest__x_analytics: map": "only where each key is there once; no piece is NULL",
    "int_webrequest__x_analytics: map_from_entries": "of a repeated key the last is left",
    "mediawiki_history_reduced: cast bigint": "1 or 0",
    "mediawiki_history_growth: +": "doubles, and numbers of rows",
    "mediawiki_history_growth: -": "doubles",
    "mediawiki_history_growth: cast double": "whole numbers",
    "mediawiki_history_outcomes: -": ROWS,
    "mediawiki_history_outcomes: cast bigint": ROWS,
    "mediawiki_history_reduced_growth: -": "doubles",
    "mediawiki_history_reduced_growth: cast double": "whole numbers",
    "mediarequest: -": HOURS,
    "mediarequest: url_decode": "only of texts that is_encoded_utf8 has accepted",
    "pages_to_date: cast bigint": "a sum of numbers of rows",
    "pageview_funnel_hourly: cast decimal": "whole numbers of 19 digits",
    "pageview_funnel_hourly: cast bigint": "a sum of numbers of rows",
    "pageview_top_bycountry_monthly: %": VIEWS,
    "pageview_top_bycountry_monthly: +": VIEWS,
    "pageview_top_bycountry_monthly: -": VIEWS,
    "pageview_top_percountry_daily: %": VIEWS,
    "pageview_top_percountry_daily: +": VIEWS,
    "pageview_top_percountry_daily: -": VIEWS,
    "session_length: *": VIEWS,
    "session_length: -": VIEWS,
    "session_length: make_date": HOURS,
    "stg_webrequest__raw: from_json": "only where try(json_keys()) has read the line",
    "stg_webrequest__raw: json_extract": "only where try(json_keys()) has read the line",
    "stg_webrequest__raw: json_keys": "only where from_json has read the line",
    "stg_webrequest__raw: +": "one for each of some forty fields, below 255",
    "unique_devices_per_domain_daily: +": VIEWS,
    "unique_devices_per_domain_monthly: +": VIEWS,
    "unique_devices_per_project_family_daily: +": VIEWS,
    "unique_devices_per_project_family_monthly: +": VIEWS,
    "webrequest_sequence_holes: -": "no hole is larger than the numbers from which it was taken",
    "webrequest_sequence_stats: +": "decimals of 38 digits from numbers of 19",
    "webrequest_sequence_stats: -": "decimals of 38 digits, or a span above 0 less a count",
    "webrequest_sequence_stats: *": "doubles",
    "webrequest_sequence_stats: cast decimal": "whole numbers of 19 digits",
    "webrequest_sequence_stats: cast double": "whole numbers",
    "webrequest_sequence_stats_hourly: *": "doubles",
    "webrequest_sequence_stats_hourly: +": "decimals of 38 digits",
    "webrequest_sequence_stats_hourly: cast decimal": "whole numbers of 19 digits",
    "webrequest_sequence_stats_hourly: cast double": "whole numbers",
}
"""`model: function` of what may raise on other data than it gets, and why it never gets them."""

HOSTILE_TEXTS = [
    "", "-", "a", "%", "%E6%97%A5%E6%9C", "{", '{"a": 1}', "[1", "\0", "a\0b", "\\", "'", '"',
    "(", "[", "\n", "\ufffe", "\U0010ffff", "İ", "9223372036854775808", "1e400", "nan", "infinity",
    "-infinity", "2026-02-30", "290000-01-01", "0000-01-01", "2026-11-01T00:00:00+99:99", "::1%1",
    "::ffff:1.2.3.4", "x" * 100_000, "日" * 1000,
]  # fmt: skip
HOSTILE_NUMBERS = [-(2**63), -(2**63) + 1, -200, -1, 0, 1, 200, 2**63 - 1]
HOSTILE_DOUBLES = [0.0, -0.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), -float("inf")]


def walk(node: object, inside_try: bool = False) -> Iterator[tuple[dict, bool]]:
    """Every node of a parse tree, and whether an error in it is caught."""
    if isinstance(node, dict):
        yield node, inside_try
        inside_try = inside_try or node.get("type") == "OPERATOR_TRY"
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from walk(child, inside_try)


def arguments(call: dict) -> list[dict]:
    return [argument["expression"] for argument in call["arguments"]]


def is_constant(node: dict) -> bool:
    """Whether the value of an expression is in the SQL itself."""
    kind = node.get("class")
    if kind == "CAST":
        return is_constant(node["child"])
    return kind == "CONSTANT" or (
        kind == "FUNCTION"
        and node["function_name"] in ("list_value", "||", "chr", "struct_pack")
        and all(is_constant(argument) for argument in arguments(node))
    )


def is_small(node: dict) -> bool:
    """Whether an expression is a constant, a place, a length, or a sum or difference of such."""
    if node.get("class") == "FUNCTION" and node["function_name"] in ("+", "-"):
        return all(is_small(argument) for argument in arguments(node))
    return is_constant(node) or (node.get("class") == "FUNCTION" and node["function_name"] in SMALL)


def is_wide(node: dict) -> bool:
    """Whether an expression computes with 64-bit numbers in 128, which a few steps do not leave."""
    if node.get("class") == "FUNCTION" and node["function_name"] in ("+", "-", "*", "//", "%"):
        return all(is_wide(argument) for argument in arguments(node))
    return is_constant(node) or (node.get("class") == "CAST" and is_widening(node))


def is_widening(node: dict) -> bool:
    child = node["child"]
    return (
        node["type_expr"]["type_name"].lower() == "hugeint"
        and child.get("class") == "CAST"
        and child["try_cast"]
        and child["type_expr"]["type_name"].lower() == "bigint"
    )


def stays_in_range(*operands: dict) -> bool:
    return all(map(is_small, operands)) or all(map(is_wide, operands))


CONDITIONS = {
    "+": stays_in_range,
    "-": stays_in_range,
    "*": lambda *operands: all(map(is_wide, operands)),
    "chr": is_constant,
    "left": lambda text, length: is_small(length),
    "range": lambda *bounds: all(map(is_small, bounds)),
    "right": lambda text, length: is_small(length),
    # Keys that are constants are neither null nor twice there; a map of nothing has none.
    "map": lambda keys, values: is_constant(keys),
    "map_from_entries": is_constant,
    "lpad": lambda text, length, filling: is_constant(length),
    "substr": lambda text, start, length=None: length is None or is_small(length),
    "regexp_matches": lambda text, pattern: is_constant(pattern),
    "regexp_extract": lambda text, pattern, group: is_constant(pattern) and is_constant(group),
    "regexp_extract_all": lambda text, pattern, group: is_constant(pattern) and is_constant(group),
    "regexp_replace": lambda text, pattern, *rest: is_constant(pattern),
    "~~": lambda text, pattern: is_constant(pattern),
    "!~~": lambda text, pattern: is_constant(pattern),
    "like_escape": lambda text, pattern, escape: is_constant(pattern),
}
"""What must hold of arguments for a function to be total."""

READERS = {"event_hash", "read_csv", "read_parquet", "glob"}
"""Functions that stop when a file cannot be read, as they should; event_hash reads a salt."""


def what_may_raise(sql: str) -> set[str]:
    """Functions and casts of a query that could stop it on some data."""
    [(tree,)] = duckdb.execute("select json_serialize_sql(?::varchar)", [sql]).fetchall()
    parsed = json.loads(tree)
    assert not parsed["error"], parsed
    found, caught, tries = set(), Counter(), set()
    for node, inside_try in walk(parsed["statements"]):
        if node.get("type") == "OPERATOR_TRY" and (text := as_text(node)) not in tries:
            tries.add(text)
            caught.update(
                (what, as_text(inner)) for inner, _ in walk(node) if (what := raising(inner))
            )
        elif not inside_try and (what := raising(node)):
            found.add(what)
    return found | {f"{what} twice" for (what, _), times in caught.items() if times > 1}


def raising(node: dict) -> str | None:
    """What of an expression itself can raise on some data, if anything."""
    if node.get("class") == "CAST" and not is_total_cast(node):
        return "cast " + node["type_expr"]["type_name"].lower()
    if node.get("syntax_type") == "SINGLE_ARROW":
        return "->"
    if node.get("class") == "FUNCTION" and not is_total_call(node):
        return node["function_name"]
    return None


def as_text(node: dict) -> str:
    """An expression wherever it stands in the query."""
    return re.sub(r'"query_location": \d+', "", json.dumps(node))


def is_total_call(node: dict) -> bool:
    name = node["function_name"]
    if name in CONDITIONS:
        return CONDITIONS[name](*arguments(node))
    return name in TOTAL or name in READERS


def is_total_cast(node: dict) -> bool:
    """A cast that is tried, of a constant or a truth, or to a text."""
    return (
        node["try_cast"]
        or is_widening(node)
        or is_constant(node["child"])
        or node["child"]["type"] in ("OPERATOR_IS_NOT_NULL", "OPERATOR_IS_NULL")
        or node["type_expr"]["type_name"].lower() in ("varchar", "text", "string")
    )


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> dict[str, dict[str, str]]:
    """The SQL of every model, by definition and model."""
    found = {}
    for name, variables in DEFINITIONS.items():
        lake = Lake(tmp_path_factory.mktemp("compiled"))
        ran = lake.dbt("compile", "--quiet", "--select", "resource_type:model", variables=variables)
        assert ran.returncode == 0, ran.stdout
        models = (lake.folder / "target" / "compiled" / "wikilake" / "models").rglob("*.sql")
        found[name] = {path.stem: path.read_text() for path in models if is_model(path)}
        assert len(found[name]) > 60
    return found


def is_model(path: Path) -> bool:
    """Whether a compiled file is a model, not a test of one, which has the folder of its yml."""
    return not any(part.endswith(".yml") for part in path.parts)


def test_no_model_calls_a_bare_function_that_can_raise(compiled):
    found = {
        f"{model}: {what}"
        for models in compiled.values()
        for model, sql in models.items()
        for what in what_may_raise(sql)
    }
    assert found - JUSTIFIED.keys() == set()
    assert JUSTIFIED.keys() - found == set(), "no longer needed"


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("select url_decode(a) from t", {"url_decode"}),
        ("select try(url_decode(a)) from t", set()),
        ("select try(url_decode(a)) || try(url_decode(a)) from t", set()),
        ("select try(url_decode(a) || url_decode(a)) from t", {"url_decode twice"}),
        ("select try(url_decode(a)), try(upper(url_decode(a))) from t", {"url_decode twice"}),
        ("select cast(try_cast(a as bigint) as hugeint) * 86400 + 1 from t", set()),
        ("select cast(a as hugeint) + 1 from t", {"cast hugeint", "+"}),
        ("select cast(a as bigint) from t", {"cast bigint"}),
        ("select try_cast(a as bigint) from t", set()),
        ("select strptime(a, '%Y') from t", {"strptime"}),
        ("select a -> 'b' from t", {"->"}),
        ("select a ->> 'b' from t", {"->>"}),
        ("select json_extract_string(a, 'b') from t", {"json_extract_string"}),
        ("select decode(a) from t", {"decode"}),
        ("select a + 1 from t", {"+"}),
        ("select a * 2 from t", {"*"}),
        ("select -a from t", {"-"}),
        ("select length(a) - instr(a, 'b') + 1 from t", set()),
        ("select sum(a + b) from t", {"+"}),
        ("select chr(a) from t", {"chr"}),
        ("select map(a, b) from t", {"map"}),
        ("select regexp_matches(a, b) from t", {"regexp_matches"}),
        ("select a from t where a like b", {"~~"}),
        ("select a from (select 1) join t on cast(b as date) = c", {"cast date"}),
        ("select substr(a, 1, b) from t", {"substr"}),
        ("select something_new(a) from t", {"something_new"}),
    ],
)
def test_a_function_that_can_raise_is_found_wherever_it_stands(sql, what):
    assert what_may_raise(sql) == what


@pytest.fixture(scope="module")
def hostile() -> duckdb.DuckDBPyConnection:
    """A connection as a run has it, with every combination of hostile values."""
    connection = duckdb.connect()
    duckdb_plugin.add_parsers(connection)
    duckdb_plugin.add_history_functions(connection)
    tables = {"x": HOSTILE_TEXTS, "y": HOSTILE_TEXTS, "n": HOSTILE_NUMBERS, "m": HOSTILE_NUMBERS}
    for name, values in (tables | {"d": HOSTILE_DOUBLES}).items():
        connection.execute(f"create table {name}s as select unnest(?) as {name}", [values])
        connection.execute(f"insert into {name}s values (null)")
    return connection


@pytest.mark.parametrize("call", TOTAL.values(), ids=TOTAL)
def test_functions_that_are_called_freely_answer_whatever_they_are_given(hostile, call):
    used = [name for name in "xynmd" if re.search(rf"\b{name}\b", call)]
    sources = ", ".join(f"{name}s" for name in used) or "xs"
    hostile.execute(f"select count(hash({call})) from {sources}").fetchall()


@pytest.mark.parametrize("target", ["duckdb", "spark"])
def test_what_is_beyond_64_bits_is_null(lake, target):
    numbers = "(values (9223372036854775807), (9223372036854775807)) as t (n)"
    back = "(values (9223372036854775807), (null), (1000000000000000000), (-9223372036854775807))"
    times = "(values (cast(0.1 as double)), (1e8), (-1e8), (0.2), (null))"
    beyond = "(values (cast(1e9 as double)), (0.2), (cast('inf' as double)))"
    large = "(values (cast(194054970.8786808 as double)), (693203615.8560629), (634642233.2836298))"
    least = "(select cast(-9223372036854775807 as bigint) - 1 as n)"
    if target == "spark":
        on_spark(lake)
    shown = lake.dbt(
        "show", "--quiet", "--output", "json", "--target", target, "--inline",
        f"""
        select
            {{{{ bigint_sum('n') }}}} as total,
            {{{{ bigint_sum('n - 9223372036854775800') }}}} as small,
            (select {{{{ bigint_sum('n') }}}} from {back} as t (n)) as back,
            (select {{{{ bigint_sum('-n') }}}} from {back} as t (n)) as forth,
            (select {{{{ bigint_sum('n') }}}} from {back} as t (n) where n is null) as none,
            (select {{{{ stable_sum('n') }}}} from {times} as t (n)) as seconds,
            (select {{{{ stable_sum('n') }}}} from {beyond} as t (n)) as no_seconds,
            (select {{{{ stable_sum('n') }}}} from {large} as t (n)) as many_seconds,
            (select {{{{ absolute('n') }}}} from {least} as t) as least,
            (select max({{{{ absolute('-n') }}}}) from {numbers}) as largest
        from {numbers}
        """,
    )  # fmt: skip
    assert shown.returncode == 0, shown.stdout
    [found] = json.loads(shown.stdout)["show"]
    expected = {"total": None, "small": 14, "back": 10**18, "forth": -(10**18), "none": None}
    expected |= {"seconds": 0.3, "no_seconds": None, "many_seconds": 1521900820.0183735}
    assert found == expected | {"least": None, "largest": 2**63 - 1}
