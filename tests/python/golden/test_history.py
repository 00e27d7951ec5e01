"""Edit histories to the reduced dataset: equal to Wikimedia's own rows, from Parquet and dumps."""

import json
import os
import subprocess
from operator import itemgetter
from pathlib import Path

import duckdb
import pytest
import warm

from wikilake.samples import histories


@pytest.fixture(scope="session")
def shared_lake(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("history")


def dbt(lake: Path, *arguments: str, **settings: str | Path) -> subprocess.CompletedProcess:
    """Runs dbt on a lake of its own; settings are WIKILAKE_… variables without that beginning."""
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("WIKILAKE_")},
        **{f"WIKILAKE_{name.upper()}": str(value) for name, value in settings.items()},
        "WIKILAKE_LAKE": str(lake / "lake"),
        "DBT_PROFILES_DIR": "profiles",
        "DBT_TARGET_PATH": str(lake / "target"),
        "DBT_LOG_PATH": str(lake / "logs"),
    }
    return warm.run("dbt", ["--no-use-colors", *arguments], environment)


def reduce(lake: Path, history: Path, namespaces: Path, snapshot: str, definition: str) -> str:
    """Builds a snapshot up to mediawiki_history_reduced; returns its SQL, `snapshot` included."""
    run = dbt(
        lake,
        *("run", "--select", "+mediawiki_history_reduced"),
        *("--vars", f"{{snapshot: '{snapshot}', history_reduced_definition: '{definition}'}}"),
        history=history,
        namespaces=namespaces,
    )
    assert run.returncode == 0, run.stdout
    return reduced(lake, snapshot)


def reduced(lake: Path, snapshot: str) -> str:
    files = lake / "lake/wmf/mediawiki_history_reduced" / f"snapshot={snapshot}" / "*.parquet"
    return f"read_parquet('{files}', hive_types = {{'snapshot': varchar}})"


def count(relation: str) -> int:
    return duckdb.sql(f"select count(*) from {relation}").fetchall()[0][0]


def differences(actual: str, expected: str) -> tuple[int, int]:
    """Rows too many and rows missing of two relations, as multisets."""
    return tuple(
        duckdb.sql(f"select count(*) from (from {one} except all from {other})").fetchall()[0][0]
        for one, other in ((actual, expected), (expected, actual))
    )


@pytest.fixture(scope="session")
def adversarial_2026(golden, tmp_path_factory):
    source = golden / "history/adv20k/input"
    return reduce(
        tmp_path_factory.mktemp("adv_2026"),
        source / "mediawiki_history",
        source / "mediawiki_project_namespace_map",
        "2025-06",
        "2026",
    )


@pytest.fixture(scope="session")
def adversarial_wikitech(golden, tmp_path_factory):
    source = golden / "history/adv20k/input"
    return reduce(
        tmp_path_factory.mktemp("adv_wikitech"),
        source / "mediawiki_history",
        source / "mediawiki_project_namespace_map",
        "2025-06",
        "wikitech",
    )


def test_2026_equals_the_rows_of_todays_code_on_adversarial_events(golden, adversarial_2026):
    expected = golden / "history/adv20k/expected/mediawiki_history_reduced.parquet"
    assert differences(adversarial_2026, f"'{expected}'") == (0, 0)


def test_2026_equals_the_rows_of_todays_code_on_both_realistic_snapshots(golden, shared_lake):
    for month in ("05", "06"):
        source = golden / f"history/real60k_{month}"
        actual = reduce(
            shared_lake,
            source / "input/mediawiki_history",
            source / "input/mediawiki_project_namespace_map",
            f"2025-{month}",
            "2026",
        )
        expected = source / "expected/mediawiki_history_reduced.parquet"
        assert differences(actual, f"'{expected}'") == (0, 0)
    # The snapshots live side by side.
    assert count(reduced(shared_lake, "2025-05")) == 557_176


KEYS = [
    "project",
    "event_entity",
    "event_type",
    "event_timestamp",
    "user_text",
    "page_title",
    "page_namespace",
    "text_bytes_diff",
    "text_bytes_diff_abs",
    "revisions",
]


