"""Histories from the tables of a wiki: rows that no clean wiki has, folders that cannot be used."""

import json
import random
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import warm
import yaml
from conftest import PROJECT, Lake

SOURCES = PROJECT / "models/staging/mediawiki_history/tables/_mediawiki__sources.yml"
TYPES = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
}
COLUMNS = {
    table["name"]: {column["name"]: TYPES[column["data_type"]] for column in table["columns"]}
    for table in yaml.safe_load(SOURCES.read_text(encoding="utf-8"))["sources"][0]["tables"]
}
VARIABLES = {"history_source": "tables", "snapshot": "2026-10"}
WIKI = "simplewiki"
LONG_TITLE = "\U0001f600" * 63 + "abc"
"""255 bytes, the most that MediaWiki takes."""
BROKEN = [
    'a:1:{s:9:"4::target";s:99:"X";}',
    "a:1:{s:9:",
    "a:" * 50_000,
    "O:8:\"stdClass\":0:{}",
    'a:2:{s:11:"5::duration";i:3;s:8:"6::flags";N;}',
    "\x00\ufffd\n\n\n",
]  # fmt: skip


def write(root: Path, table: str, *rows: dict, wiki: str | None = WIKI) -> None:
    """Writes rows of a table, what they do not say being NULL."""
    columns = COLUMNS[table]
    filled = [dict.fromkeys(columns) | {"wiki_db": wiki} | row for row in rows]
    folder = root / table
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.iterdir()))
    arrays = {name: pa.array([row[name] for row in filled], columns[name]) for name in columns}
    pq.write_table(pa.table(arrays), folder / f"{number}.parquet")


def revision(rev_id, page, at, actor=1, **more):
    return {
        "rev_id": rev_id, "rev_page": page, "rev_timestamp": at, "rev_actor": actor,
        "rev_deleted": 0, "rev_minor_edit": False, "rev_len": 10, "rev_parent_id": 0,
    } | more  # fmt: skip


def logged(log_id, log_type, action, at, title, params=None, **more):
    return {
        "log_id": log_id, "log_type": log_type, "log_action": action, "log_timestamp": at,
        "log_namespace": 0, "log_title": title, "log_params": params, "log_actor": 1, "log_page": 0,
    } | more  # fmt: skip


def plain_wiki(root: Path) -> None:
    """A wiki of one page and one account, in the four tables that must be there."""
    write(root, "actor", {"actor_id": 1, "actor_user": 1, "actor_name": "Ann"})
    write(root, "page", {"page_id": 1, "page_namespace": 0, "page_title": "Home"})
    write(root, "revision", revision(1, 1, "20200101000000"))
    write(root, "logging", logged(1, "create", "create", "20200101000000", "Home", log_page=1))


def lake_of(folder: Path, root: Path) -> Lake:
    return Lake(folder, {"WIKILAKE_MEDIAWIKI": str(root)})


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Lake:
    """A snapshot of tables that hold what a clean wiki does not, made with all its checks."""
    folder = tmp_path_factory.mktemp("hostile")
    root = folder / "tables"
    plain_wiki(root)
    write(
        root,
        "actor",
        {"actor_id": 2, "actor_user": 2, "actor_name": "Bob"},
        {"actor_id": 3, "actor_name": None},
        {"actor_id": 4, "actor_name": ""},
        {"actor_id": 5, "actor_name": "2001:db8::1"},
    )
    write(
        root,
        "user",
        {"user_id": 1, "user_name": "Ann", "user_registration": "00000000000000"},
        {"user_id": 2, "user_name": "Bob", "user_registration": "20190101000000"},
        {"user_id": 6, "user_name": None, "user_registration": "20190101000000"},
        {"user_id": 7, "user_name": "", "user_registration": "20190101000000"},
        {"user_id": 0, "user_name": "Nobody", "user_registration": "20190101000000"},
    )
    write(
        root,
        "page",
        {"page_id": 2, "page_namespace": 0, "page_title": LONG_TITLE},
        {"page_id": 3, "page_namespace": None, "page_title": "Nowhere"},
        {"page_id": None, "page_namespace": 0, "page_title": None},
    )
    write(root, "comment", {"comment_id": 9, "comment_text": "a secret"})
    write(
        root,
        "revision",
        revision(2, 2, "20200102000000", 3, rev_len=2**62),
        revision(3, 2, "20200103000000", 4, rev_len=-(2**63), rev_parent_id=2),
        revision(4, 2, "00000000000000"),
        revision(5, 2, "20200230000000"),
        revision(6, 2, "2020010400000x"),
        revision(7, None, "20200104000000"),
        revision(8, 2, "20200105000000", 2, rev_deleted=6, rev_comment_id=9),
        revision(9, 3, "20200106000000", 99),
        revision(10, 2, "20200107000000", 5, rev_comment_id=9),
        revision(10, 2, "20200107000000", 5, rev_comment_id=9),
    )
    write(
        root,
        "logging",
        logged(2, "move", "move", "20200201000000", LONG_TITLE, LONG_TITLE, log_page=2),
        logged(2, "delete", "delete", "20200202000000", "Gone"),
        logged(3, "delete", "delete", "00000000000000", "Gone"),
        logged(4, "delete", "delete", "20200203000000", None),
        logged(5, "delete", "delete", "20200204000000", "Secret", log_deleted=5),
        logged(6, "rights", "rights", "20200205000000", "Bob", "a\nb,c"),
        logged(7, "newusers", "create", "20190101000000", "Bob", log_actor=2),
        logged(8, "block", "block", "20200206000000", "Bob", "999999999 years" * 1_000 + "\n"),
        logged(9, "block", "block", "20200206000001", "Bob", "99999999999 days\n"),
        *(
            logged(100 + number, log_type, "x", f"202003{number + 10}000000", "Bob", text)
            for log_type in ("move", "block", "rights", "renameuser", "newusers")
            for number, text in enumerate(BROKEN)
        ),
    )
    write(root, "revision", revision(1, 1, "20200101000000"), wiki="simplewikki")
    write(root, "revision", revision(1, 1, "20200101000000"), wiki=None)
    write(root, "user", {"user_id": 1, "user_name": "Eve"}, wiki="emptywiki")
    lake = lake_of(folder, root)
    run = lake.wikilake("build", "--snapshot", "2026-10", "--vars", json.dumps(VARIABLES))
    assert run.returncode == 0, run.stdout + run.stderr
    return lake


