"""Tables of wikis to their history: equal to the rows that Wikimedia's own code made of them."""

import bz2
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest
import warm
import warm_spark
from conftest import Lake, compare

from wikilake.ingest.history_dumps import LAYOUTS

SETS = ("adv", "cases", "mw139", "real")
VARIABLES = {
    "history_source": "tables",
    "snapshot": "2026-10",
    "present": "2026-11-27 18:00:00",
}
TABLES = ("mediawiki_user_history", "mediawiki_page_history", "mediawiki_history")


@pytest.fixture(scope="session")
def wikis(golden, tmp_path_factory) -> Path:
    """The tables of all sets, one folder per table, with the namespaces of all wikis."""
    folder = tmp_path_factory.mktemp("wikis")
    root = golden / "mediawiki_history"
    for name in SETS:
        for file in root.glob(f"{name}/input/*/part-0.parquet"):
            table = folder / "tables" / file.parent.name
            table.mkdir(parents=True, exist_ok=True)
            (table / f"{name}.parquet").symlink_to(file)
    maps = [root / name / "input/project_namespace_map/map.csv" for name in SETS]
    (folder / "namespaces.csv").write_text("".join(map.read_text() for map in maps))
    return folder


@pytest.fixture(scope="session")
def expected(golden, tmp_path_factory) -> Path:
    """What the original made of all sets, one file per table."""
    folder = tmp_path_factory.mktemp("expected")
    for table in TABLES:
        files = [
            str(golden / "mediawiki_history" / name / "expected" / f"{table}.parquet")
            for name in SETS
        ]
        duckdb.sql(f"copy (from read_parquet({files})) to '{folder}/{table}.parquet'")
    return folder


def build(folder: Path, wikis: Path, *arguments: str) -> Lake:
    settings = {
        "WIKILAKE_MEDIAWIKI": str(wikis / "tables"),
        "WIKILAKE_NAMESPACES": str(wikis / "namespaces.csv"),
    }
    lake = Lake(folder, settings)
    told = [
        "run",
        "--select",
        "+mediawiki_history",
        "+mediawiki_history_outcomes",
        *arguments,
        "--vars",
        json.dumps(VARIABLES),
    ]
    runner = warm_spark if "spark" in arguments else warm
    if runner is warm_spark:
        lake.settings.update(warm_spark.SETTINGS)
    run = runner.run("dbt", ["--no-use-colors", *told], lake.environment())
    assert run.returncode == 0, run.stdout
    return lake


@pytest.fixture(scope="session")
def on_duckdb(wikis, tmp_path_factory) -> Lake:
    return build(tmp_path_factory.mktemp("history_of_tables"), wikis)


def test_all_columns_equal_those_of_the_original(on_duckdb, expected):
    found = compare(expected, on_duckdb, "--ignore", "page_artificial_id")
    assert [table["table"] for table in found if not table["ok"]] == []
    assert sum(table["expected"] for table in found) == 2_200 + 7_467 + 22_117


def test_rows_share_an_artificial_id_where_those_of_the_original_do(on_duckdb, expected):
    assert shared_ids(on_duckdb, expected) == 0


def shared_ids(lake: Lake, expected: Path) -> int:
    """Groups of rows with one artificial id that only one of the two histories has."""
    groups = """
        select count(*) from (
            select wiki_db, list(row order by row) as rows from (
                select wiki_db, page_artificial_id, start_timestamp || caused_by_event_type
                    || page_title_historical || coalesce(source_log_id, 0) as row
                from {} where page_artificial_id is not null
            ) group by wiki_db, page_artificial_id
            {} all
            select wiki_db, list(row order by row) as rows from (
                select wiki_db, page_artificial_id, start_timestamp || caused_by_event_type
                    || page_title_historical || coalesce(source_log_id, 0) as row
                from {} where page_artificial_id is not null
            ) group by wiki_db, page_artificial_id
        )"""
    theirs = f"'{expected}/mediawiki_page_history.parquet'"
    ours = "wmf.mediawiki_page_history"
    return sum(
        lake.query(groups.format(one, "except", other))[0][0]
        for one, other in ((theirs, ours), (ours, theirs))
    )


COUNTERS = {
    "pageHistory.eventsMatching.OK.byId": (2, "page matched by_id"),
    "pageHistory.eventsMatching.KO.byId": (2, "page lost by_id"),
    "pageHistory.eventsMatching.OK.byTitle": (2, "page matched by_title"),
    "pageHistory.eventsMatching.KO.byTitle": (2, "page lost by_title"),
    "pageHistory.eventsParsing.KO": (
        2, "page unreadable no_title", "page unreadable no_namespace", "page unreadable no_action",
    ),
    "userHistory.eventsMatching.OK": (3, "user matched by_name"),
    "userHistory.eventsMatching.KO": (3, "user lost by_name"),
    "userHistory.eventsParsing.KO": (
        2, "user unreadable no_name", "user unreadable no_groups", "user unreadable no_expiry",
    ),
    "userHistory.validLogs.KO": (2, "user left_out title_of_no_account"),
    "denormalize.revision.pageStateUpdates.update": (2, "revision matched by_id"),
    "denormalize.revision.pageStateUpdates.noState": (2, "revision lost by_id"),
    "denormalize.revision.pageStateUpdates.fakeId": (2, "revision lost no_page_id"),
}  # fmt: skip
"""Counters of the original, how often it reads what it counts, and the outcomes that they are."""