def test_wikitech_has_the_tags_of_2018_on_every_row_that_both_have(golden, adversarial_wikitech):
    # The family of deleted_day is left out, and no tag is an empty list.
    theirs = f"""(
        select
            * replace (
                list_filter(
                    other_tags,
                    lambda tag: tag <> '' and not regexp_matches(tag, '^deleted_(day|month|year)$')
                ) as other_tags
            )
        from '{golden}/history_2018/adv20k/reduced.parquet'
    )"""
    by_key = """
        select
            {keys}, count(*) as events, list_sort(list(cast(other_tags as varchar))) as tags
        from {relation} as events
        where not contains(event_type, 'digest') or event_type is null
        group by all
    """
    is_same_key = " and ".join(f"ours.{key} is not distinct from theirs.{key}" for key in KEYS)
    compared, different, tagged = duckdb.sql(
        f"""
        with
        ours as ({by_key.format(keys=", ".join(KEYS), relation=adversarial_wikitech)}),
        theirs as ({by_key.format(keys=", ".join(KEYS), relation=theirs)})
        select
            sum(ours.events),
            count(*) filter (where ours.tags <> theirs.tags),
            sum(ours.events) filter (where list_has_any(ours.tags, ['[reverted]', '[deleted]']))
        from ours
        inner join theirs on {is_same_key}
        where ours.events = theirs.events
        """
    ).fetchall()[0]
    assert (different, compared > 15_000, tagged > 500) == (0, True, True)


# What a dump cannot carry, as conditions on the events that lose by it.
LOSSES = {
    "events without a time": "event_timestamp is null",
    "events before 2001": "event_timestamp < '2001'",
    "events after the dump was made": "event_timestamp >= '2026'",
    "lists that hold nulls, read as a text": """len(event_user_is_bot_by)
        > list_count(event_user_is_bot_by)""",
    "empty texts, read as none": """'' in (wiki_db, event_entity, event_type, event_user_text,
        event_user_text_historical, page_title, page_title_historical)""",
    "a backslash before t, n or r": r"""regexp_matches(concat_ws(' ', event_user_text,
        event_user_text_historical, page_title, page_title_historical), '\\[tnr]')""",
    "empty lists of unknown accounts, read as none": """event_user_is_created_by_self is null
        and array_to_string(event_user_is_bot_by, ',') = ''""",
    "no list of known accounts, read as empty": """event_user_is_created_by_self is not null
        and event_user_is_bot_by is null""",
}


def as_dumped(events: str) -> str:
    """The SQL of events as they come back from a dump that holds all it can."""

    def text(name: str) -> str:
        sql = f"nullif({name}, '')"
        for letter, real in (("t", 9), ("n", 10), ("r", 13)):
            sql = f"replace({sql}, '\\{letter}', chr({real}))"
        return f"{sql} as {name}"

    def texts(name: str) -> str:
        joined = (
            f"array_to_string(list_transform({name}, lambda part: coalesce(part, 'null')), ',')"
        )
        return f"""
            case
                when {joined} <> '' then string_split({joined}, ',')
                when event_user_is_created_by_self is not null then []
            end as {name}"""

    replaced = [
        text(name)
        for name in [
            "wiki_db",
            "event_entity",
            "event_type",
            "event_user_text",
            "event_user_text_historical",
            "page_title",
            "page_title_historical",
        ]
    ] + [texts("event_user_is_bot_by"), texts("event_user_is_bot_by_historical")]
    return f"""
        select * replace ({", ".join(replaced)}) from {events}
        where event_timestamp >= '2001' and event_timestamp < '2026'
    """


def test_dumps_give_the_rows_of_what_they_can_carry(golden, tmp_path):
    source = golden / "history/adv20k/input"
    events = f"'{source}/mediawiki_history/snapshot=2025-06/*.parquet'"
    counts = [f"count(*) filter (where {condition})" for condition in LOSSES.values()]
    lost = duckdb.sql(f"select {', '.join(counts)} from {events}").fetchall()[0]
    assert dict(zip(LOSSES, lost, strict=True)) == {
        "events without a time": 652,
        "events before 2001": 44,
        "events after the dump was made": 30,
        "lists that hold nulls, read as a text": 1545,
        "empty texts, read as none": 1849,
        "a backslash before t, n or r": 132,
        "empty lists of unknown accounts, read as none": 176,
        "no list of known accounts, read as empty": 487,
    }
    carried = tmp_path / "carried/snapshot=2025-06"
    carried.mkdir(parents=True)
    duckdb.sql(f"copy ({as_dumped(events)}) to '{carried}/part-0.parquet'")
    run = (source / "namespace_map_csv", "2025-06", "2026")
    expected = reduce(tmp_path / "parquet", carried.parent, *run)
    actual = reduce(tmp_path / "dumps", source / "tsv", *run)
    assert differences(actual, expected) == (0, 0)