def test_each_row_of_a_hostile_wiki_is_an_event_or_counted(hostile):
    events = "select revision_id from wmf.mediawiki_history where event_entity = 'revision'"
    assert hostile.query(f"{events} and wiki_db = '{WIKI}' order by 1") == [
        (1,), (2,), (3,), (8,), (9,), (10,),
    ]  # fmt: skip
    counted = dict(
        hostile.query(
            "select reason, event_count from wmf_raw.mediawiki_history_rejected "
            f"where wiki_db = '{WIKI}'"
        )
    )
    assert counted["revision_has_no_time_or_page"] == 4
    assert counted["log_row_has_no_time"] == 1
    assert counted["page_log_row_has_no_title"] >= 2
    assert counted["user_log_row_has_no_expiry"] >= 2


def test_a_misspelt_wiki_is_counted_and_has_no_metrics(hostile):
    assert hostile.query(
        "select wiki_db, event_count from wmf_raw.mediawiki_history_rejected "
        "where reason = 'wiki_is_not_in_the_namespace_map' order by wiki_db nulls last"
    ) == [("simplewikki", 1), (None, 1)]


def test_a_title_of_255_bytes_is_kept_whole(hostile):
    assert hostile.query(
        "select distinct page_title from wmf.mediawiki_page_history where page_id = 2"
    ) == [(LONG_TITLE,)]


def test_an_account_without_a_name_has_no_history_and_one_with_an_empty_name_has(hostile):
    assert hostile.query(
        "select distinct user_id, user_text from wmf.mediawiki_user_history "
        f"where wiki_db = '{WIKI}' order by 1"
    ) == [(1, "Ann"), (2, "Bob"), (7, "")]


def test_what_bits_hide_is_in_no_row_of_the_histories(hostile):
    hidden = "select event_user_id, event_user_text_historical, event_comment"
    rows = f"{hidden} from wmf.mediawiki_history where revision_id = "
    assert hostile.query(rows + "8") == [(None, None, None)]
    assert hostile.query(rows + "10") == [(None, "2001:db8::1", "a secret")]
    assert hostile.query(
        "select count(*) from wmf.mediawiki_page_history where page_title_historical = 'Secret'"
    ) == [(0,)]


def test_a_difference_beyond_64_bits_is_unknown(hostile):
    assert hostile.query(
        "select revision_text_bytes_diff from wmf.mediawiki_history where revision_id = 3"
    ) == [(None,)]


def test_a_time_of_zeros_is_no_time_of_a_registration(hostile):
    assert hostile.query(
        "select distinct user_registration_timestamp from wmf.mediawiki_user_history "
        "where user_text = 'Ann'"
    ) == [(None,)]


def test_a_run_from_dumps_leaves_a_history_from_tables_as_it_is(hostile):
    asked = "select count(*), count(distinct page_title) from wmf.mediawiki_history"
    before = hostile.query(asked)
    done = hostile.plain_dbt("run", "--select", "+mediawiki_history", "--exclude", "tag:rule_test")
    assert done.returncode == 0, done.stdout
    assert hostile.query(asked) == before != [(0, 0)]