def test_as_many_events_are_matched_lost_and_unreadable_as_in_the_original(golden, on_duckdb):
    theirs: Counter = Counter()
    for name in SETS:
        lines = (golden / "mediawiki_history" / name / "expected/stats.tsv").read_text()
        for line in lines.splitlines():
            counter, count = line.split("\t")
            wiki, _, counter = counter.partition(".")
            if counter in COUNTERS:
                theirs[wiki, counter] += int(count)
    outcomes = on_duckdb.query(
        "select wiki_db, event_entity || ' ' || outcome || ' ' || reason, event_count "
        "from wmf_raw.mediawiki_history_outcomes"
    )
    ours: Counter = Counter()
    for counter, (times, *names) in COUNTERS.items():
        for wiki, name, count in outcomes:
            ours[wiki, counter] += times * count if name in names else 0
    assert +ours == +theirs
    assert theirs.total() == 39_937


CHECKS = {
    "user": ("user", "user_history", "start_timestamp"),
    "page": ("page", "page_history", "start_timestamp"),
    "denormalized": ("event", "history", "event_timestamp"),
}
"""The original's checks: what we call the history, its table, its time."""
NAMES = {"count_page_event": "events", "count_user_event": "events", "count_denorm_event": "events"}


def measure_of(name: str) -> str:
    """Our name of a metric, or of a growth, of the original's checks."""
    name = name.removeprefix("growth_").removeprefix("variability_")
    return NAMES.get(name, name.replace("distinct_all_page_id", "all_page_ids")).removeprefix(
        "count_"
    )


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def grown(golden, tmp_path_factory, request) -> Lake:
    """Two snapshots as the original's checkers saw them: page moves and a wiki are lost in one.

    Its first one is of 2024-06, which is not the month before the other: its measures are renamed.
    """
    lake = Lake(tmp_path_factory.mktemp("grown"))
    if request.param == "spark":
        lake.settings |= warm_spark.SETTINGS
    expected = golden / "mediawiki_history/adv/expected"
    for _, table, _ in CHECKS.values():
        kind, log = ("caused_by_event_type", "source_log_id")
        if table == "history":
            kind, log = ("event_type", "event_log_id")
        is_page = "event_entity = 'page'" if table == "history" else f"'{table}' = 'page_history'"
        lost = f"""wiki_db = 'advfwiki'
            or (wiki_db = 'advawiki' and {kind} = 'move' and {log} % 3 = 0 and {is_page})"""
        for snapshot, left in (("2024-06", "false"), ("2026-09", lost)):
            folder = lake.root / f"wmf/mediawiki_{table}/snapshot={snapshot}"
            folder.mkdir(parents=True)
            rows = f"select * from '{expected}/mediawiki_{table}.parquet'"
            duckdb.sql(
                f"copy ({rows} where not coalesce({left}, false)) to '{folder}/part.parquet'"
            )
    for snapshot in ("2024-06", "2026-09"):
        chosen = ["mediawiki_history_measures", "mediawiki_history_growth"]
        run = lake.dbt(
            "run", "--target", request.param, "--select", *chosen,
            variables={"history_source": "tables", "snapshot": snapshot},
        )  # fmt: skip
        assert run.returncode == 0, run.stdout
        measures = lake.root / "wmf_raw/mediawiki_history_measures"
        if snapshot == "2024-06":
            shutil.copytree(measures / "snapshot=2024-06", measures / "snapshot=2026-08")
    return lake


def of_checks(golden: Path, name: str) -> dict[tuple, dict]:
    """Rows of a file of the original's checks, by wiki, entity and type of event."""
    history = CHECKS[name.partition("_")[0]][0]
    rows = {}
    for line in (golden / f"mediawiki_history/checks/{name}.jsonl").read_text().splitlines():
        row = json.loads(line)
        entity = row["event_entity"] if history == "event" else history
        kind = row.get("event_type") or row["caused_by_event_type"]
        numbers = row.get("growths") or row
        rows[history, row["wiki_db"], entity, kind] = {
            measure_of(key): value for key, value in numbers.items() if not isinstance(value, str)
        }
    return rows