def test_realistic_dumps_lose_only_page_creations_without_a_time(golden, tmp_path):
    source = golden / "history/real60k_06"
    events = f"'{source}/input/mediawiki_history/snapshot=2025-06/*.parquet'"
    dumps = tmp_path / "dumps/2025-06/allwikis"
    dumps.mkdir(parents=True)
    histories.write_dump(
        duckdb.sql(f"from {events} where event_timestamp is not null").to_arrow_table(),
        dumps / "2025-06.allwikis.all-time.tsv.bz2",
    )
    namespaces = source / "input/mediawiki_project_namespace_map"
    actual = reduce(tmp_path, tmp_path / "dumps", namespaces, "2025-06", "2026")
    expected = f"'{source}/expected/mediawiki_history_reduced.parquet'"
    undated = duckdb.sql(
        f"""select count(*) from {events} where event_timestamp is null
        and event_type = 'create' and page_is_deleted = false
        and page_first_edit_timestamp is not null"""
    ).fetchall()[0][0]
    assert undated > 0
    assert differences(actual, expected) == (0, undated)


GROWTHS = {
    "growth_count_reduced_event": "events",
    "growth_distinct_user_text": "distinct_user_text",
    "growth_distinct_page_title": "distinct_page_title",
    "growth_distinct_page_namespace": "distinct_page_namespace",
    **{
        f"growth_count_user_{t}": f"user_{t}"
        for t in ("anonymous", "group_bot", "name_bot", "user")
    },
    **{f"growth_count_page_{t}": f"page_{t}" for t in ("content", "non_content")},
    "growth_count_user_self_created": "tagged_self_created",
    "variability_count_page_redirect": "tagged_redirect",
    **{f"growth_count_revision_{t}": f"tagged_{t}" for t in ("deleted", "reverted", "revert")},
    "growth_count_revisions": "revisions",
    "variability_sum_text_bytes_diff": "text_bytes_diff",
    "growth_sum_text_bytes_diff_abs": "text_bytes_diff_abs",
}
"""The golden names of growths and ours."""


def check_growth(lake, golden, snapshots, case):
    """Builds two snapshots with their growth and compares it with a golden case; the last run."""
    for snapshot, folder in snapshots.items():
        source = golden / f"history/{folder}/input"
        history = lake / "history"
        (history / f"snapshot={snapshot}").mkdir(parents=True)
        for file in source.glob("mediawiki_history/*/*.parquet"):
            (history / f"snapshot={snapshot}" / file.name).symlink_to(file)
        (namespaces,) = source.glob(f"mediawiki_project_namespace_map/*{folder[-2:]}/*.parquet")
        run = dbt(
            lake,
            "build",
            *("--select", "+mediawiki_history_reduced_growth", "--exclude", "tag:rule_test"),
            "--vars",
            f"{{snapshot: '{snapshot}', history_reduced_definition: '2026', growth_projects: 10}}",
            history=history,
            namespaces=namespaces,
        )
    files = f"{lake}/lake/wmf_raw/mediawiki_history_reduced_growth/snapshot={snapshot}/*.parquet"
    columns = [f"growth_of_{name}" for name in GROWTHS.values()]
    actual = duckdb.sql(
        f"select project, event_entity, event_type, is_error, {', '.join(columns)} from '{files}'"
    ).fetchall()
    read = [
        list(map(json.loads, (golden / f"history/{case}/{name}.jsonl").read_text().splitlines()))
        for name in ("growth", "errors")
    ]
    key = itemgetter("project", "event_entity", "event_type")
    errors = set(map(key, read[1]))
    expected = [
        (*key(row), key(row) in errors, *(row["growths"][name] for name in GROWTHS))
        for row in read[0]
    ]
    assert sorted(actual) == sorted(expected)
    return run


def test_a_month_of_growth_passes(golden, tmp_path):
    snapshots = {"2025-05": "real60k_05", "2025-06": "real60k_06"}
    run = check_growth(tmp_path, golden, snapshots, "checker_05_06")
    assert run.returncode == 0, run.stdout


def test_a_snapshot_that_shrank_fails(golden, tmp_path):
    # The later history first, as if it were the older; their own times stay before both labels.
    snapshots = {"2025-07": "real60k_06", "2025-08": "real60k_05"}
    run = check_growth(tmp_path, golden, snapshots, "checker_shrunk")
    assert run.returncode == 1
    assert "Got 108 results" in run.stdout