def said_by_dbt(lake: Lake, **variables: str) -> str:
    """What dbt says of tables, or of variables, that it cannot use; in a fork, without a parse."""
    told = ["run", "--select", "path:models/staging/mediawiki_history/tables"]
    told += ["--no-use-colors", "--vars", json.dumps(variables)]
    done = warm.run("dbt", told, lake.environment())
    said = " ".join(done.stdout.split())
    assert done.returncode in (1, 2), said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda root: (root / "page/0.parquet").unlink(), "write the table page of the wikis'"),
        (lambda root: drop(root, "revision", "rev_len"), "have no column rev_len"),
        (lambda root: drop(root, "page", "wiki_db"), "have no column wiki_db"),
        (lambda root: as_bytes(root, "actor", "actor_name"), "hold bytes in the column actor_name"),
        (lambda root: (root / "page/0.parquet").write_bytes(b"no Parquet"), "page/0.parquet"),
    ],
    ids=["empty folder", "no column", "no wiki", "bytes", "no parquet"],
)
def test_tables_that_cannot_be_used_are_named(tmp_path, change, says):
    root = tmp_path / "tables"
    plain_wiki(root)
    change(root)
    assert says in said_by_dbt(lake_of(tmp_path, root), **VARIABLES)


def drop(root: Path, table: str, column: str) -> None:
    path = root / table / "0.parquet"
    pq.write_table(pq.read_table(path).drop_columns([column]), path)


def as_bytes(root: Path, table: str, column: str) -> None:
    path = root / table / "0.parquet"
    rows = pq.read_table(path)
    place = rows.schema.get_field_index(column)
    pq.write_table(rows.set_column(place, column, rows[column].cast(pa.binary())), path)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"history_source": "tabels"}, "known are dumps, tables"),
        ({"history_sources": "tables"}, "Did you mean history_source"),
        ({"history_source": "tables", "present": "tomorrow"}, "write YYYY-MM-DD HH:MM:SS"),
        ({"history_source": "tables", "present": "2026-02-30 00:00:00"}, "2026-02-30"),
    ],
)
def test_a_source_that_is_misspelt_is_named(tmp_path, variables, says):
    plain_wiki(tmp_path / "tables")
    assert says in said_by_dbt(lake_of(tmp_path, tmp_path / "tables"), **variables)


def test_a_source_that_is_misspelt_stops_a_build_before_it_begins(tmp_path):
    lake = lake_of(tmp_path, tmp_path / "tables")
    lake.is_begun = False
    done = lake.wikilake("build", "--snapshot", "2026-10", "--vars", "history_source: tabels")
    shown = " ".join((done.stdout + done.stderr).split())
    assert done.returncode in (1, 2)
    assert "known are dumps, tables" in shown
    assert "Traceback" not in shown
    assert not lake.root.exists()


def test_a_snapshot_that_only_tables_have_asks_for_their_variable(tmp_path):
    plain_wiki(tmp_path / "tables")
    lake = lake_of(tmp_path, tmp_path / "tables")
    (tmp_path / "dumps").mkdir()
    lake.settings["WIKILAKE_HISTORY"] = str(tmp_path / "dumps")
    done = lake.wikilake("build", "--snapshot", "2026-10")
    shown = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1
    assert "history_source: tables" in shown


def test_a_revision_is_reverted_by_the_first_revert_that_goes_back_beyond_it(lake):
    """Reverts that lie in each other, overlap and touch, compared with the rule itself (R5)."""
    models = [
        f"int_mediawiki_history__{name}" for name in ("revert_stretches", "identity_reverted")
    ]
    done = lake.dbt("compile", "--select", *models, variables=VARIABLES)
    assert done.returncode == 0, done.stdout
    compiled = {path.stem: path for path in (lake.folder / "target/compiled").rglob("*.sql")}
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    rows = []
    for wiki in range(100):
        last = chance.choice([2, 3, 10, 60])
        for number in chance.sample(range(1, last + 1), chance.randint(1, last)):
            nearest = max(0, number - chance.choice([1, 2, 5, last]))
            rows.append((f"wiki{wiki}", number, chance.randint(nearest, number - 1)))
    expected = set()
    for wiki, number, back in rows:
        for place in range(back + 1, number):
            of_wiki = [one for one in rows if one[0] == wiki and one[2] < place < one[1]]
            expected.add((wiki, place, min(one[1] for one in of_wiki)))
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as scratch; create schema scratch.intermediate")
        reverts = "scratch.intermediate.int_mediawiki_history__identity_reverts"
        columns = "wiki_db varchar, revision_number bigint, reverted_to bigint"
        connection.execute(f"create table {reverts} ({columns})")
        connection.executemany(f"insert into {reverts} values (?, ?, ?)", rows)
        for name in models:
            sql = compiled[name].read_text()
            connection.execute(f"create table scratch.intermediate.{name} as {sql}")
        found = connection.execute(
            f"select wiki_db, revision_number, reverting_number from scratch.intermediate.{name}"
        ).fetchall()
    assert len(found) == len(expected) > 100
    assert set(found) == expected