@pytest.mark.parametrize("check", CHECKS)
def test_measures_growths_and_errors_equal_those_of_the_original(golden, grown, check):
    history = CHECKS[check][0]
    found = {}
    for snapshot, table in (
        ("2026-08", "measures"), ("2026-09", "measures"), ("2026-09", "growth"),
    ):  # fmt: skip
        files = f"{grown.root}/wmf_raw/mediawiki_history_{table}/snapshot={snapshot}/*.parquet"
        rows = duckdb.sql(
            f"from read_parquet('{files}') where history = '{history}'"
        ).to_arrow_table().to_pylist()  # fmt: skip
        found[snapshot, table] = {
            (history, row["wiki_db"], row["event_entity"], row["event_type"]): {
                key.removeprefix("growth_of_"): value for key, value in row.items()
            }
            for row in rows
        }
    assert (
        differences(of_checks(golden, f"{check}_metrics_prev"), found["2026-08", "measures"]) == []
    )
    assert (
        differences(of_checks(golden, f"{check}_metrics_new"), found["2026-09", "measures"]) == []
    )
    growth = found["2026-09", "growth"]
    assert differences(of_checks(golden, f"{check}_growth"), growth) == []
    errors = of_checks(golden, f"{check}_errors")
    assert {key for key, row in growth.items() if row["is_error"]} == set(errors)


def differences(theirs: dict[tuple, dict], ours: dict[tuple, dict]) -> list:
    """Rows that only one has, and values that are not the same."""
    unlike = [(key, "only one has it") for key in theirs.keys() ^ ours.keys()]
    return unlike + [
        (key, name, value, ours[key][name])
        for key, row in theirs.items()
        if key in ours
        for name, value in row.items()
        if ours[key][name] != pytest.approx(value, abs=1e-12)
    ]


def test_all_columns_equal_those_of_the_original_on_spark(wikis, expected, tmp_path_factory):
    lake = build(tmp_path_factory.mktemp("history_on_spark"), wikis, "--target", "spark")
    found = compare(expected, lake, "--ignore", "page_artificial_id")
    assert [table["table"] for table in found if not table["ok"]] == []


ARRAYS = [
    number
    for number, name in enumerate(LAYOUTS[78])
    if re.search("blocks|groups|is_bot_by|deleted_parts$|tags", name)
]


def lines_of(*files: Path) -> Counter:
    """Lines of dumps; the original leaves the order of items of arrays open."""
    lines: Counter = Counter()
    for file in files:
        for line in bz2.decompress(file.read_bytes()).decode().splitlines():
            fields = line.split("\t")
            for number in ARRAYS:
                fields[number] = ",".join(sorted(re.split(r"(?<!\\),", fields[number])))
            lines[tuple(fields)] += 1
    return lines


@pytest.fixture(scope="module")
def dumps(on_duckdb) -> Path:
    exported = on_duckdb.wikilake("export", "history", "--snapshot", "2026-10")
    assert exported.returncode == 0, exported.stderr
    return on_duckdb.root / "dumps/mediawiki_history"


def test_every_line_of_an_exported_history_is_that_of_the_original(golden, dumps):
    """Events without time and from before 2001 are in the golden lines, not in the files."""
    files = [golden / "mediawiki_history" / name / "expected/dump.tsv.bz2" for name in SETS]
    expected = Counter({fields: n for fields, n in lines_of(*files).items() if fields[4] >= "2001"})
    found = lines_of(*(dumps / "2026-10").rglob("*.tsv.bz2"))
    assert list((expected - found).items())[:2] == []
    assert list((found - expected).items())[:2] == []
    assert expected.total() > 20_000


def test_a_second_export_of_a_history_writes_nothing(on_duckdb, dumps):
    assert dumps.is_dir()
    again = on_duckdb.wikilake("export", "history", "--snapshot", "2026-10")
    assert again.stdout.startswith("Wrote 0 files below")
    missing = on_duckdb.wikilake("export", "history", "--snapshot", "2026-09")
    assert missing.returncode == 1 and "history_source: tables" in missing.stderr


def test_a_history_that_was_exported_and_read_again_has_the_same_metrics(
    on_duckdb, wikis, dumps, tmp_path
):
    known = {"snapshot": "2026-10", "namespace_map_severity": "warn"}
    again = Lake(tmp_path, {
        "WIKILAKE_HISTORY": str(dumps), "WIKILAKE_NAMESPACES": str(wikis / "namespaces.csv"),
    })  # fmt: skip
    found = []
    for lake, source in ((on_duckdb, "tables"), (again, "dumps")):
        told = VARIABLES | known | {"history_source": source}
        run = lake.dbt("run", "--select", "+edits", "+new_registered_users", variables=told)
        assert run.returncode == 0, run.stdout
        found.append(
            [
                lake.query(f"from wikistats.{table} order by all")
                for table in ("edits", "new_registered_users")
            ]
        )
    assert found[0] == found[1] and all(found[0])
